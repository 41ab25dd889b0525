public import JSON

/// Fills an input record from a JSON object, noting every issue, unknown members included.
package struct InputReader: FieldVisitor {
    package typealias Failure = Never
    private let object: JSONObject
    private var known: [StaticString] = []
    package var issues: InputIssues

    package init(_ object: JSONObject, _ issues: InputIssues) {
        self.object = object
        self.issues = issues
    }

    package mutating func field<Value: FieldValue>(
        _ number: UInt64, _ name: StaticString, _ value: inout Value, _ rule: FieldRule, _ about: StaticString
    ) {
        member(name, &value, rule, about)
    }

    package mutating func stored<Value: FieldValue>(_ number: UInt64, _ value: inout Value) {}

    package mutating func member<Value: FieldValue>(
        _ name: StaticString, _ value: inout Value, _ rule: FieldRule, _ about: StaticString
    ) {
        known.append(name)
        issues.path.append(name.description)
        defer { issues.path.removeLast() }
        guard let given = object[name.description] else {
            if let absent = Value.whenAbsent {
                value = absent
            } else {
                issues.add("required", "Give \(name).")
            }
            return
        }
        if let read = Value.read(given, &issues, rule) { value = read }
    }

    /// Notes each member that no field asked for.
    package mutating func finish() {
        for member in object.members where !known.contains(where: { $0.description == member.name }) {
            issues.add(
                String(member.name.prefix(64)), "unknown_field", "Remove this field; the request does not know it.")
        }
    }
}

extension Record {
    /// Reads `value` as this record. The result counts only when no issue was noted.
    @usableFromInline package static func read(_ value: JSONValue, _ input: inout InputIssues, _ rule: FieldRule)
        -> Self?
    {
        guard case .object(let object) = value else {
            input.add("invalid_type", "This must be an object.")
            return nil
        }
        var reader = InputReader(object, input)
        var record = Self()
        record.visit(&reader)
        reader.finish()
        input = reader.issues
        return record
    }
}
