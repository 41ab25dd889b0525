import Bytes
import Fields
import JSON

/// How many due items ran, by kind.
struct DueCounts: FieldValue {
    let entries: [(kind: StaticString, count: Int)]

    init(_ entries: [(kind: StaticString, count: Int)] = []) {
        self.entries = entries
    }

    static var isText: Bool { true }
    var isDefault: Bool { entries.isEmpty }
    /// It is answered only, and never stored.
    func encode(into writer: inout ByteWriter) {}
    static func decode(from reader: inout ByteReader) throws(Truncated) -> DueCounts { DueCounts() }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        for entry in entries {
            json.name(entry.kind)
            json.integer(Int64(entry.count))
        }
        json.endObject()
    }

    static func read(_ value: JSONValue, _ input: inout InputIssues, _ rule: FieldRule) -> DueCounts? {
        input.add("not_allowed", "This is answered only.")
        return nil
    }

    static func writeSchema(to schema: inout SchemaBuilder, _ rule: FieldRule, about: StaticString) {
        schema.scalar("object", about) { json in
            json.name("additionalProperties")
            json.beginObject()
            json.name("type")
            json.string("integer" as StaticString)
            json.name("minimum")
            json.integer(0)
            json.endObject()
        }
    }
}
