package import JSON

/// Writes JSON Schemas, and collects the named ones once each for the components of an OpenAPI document.
@usableFromInline
package struct SchemaBuilder: Sendable {
    package var json: JSONWriter
    /// Whether objects are described as requests (a member is required unless it has a default) or as answers
    /// (every member is there).
    package var describesInput: Bool
    /// The named schemas met so far, in order of first use.
    package private(set) var components: [(name: String, schema: [UInt8])] = []
    private var inProgress: [String] = []

    package init(describesInput: Bool = false) {
        json = JSONWriter()
        self.describesInput = describesInput
    }

    /// Writes `{"type": …}` with the rule's limits and the description.
    package mutating func scalar(
        _ type: StaticString, nullable: Bool = false, _ about: StaticString,
        _ more: (inout JSONWriter) -> Void = { _ in }
    ) {
        json.beginObject()
        json.name("type")
        json.string(type)
        more(&json)
        if about.utf8CodeUnitCount > 0 {
            json.name("description")
            json.string(about.description)
        }
        json.endObject()
    }

    /// Writes the schema of `Value`: a reference when it has a name, else the object itself.
    package mutating func object<Value: Record>(_: Value.Type, about: StaticString = "") {
        var name = Value.schemaName.description
        // A record that is asked for and answered has two schemas: what is required differs.
        if describesInput, !name.isEmpty, !name.hasSuffix("Input"), !name.hasSuffix("Patch") { name += "Input" }
        guard !name.isEmpty else {
            writeObject(Value.self, about: about)
            return
        }
        if !inProgress.contains(name), !components.contains(where: { $0.name == name }) {
            inProgress.append(name)
            let outer = json
            json = JSONWriter()
            writeObject(Value.self, about: "")
            let schema = json.bytes
            json = outer
            inProgress.removeLast()
            components.append((name, schema))
        }
        json.beginObject()
        json.name("$ref")
        json.string("#/components/schemas/" + name)
        json.endObject()
    }

    private mutating func writeObject<Value: Record>(_: Value.Type, about: StaticString) {
        var visitor = SchemaVisitor(builder: self)
        visitor.builder.json.beginObject()
        visitor.builder.json.name("type")
        visitor.builder.json.string("object" as StaticString)
        if about.utf8CodeUnitCount > 0 {
            visitor.builder.json.name("description")
            visitor.builder.json.string(about.description)
        }
        visitor.builder.json.name("properties")
        visitor.builder.json.beginObject()
        var record = Value()
        record.visit(&visitor)
        visitor.builder.json.endObject()
        if !visitor.required.isEmpty {
            visitor.builder.json.name("required")
            visitor.builder.json.beginArray()
            for name in visitor.required { visitor.builder.json.string(name) }
            visitor.builder.json.endArray()
        }
        visitor.builder.json.name("additionalProperties")
        visitor.builder.json.bool(false)
        visitor.builder.json.endObject()
        self = visitor.builder
    }
}

/// The visitor behind `SchemaBuilder.object`.
private struct SchemaVisitor: FieldVisitor {
    typealias Failure = Never
    var builder: SchemaBuilder
    var required: [StaticString] = []

    mutating func field<Value: FieldValue>(
        _ number: UInt64, _ name: StaticString, _ value: inout Value, _ rule: FieldRule, _ about: StaticString
    ) {
        member(name, &value, rule, about)
    }

    mutating func stored<Value: FieldValue>(_ number: UInt64, _ value: inout Value) {}

    mutating func member<Value: FieldValue>(
        _ name: StaticString, _ value: inout Value, _ rule: FieldRule, _ about: StaticString
    ) {
        builder.json.name(name)
        Value.writeSchema(to: &builder, rule, about: about)
        if !builder.describesInput || Value.whenAbsent == nil { required.append(name) }
    }
}

extension Record {
    @usableFromInline package static func writeSchema(
        to schema: inout SchemaBuilder, _ rule: FieldRule, about: StaticString
    ) {
        schema.object(Self.self, about: about)
    }
}
