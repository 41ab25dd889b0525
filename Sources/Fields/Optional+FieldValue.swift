package import Bytes
package import JSON

extension Optional: FieldValue where Wrapped: FieldValue {
    package static var isText: Bool { Wrapped.isText }
    package var isDefault: Bool { self == nil }
    package static var whenAbsent: Wrapped?? { .some(nil) }

    package func encode(into writer: inout ByteWriter) {
        self?.encode(into: &writer)
    }

    package static func decode(from reader: inout ByteReader) throws(Truncated) -> Wrapped? {
        try Wrapped.decode(from: &reader)
    }

    package func write(to json: inout JSONWriter) {
        if let value = self { value.write(to: &json) } else { json.null() }
    }

    package static func read(_ value: JSONValue, _ input: inout InputIssues, _ rule: FieldRule) -> Wrapped?? {
        if case .null = value { return .some(nil) }
        return Wrapped.read(value, &input, rule).map(Optional.some)
    }

    package static func writeSchema(to schema: inout SchemaBuilder, _ rule: FieldRule, about: StaticString) {
        schema.json.beginObject()
        schema.json.name("anyOf")
        schema.json.beginArray()
        Wrapped.writeSchema(to: &schema, rule, about: "")
        schema.scalar("null", "")
        schema.json.endArray()
        if about.utf8CodeUnitCount > 0 {
            schema.json.name("description")
            schema.json.string(about.description)
        }
        schema.json.endObject()
    }
}
