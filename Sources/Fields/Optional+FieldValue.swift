public import Bytes
public import JSON

extension Optional: FieldValue where Wrapped: FieldValue {
    @inlinable package static var isText: Bool { Wrapped.isText }
    @inlinable package var isDefault: Bool { self == nil }
    @usableFromInline package static var whenAbsent: Wrapped?? { .some(nil) }

    @inlinable package func encode(into writer: inout ByteWriter) {
        self?.encode(into: &writer)
    }

    @inlinable package static func decode(from reader: inout ByteReader) throws(Truncated) -> Wrapped? {
        try Wrapped.decode(from: &reader)
    }

    @inlinable package func write(to json: inout JSONWriter) {
        if let value = self { value.write(to: &json) } else { json.null() }
    }

    @usableFromInline package static func read(_ value: JSONValue, _ input: inout InputIssues, _ rule: FieldRule)
        -> Wrapped??
    {
        if case .null = value { return .some(nil) }
        return Wrapped.read(value, &input, rule).map(Optional.some)
    }

    @usableFromInline package static func writeSchema(
        to schema: inout SchemaBuilder, _ rule: FieldRule, about: StaticString
    ) {
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
