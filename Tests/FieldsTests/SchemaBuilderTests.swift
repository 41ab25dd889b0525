import Fields
import JSON
import Testing

@Suite struct SchemaBuilderTests {
    private static func schema<Value: Record>(
        of _: Value.Type, input: Bool
    ) throws -> (schema: JSONObject, components: [String: JSONObject]) {
        var builder = SchemaBuilder(describesInput: input)
        Value.writeSchema(to: &builder, .any, about: "")
        var components: [String: JSONObject] = [:]
        for (name, bytes) in builder.components {
            guard case .object(let object) = try JSON.parse(bytes) else { continue }
            let known = components.updateValue(object, forKey: name)
            #expect(known == nil)
        }
        guard case .object(let object) = try JSON.parse(builder.json.bytes) else { throw JSONError.notAnObject }
        return (object, components)
    }

    private enum JSONError: Error { case notAnObject }

    private static func names(_ value: JSONValue?) -> [String] {
        switch value {
        case .object(let object): object.members.map(\.name)
        case .array(let values): values.compactMap { if case .string(let text) = $0 { text } else { nil } }
        default: []
        }
    }

    /// What is wrong with `schema` as JSON Schema 2020-12, as far as this builder writes it.
    private static func problems(_ value: JSONValue, _ components: [String: JSONObject]) -> [String] {
        guard case .object(let schema) = value else { return ["no object"] }
        if case .string(let reference)? = schema["$ref"] {
            let name = String(reference.split(separator: "/").last ?? "")
            return reference == "#/components/schemas/\(name)" && components[name] != nil ? [] : [reference]
        }
        if case .array(let options)? = schema["anyOf"] { return options.flatMap { Self.problems($0, components) } }
        var problems: [String] = []
        let types = ["string", "number", "integer", "boolean", "object", "array", "null"]
        switch schema["type"] {
        case .string(let type)? where types.contains(type): break
        case .array(let given)? where !given.isEmpty: break
        default: problems.append("type")
        }
        if case .object(let properties)? = schema["properties"] {
            for member in properties.members { problems += Self.problems(member.value, components) }
            for name in names(schema["required"]) where properties[name] == nil { problems.append("required \(name)") }
            if schema["additionalProperties"] != .bool(false) { problems.append("open") }
        }
        if let items = schema["items"] { problems += Self.problems(items, components) }
        return problems
    }

    @Test func `the schema of an answer requires every member it shows`() throws {
        let (schema, components) = try Self.schema(of: Sample.self, input: false)
        let shown = Self.names(schema["properties"])
        #expect(shown.count == 20 && !shown.contains("hidden"))
        #expect(Self.names(schema["required"]) == shown)
        #expect(Self.problems(.object(schema), components) == [])
        #expect(components.keys.sorted() == ["Child"])
    }

    @Test func `the schema of a request requires what has no default`() throws {
        let (schema, components) = try Self.schema(of: Order.self, input: true)
        #expect(Self.names(schema["required"]) == ["name", "count", "email"])
        #expect(Self.problems(.object(schema), components) == [])
    }

    @Test func `rules are written as limits`() throws {
        let (schema, components) = try Self.schema(of: Order.self, input: true)
        guard case .object(let properties)? = schema["properties"] else { throw JSONError.notAnObject }
        let count = JSONValue.object(
            JSONObject([
                ("type", .string("integer")), ("minimum", .number(JSONNumber(1))), ("maximum", .number(JSONNumber(9))),
                ("description", .string("How many.")),
            ]))
        #expect(properties["count"] == count)
        guard case .object(let name)? = properties["name"], case .object(let tags)? = properties["tags"] else {
            throw JSONError.notAnObject
        }
        #expect(name["minLength"] == .number(JSONNumber(2)) && name["maxLength"] == .number(JSONNumber(5)))
        #expect(tags["maxItems"] == .number(JSONNumber(3)))
        let child = try #require(components["ChildInput"])
        #expect(Self.problems(.object(child), components) == [])
    }
}
