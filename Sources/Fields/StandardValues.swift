package import Bytes
package import JSON
package import Runtime

extension String: FieldValue {
    package static var isText: Bool { true }
    package var isDefault: Bool { isEmpty }

    package func encode(into writer: inout ByteWriter) {
        writer.append(self)
    }

    package static func decode(from reader: inout ByteReader) throws(Truncated) -> String {
        let bytes = reader.rest()
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Truncated() }
        return text
    }

    package func write(to json: inout JSONWriter) {
        json.string(self)
    }

    package static func read(_ value: JSONValue, _ input: inout InputIssues, _ rule: FieldRule) -> String? {
        guard case .string(let text) = value else {
            input.add("invalid_type", "This must be a string.")
            return nil
        }
        return TextRules.check(text, &input, rule)
    }

    package static func writeSchema(to schema: inout SchemaBuilder, _ rule: FieldRule, about: StaticString) {
        schema.scalar("string", about) { json in TextRules.describe(rule, in: &json) }
    }
}

extension Int64: FieldValue {
    package static var isText: Bool { false }
    package var isDefault: Bool { self == 0 }

    /// Zigzag: small numbers of either sign are short.
    package func encode(into writer: inout ByteWriter) {
        writer.appendVarint(UInt64(bitPattern: (self << 1) ^ (self >> 63)))
    }

    package static func decode(from reader: inout ByteReader) throws(Truncated) -> Int64 {
        let raw = try reader.varint()
        return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
    }

    package func write(to json: inout JSONWriter) {
        json.integer(self)
    }

    package static func read(_ value: JSONValue, _ input: inout InputIssues, _ rule: FieldRule) -> Int64? {
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

    package static func writeSchema(to schema: inout SchemaBuilder, _ rule: FieldRule, about: StaticString) {
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

extension Bool: FieldValue {
    package static var isText: Bool { false }
    package var isDefault: Bool { !self }
    package static var whenAbsent: Bool? { false }

    package func encode(into writer: inout ByteWriter) {
        writer.append(self ? 1 : 0)
    }

    package static func decode(from reader: inout ByteReader) throws(Truncated) -> Bool {
        try reader.varint() != 0
    }

    package func write(to json: inout JSONWriter) {
        json.bool(self)
    }

    package static func read(_ value: JSONValue, _ input: inout InputIssues, _ rule: FieldRule) -> Bool? {
        switch value {
        case .bool(let flag): return flag
        case .string("true") where input.acceptsText: return true
        case .string("false") where input.acceptsText: return false
        default:
            input.add("invalid_type", "This must be true or false.")
            return nil
        }
    }

    package static func writeSchema(to schema: inout SchemaBuilder, _ rule: FieldRule, about: StaticString) {
        schema.scalar("boolean", about)
    }
}

extension Timestamp: FieldValue {
    package static var isText: Bool { false }
    package var isDefault: Bool { milliseconds == 0 }

    package func encode(into writer: inout ByteWriter) {
        milliseconds.encode(into: &writer)
    }

    package static func decode(from reader: inout ByteReader) throws(Truncated) -> Timestamp {
        Timestamp(milliseconds: try Int64.decode(from: &reader))
    }

    package func write(to json: inout JSONWriter) {
        json.string(description)
    }

    package static func read(_ value: JSONValue, _ input: inout InputIssues, _ rule: FieldRule) -> Timestamp? {
        guard case .string(let text) = value, let time = Timestamp(text) else {
            input.add("invalid_format", "This must be an RFC 3339 time such as 2025-01-15T00:00:00Z.")
            return nil
        }
        return time
    }

    package static func writeSchema(to schema: inout SchemaBuilder, _ rule: FieldRule, about: StaticString) {
        schema.scalar("string", about) { json in
            json.name("format")
            json.string("date-time" as StaticString)
        }
    }
}
