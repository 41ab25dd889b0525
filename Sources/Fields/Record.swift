/// A type that lists its fields once. Storage encoding, JSON, input validation and schemas are visitors of that list.
///
/// `init()` gives every field its default: the value a stored record of an older version has for it.
package protocol Record: FieldValue {
    init()

    /// Shows each field to `visitor`, in ascending order of stored numbers. Numbers are permanent.
    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure)

    /// The name of the schema in the OpenAPI document, such as `Payment`; empty to write the schema in place.
    static var schemaName: StaticString { get }
}

extension Record {
    package static var schemaName: StaticString { "" }
}

/// What is done with each field of a record.
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
    package mutating func field<Value: FieldValue>(
        _ number: UInt64, _ name: StaticString, _ value: inout Value, _ about: StaticString = ""
    ) throws(Failure) {
        try field(number, name, &value, .any, about)
    }

    package mutating func member<Value: FieldValue>(
        _ name: StaticString, _ value: inout Value, _ about: StaticString = ""
    ) throws(Failure) {
        try member(name, &value, .any, about)
    }
}
