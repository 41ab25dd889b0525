import Billing
import Bytes
import Fields
import JSON

/// A failure as it is sent.
struct FailureEnvelope: Record {
    var isSuccess = false
    var error = FailureDetail()

    init() {}
    static var schemaName: StaticString { "FailureEnvelope" }

    init(_ refusal: Refusal, requestID: String) {
        error.code = FailureCode(code: refusal.code)
        error.message = refusal.message
        error.requestID = requestID
        error.errors = refusal.issues.map(FailureIssue.init)
    }

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("success", &isSuccess, "Always false.")
        try visitor.member("error", &error)
    }

    func render() -> [UInt8] {
        var json = JSONWriter(capacity: 320)
        write(to: &json)
        return json.bytes
    }
}

struct FailureDetail: Record {
    var code = FailureCode(code: .internalError)
    var message = ""
    var requestID = ""
    var errors: [FailureIssue] = []

    init() {}
    static var schemaName: StaticString { "Error" }

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("code", &code, "What clients match on.")
        try visitor.member("message", &message, "Says what to do.")
        try visitor.member("request_id", &requestID)
        try visitor.member("errors", &errors, "Every field that is not valid.")
    }
}

struct FailureIssue: Record {
    var field = ""
    var code = ""
    var message = ""

    init() {}
    static var schemaName: StaticString { "FieldError" }

    init(_ issue: FieldIssue) {
        field = issue.field
        code = issue.code
        message = issue.message
    }

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("field", &field, "Its path, such as `address.country`.")
        try visitor.member("code", &code)
        try visitor.member("message", &message)
    }
}

/// A code of the domain as a value of the envelope.
struct FailureCode: FieldValue {
    let code: Refusal.Code

    static var isText: Bool { true }
    var isDefault: Bool { false }
    func encode(into writer: inout ByteWriter) {}
    static func decode(from reader: inout ByteReader) throws(Truncated) -> FailureCode { throw Truncated() }
    func write(to json: inout JSONWriter) { json.string(code.rawValue) }
    static func read(_ value: JSONValue, _ input: inout InputIssues, _ rule: FieldRule) -> FailureCode? { nil }

    static func writeSchema(to schema: inout SchemaBuilder, _ rule: FieldRule, about: StaticString) {
        schema.scalar("string", about) { json in
            json.name("enum")
            json.beginArray()
            for code in Refusal.Code.allCases { json.string(code.rawValue) }
            json.endArray()
        }
    }
}
