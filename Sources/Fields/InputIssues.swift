/// One thing that is wrong with one field of a request.
package struct FieldIssue: Sendable, Equatable {
    /// The path of the field, such as `address.country` or `lines[0].amount`.
    package let field: String
    /// The stable code: `required`, `invalid_type`, `invalid_format`, `too_short`, `too_long`, `out_of_range`,
    /// `too_precise`, `unknown_value`, `unknown_field`, or a rule's own.
    package let code: String
    /// What to do about it.
    package let message: String

    package init(field: String, code: String, message: String) {
        self.field = field
        self.code = code
        self.message = message
    }
}

/// Collects every issue of a request while its fields are read; at most 100.
@usableFromInline
package struct InputIssues: Sendable {
    package private(set) var issues: [FieldIssue] = []
    /// Whether values arrive as text (a query string), so that `"25"` is an integer.
    package let acceptsText: Bool
    package var path: [String] = []

    package init(acceptsText: Bool = false) {
        self.acceptsText = acceptsText
    }

    package mutating func add(_ code: String, _ message: String) {
        guard issues.count < 100 else { return }
        var field = ""
        for part in path {
            if !field.isEmpty, !part.hasPrefix("[") { field += "." }
            field += part
        }
        issues.append(FieldIssue(field: field, code: code, message: message))
    }

    package mutating func add(_ field: String, _ code: String, _ message: String) {
        path.append(field)
        add(code, message)
        path.removeLast()
    }
}
