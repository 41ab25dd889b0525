public import Bytes
public import JSON

/// One of a fixed set of words, such as a status: an enumeration of strings.
@usableFromInline
package protocol Choice: FieldValue, RawRepresentable, CaseIterable, Hashable where RawValue == String {}

extension Choice {
    @inlinable package static var isText: Bool { true }
    @inlinable package var isDefault: Bool { false }

    @inlinable package func encode(into writer: inout ByteWriter) {
        writer.append(rawValue)
    }

    @inlinable package static func decode(from reader: inout ByteReader) throws(Truncated) -> Self {
        guard let value = Self(rawValue: try String.decode(from: &reader)) else { throw Truncated() }
        return value
    }

    @inlinable package func write(to json: inout JSONWriter) {
        json.string(rawValue)
    }

    package static func read(_ value: JSONValue, _ input: inout InputIssues, _ rule: FieldRule) -> Self? {
        guard case .string(let text) = value, let choice = Self(rawValue: text) else {
            let words = allCases.map(\.rawValue).joined(separator: ", ")
            input.add("unknown_value", "This must be one of: \(words).")
            return nil
        }
        return choice
    }

    package static func writeSchema(to schema: inout SchemaBuilder, _ rule: FieldRule, about: StaticString) {
        schema.scalar("string", about) { json in
            json.name("enum")
            json.beginArray()
            for choice in allCases { json.string(choice.rawValue) }
            json.endArray()
        }
    }
}
