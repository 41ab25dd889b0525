package import Bytes
package import JSON

/// A member of a PATCH request: left out, set to null, or set to a value.
package enum Patch<Value: FieldValue>: FieldValue {
    case keep
    case clear
    case set(Value)

    package static var isText: Bool { Value.isText }
    package var isDefault: Bool { true }
    package static var whenAbsent: Patch? { .keep }

    /// Nothing: inputs are not stored.
    package func encode(into writer: inout ByteWriter) {}

    package static func decode(from reader: inout ByteReader) throws(Truncated) -> Patch {
        .set(try Value.decode(from: &reader))
    }

    package func write(to json: inout JSONWriter) {
        if case .set(let value) = self { value.write(to: &json) } else { json.null() }
    }

    package static func read(_ value: JSONValue, _ input: inout InputIssues, _ rule: FieldRule) -> Patch? {
        if case .null = value { return .clear }
        return Value.read(value, &input, rule).map(Patch.set)
    }

    package static func writeSchema(to schema: inout SchemaBuilder, _ rule: FieldRule, about: StaticString) {
        Optional<Value>.writeSchema(to: &schema, rule, about: about)
    }

    /// `old` after this change; `none` is what null means.
    package func applied(to old: Value, none: Value) -> Value {
        switch self {
        case .keep: old
        case .clear: none
        case .set(let value): value
        }
    }

    package func applied(to old: Value?) -> Value? {
        switch self {
        case .keep: old
        case .clear: nil
        case .set(let value): value
        }
    }
}
