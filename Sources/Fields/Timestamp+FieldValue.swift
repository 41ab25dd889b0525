public import Bytes
public import JSON
public import Runtime

extension Timestamp: FieldValue {
    @inlinable package static var isText: Bool { false }
    @inlinable package var isDefault: Bool { milliseconds == 0 }

    @inlinable package func encode(into writer: inout ByteWriter) {
        milliseconds.encode(into: &writer)
    }

    @inlinable package static func decode(from reader: inout ByteReader) throws(Truncated) -> Timestamp {
        Timestamp(milliseconds: try Int64.decode(from: &reader))
    }

    @inlinable package func write(to json: inout JSONWriter) {
        json.string(description)
    }

    @usableFromInline package static func read(_ value: JSONValue, _ input: inout InputIssues, _ rule: FieldRule)
        -> Timestamp?
    {
        guard case .string(let text) = value, let time = Timestamp(text) else {
            input.add("invalid_format", "This must be an RFC 3339 time such as 2025-01-15T00:00:00Z.")
            return nil
        }
        return time
    }

    @usableFromInline package static func writeSchema(
        to schema: inout SchemaBuilder, _ rule: FieldRule, about: StaticString
    ) {
        schema.scalar("string", about) { json in
            json.name("format")
            json.string("date-time" as StaticString)
        }
    }
}
