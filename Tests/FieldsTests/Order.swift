import Fields
import JSON
import Runtime

/// An input with every kind of rule.
struct Order: Record, Equatable {
    var name = ""
    var count: Int64 = 0
    var email = ""
    var note: String?
    var country: String?
    var url: String?
    var locale: String?
    var code: String?
    var colour: Colour?
    var due: Timestamp?
    var isGift = false
    var tags: [String] = []
    var lines: [Child] = []
    var metadata = Metadata()

    init() {}

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("name", &name, .length(2...5), "")
        try visitor.member("count", &count, .within(1...9), "How many.")
        try visitor.member("email", &email, .email, "")
        try visitor.member("note", &note, .length(0...10), "")
        try visitor.member("country", &country, .country, "")
        try visitor.member("url", &url, .url, "")
        try visitor.member("locale", &locale, .locale, "")
        try visitor.member("code", &code, .identifier, "")
        try visitor.member("colour", &colour)
        try visitor.member("due", &due)
        try visitor.member("is_gift", &isGift)
        try visitor.member("tags", &tags, .length(0...3), "")
        try visitor.member("lines", &lines, .length(0...2), "")
        try visitor.member("metadata", &metadata)
    }

    /// Reads `text` as a request.
    static func read(_ text: String, acceptsText: Bool = false) throws -> (order: Order?, issues: [FieldIssue]) {
        var issues = InputIssues(acceptsText: acceptsText)
        let order = Order.read(try JSON.parse(Array(text.utf8)), &issues, .any)
        return (order, issues.issues)
    }

    /// The issues of a valid order with one member more, as `field code`.
    static func issues(with member: String) throws -> [String] {
        try read(#"{"name":"abc","count":2,"email":"a@b.example",\#(member)}"#).issues.map { "\($0.field) \($0.code)" }
    }
}
