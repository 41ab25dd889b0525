import Fields
import JSON

/// Writes each field of a query record as an OpenAPI parameter.
struct QueryDescriber: FieldVisitor {
    typealias Failure = Never
    var schema: SchemaBuilder

    mutating func field<Value: FieldValue>(
        _ number: UInt64, _ name: StaticString, _ value: inout Value, _ rule: FieldRule, _ about: StaticString
    ) {
        member(name, &value, rule, about)
    }

    mutating func stored<Value: FieldValue>(_ number: UInt64, _ value: inout Value) {}

    mutating func member<Value: FieldValue>(
        _ name: StaticString, _ value: inout Value, _ rule: FieldRule, _ about: StaticString
    ) {
        schema.json.beginObject()
        schema.json.name("name")
        schema.json.string(name)
        schema.json.name("in")
        schema.json.string("query" as StaticString)
        if about.utf8CodeUnitCount > 0 {
            schema.json.name("description")
            schema.json.string(about.description)
        }
        if Value.whenAbsent == nil {
            schema.json.name("required")
            schema.json.bool(true)
        }
        schema.json.name("schema")
        Value.writeQuerySchema(to: &schema, rule)
        schema.json.endObject()
    }
}

extension FieldValue {
    /// A query cannot say null, so an optional parameter is described as its value.
    static func writeQuerySchema(to schema: inout SchemaBuilder, _ rule: FieldRule) {
        if let optional = Self.self as? any OptionalValue.Type {
            optional.writeWrapped(to: &schema, rule)
        } else {
            writeSchema(to: &schema, rule, about: "")
        }
    }
}

private protocol OptionalValue {
    static func writeWrapped(to schema: inout SchemaBuilder, _ rule: FieldRule)
}

extension Optional: OptionalValue where Wrapped: FieldValue {
    fileprivate static func writeWrapped(to schema: inout SchemaBuilder, _ rule: FieldRule) {
        Wrapped.writeSchema(to: &schema, rule, about: "")
    }
}
