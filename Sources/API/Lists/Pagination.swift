package import Bytes
package import Fields
package import JSON

/// Where a page stands in its list.
package struct Pagination: FieldValue {
    package var limit: Int64 = 25
    package var nextCursor: String?
    /// How many objects match, where the request asked for it; at most 10,000.
    package var total: Int64?
    /// Whether there are more than `total`.
    package var isTotalCapped = false

    package static var isText: Bool { true }
    package var isDefault: Bool { true }

    /// Nothing: pages are not stored.
    package func encode(into writer: inout ByteWriter) {}
    package static func decode(from reader: inout ByteReader) throws(Truncated) -> Pagination { throw Truncated() }
    package static func read(_ value: JSONValue, _ input: inout InputIssues, _ rule: FieldRule) -> Pagination? { nil }

    package func write(to json: inout JSONWriter) {
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

    package static func writeSchema(to schema: inout SchemaBuilder, _ rule: FieldRule, about: StaticString) {
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
