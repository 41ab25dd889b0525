import Bytes
import Fields
import JSON

/// The `true` of every success.
struct Always: FieldValue {
    static var isText: Bool { false }
    var isDefault: Bool { true }
    func encode(into writer: inout ByteWriter) {}
    static func decode(from reader: inout ByteReader) throws(Truncated) -> Always { throw Truncated() }
    func write(to json: inout JSONWriter) { json.bool(true) }

    static func read(_ value: JSONValue, _ input: inout InputIssues, _ rule: FieldRule) -> Always? { nil }

    static func writeSchema(to schema: inout SchemaBuilder, _ rule: FieldRule, about: StaticString) {
        schema.scalar("boolean", about) { json in
            json.name("const")
            json.bool(true)
        }
    }
}
