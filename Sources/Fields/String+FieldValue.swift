public import Bytes
public import JSON

extension String: FieldValue {
    @inlinable package static var isText: Bool { true }
    @inlinable package var isDefault: Bool { isEmpty }

    @inlinable package func encode(into writer: inout ByteWriter) {
        writer.append(self)
    }

    @inlinable package static func decode(from reader: inout ByteReader) throws(Truncated) -> String {
        let bytes = reader.rest()
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Truncated() }
        return text
    }

    @inlinable package func write(to json: inout JSONWriter) {
        json.string(self)
    }

    @usableFromInline package static func read(_ value: JSONValue, _ input: inout InputIssues, _ rule: FieldRule)
        -> String?
    {
        guard case .string(let text) = value else {
            input.add("invalid_type", "This must be a string.")
            return nil
        }
        return TextRules.check(text, &input, rule)
    }

    @usableFromInline package static func writeSchema(
        to schema: inout SchemaBuilder, _ rule: FieldRule, about: StaticString
    ) {
        schema.scalar("string", about) { json in TextRules.describe(rule, in: &json) }
    }
}
