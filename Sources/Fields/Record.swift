public import Bytes

/// A type that lists its fields once. Storage encoding, JSON, input validation and schemas are visitors of that list.
///
/// `init()` gives every field its default: the value a stored record of an older version has for it.
@usableFromInline
package protocol Record: FieldValue {
    init()

    /// Shows each field to `visitor`, in ascending order of stored numbers. Numbers are permanent.
    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure)

    /// The name of the schema in the OpenAPI document, such as `Payment`; empty to write the schema in place.
    static var schemaName: StaticString { get }

    // `visit` for the visitors of hot paths. They are requirements with defaults so that each record's own module
    // compiles them for these visitors; a generic call through several modules costs ten times as much.
    mutating func encodeFields(_ encoder: inout RecordEncoder)
    mutating func decodeFields(_ decoder: inout RecordDecoder) throws(Truncated)
    mutating func writeFields(_ writer: inout JSONFieldWriter)
}

extension Record {
    @inlinable package static var schemaName: StaticString { "" }

    @inlinable package mutating func encodeFields(_ encoder: inout RecordEncoder) {
        visit(&encoder)
    }

    @inlinable package mutating func decodeFields(_ decoder: inout RecordDecoder) throws(Truncated) {
        try visit(&decoder)
    }

    @inlinable package mutating func writeFields(_ writer: inout JSONFieldWriter) {
        visit(&writer)
    }
}

/// What is done with each field of a record.
@usableFromInline
package protocol FieldVisitor {
    associatedtype Failure: Error

    /// A field that is stored under `number` and shown in JSON under `name`.
    mutating func field<Value: FieldValue>(
        _ number: UInt64, _ name: StaticString, _ value: inout Value, _ rule: FieldRule, _ about: StaticString
    ) throws(Failure)

    /// A field that is stored and never shown.
    mutating func stored<Value: FieldValue>(_ number: UInt64, _ value: inout Value) throws(Failure)

    /// A member of the JSON form that is not stored: of an input, or computed for an output.
    mutating func member<Value: FieldValue>(
        _ name: StaticString, _ value: inout Value, _ rule: FieldRule, _ about: StaticString
    ) throws(Failure)
}

extension FieldVisitor {
    @inlinable package mutating func field<Value: FieldValue>(
        _ number: UInt64, _ name: StaticString, _ value: inout Value, _ about: StaticString = ""
    ) throws(Failure) {
        try field(number, name, &value, .any, about)
    }

    @inlinable package mutating func member<Value: FieldValue>(
        _ name: StaticString, _ value: inout Value, _ about: StaticString = ""
    ) throws(Failure) {
        try member(name, &value, .any, about)
    }
}
