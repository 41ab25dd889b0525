public import Bytes
public import JSON

extension Bool: FieldValue {
    @inlinable package static var isText: Bool { false }
    @inlinable package var isDefault: Bool { !self }
    @usableFromInline package static var whenAbsent: Bool? { false }

    @inlinable package func encode(into writer: inout ByteWriter) {
        writer.append(self ? 1 : 0)
    }

    @inlinable package static func decode(from reader: inout ByteReader) throws(Truncated) -> Bool {
        try reader.varint() != 0
    }

    @inlinable package func write(to json: inout JSONWriter) {
        json.bool(self)
    }

    @usableFromInline package static func read(_ value: JSONValue, _ input: inout InputIssues, _ rule: FieldRule)
        -> Bool?
    {
        switch value {
        case .bool(let flag): return flag
        case .string("true") where input.acceptsText: return true
        case .string("false") where input.acceptsText: return false
        default:
            input.add("invalid_type", "This must be true or false.")
            return nil
        }
    }

    @usableFromInline package static func writeSchema(
        to schema: inout SchemaBuilder, _ rule: FieldRule, about: StaticString
    ) {
        schema.scalar("boolean", about)
    }
}
