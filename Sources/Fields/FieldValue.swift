public import Bytes
public import JSON

/// A value one field can hold: how it is stored, written as JSON, read from a request, and described.
@usableFromInline
package protocol FieldValue: Sendable {
    /// Whether the stored form has a length in front; otherwise it is one varint.
    static var isText: Bool { get }
    /// Whether the stored record leaves the field out.
    var isDefault: Bool { get }
    /// Appends the stored form without its length.
    func encode(into writer: inout ByteWriter)
    /// Reads the stored form from a reader that ends with it (text) or stands at its varint.
    static func decode(from reader: inout ByteReader) throws(Truncated) -> Self

    func write(to json: inout JSONWriter)

    /// The value that a request gives, or nil after noting an issue.
    static func read(_ value: JSONValue, _ input: inout InputIssues, _ rule: FieldRule) -> Self?
    /// What a request that leaves the field out gets; nil makes the field required.
    static var whenAbsent: Self? { get }

    /// Writes the JSON Schema (2020-12) of the value.
    static func writeSchema(to schema: inout SchemaBuilder, _ rule: FieldRule, about: StaticString)
}

extension FieldValue {
    @inlinable package static var whenAbsent: Self? { nil }
}
