public import Bytes
public import JSON

extension Int64: FieldValue {
    @inlinable package static var isText: Bool { false }
    @inlinable package var isDefault: Bool { self == 0 }

    /// Zigzag: small numbers of either sign are short.
    @inlinable package func encode(into writer: inout ByteWriter) {
        writer.appendVarint(UInt64(bitPattern: (self << 1) ^ (self >> 63)))
    }

    @inlinable package static func decode(from reader: inout ByteReader) throws(Truncated) -> Int64 {
        let raw = try reader.varint()
        return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
    }

    @inlinable package func write(to json: inout JSONWriter) {
        json.integer(self)
    }

    @usableFromInline package static func read(_ value: JSONValue, _ input: inout InputIssues, _ rule: FieldRule)
        -> Int64?
    {
        let integer: Int64? =
            switch value {
            case .number(let number): number.integer
            case .string(let text) where input.acceptsText: Int64(text)
            default: nil
            }
        guard let integer else {
            input.add("invalid_type", "This must be a whole number.")
            return nil
        }
        guard rule.bounds.contains(integer) else {
            input.add(
                "out_of_range", "This must be from \(rule.bounds.lowerBound) to \(rule.bounds.upperBound).")
            return nil
        }
        return integer
    }

    @usableFromInline package static func writeSchema(
        to schema: inout SchemaBuilder, _ rule: FieldRule, about: StaticString
    ) {
        schema.scalar("integer", about) { json in
            if rule.bounds.lowerBound != .min {
                json.name("minimum")
                json.integer(rule.bounds.lowerBound)
            }
            if rule.bounds.upperBound != .max {
                json.name("maximum")
                json.integer(rule.bounds.upperBound)
            }
        }
    }
}
