import Bytes
import Fields
import JSON

/// Where a page stands in its list.
struct Pagination: FieldValue {
    var limit: Int64 = 25
    var nextCursor: String?
    /// How many objects match, where the request asked for it; at most 10,000.
    var total: Int64?
    /// Whether there are more than `total`.
    var isTotalCapped = false

    static var isText: Bool { true }
    var isDefault: Bool { true }

    /// Nothing: pages are not stored.
    func encode(into writer: inout ByteWriter) {}
    static func decode(from reader: inout ByteReader) throws(Truncated) -> Pagination { throw Truncated() }
    static func read(_ value: JSONValue, _ input: inout InputIssues, _ rule: FieldRule) -> Pagination? { nil }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.name("limit")
        json.integer(limit)
        json.name("has_more")
        json.bool(nextCursor != nil)
        json.name("next_cursor")
        if let nextCursor { json.string(nextCursor) } else { json.null() }
        if let total {
            json.name("total")
            json.integer(total)
            json.name("total_capped")
            json.bool(isTotalCapped)
        }
        json.endObject()
    }

    static func writeSchema(to schema: inout SchemaBuilder, _ rule: FieldRule, about: StaticString) {
        func property(_ name: StaticString, _ type: StaticString, _ json: inout JSONWriter) {
            json.name(name)
            json.beginObject()
            json.name("type")
            json.string(type)
            json.endObject()
        }
        schema.scalar("object", about) { json in
            json.name("properties")
            json.beginObject()
            property("limit", "integer", &json)
            property("has_more", "boolean", &json)
            json.name("next_cursor")
            json.raw(Array(#"{"type":["string","null"]}"#.utf8))
            property("total", "integer", &json)
            property("total_capped", "boolean", &json)
            json.endObject()
            json.name("required")
            json.raw(Array(#"["limit","has_more","next_cursor"]"#.utf8))
            json.name("additionalProperties")
            json.bool(false)
        }
    }
}
