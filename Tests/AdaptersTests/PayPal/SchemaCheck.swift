import JSON
import Testing

@testable import Gateways

/// Checks JSON values against a schema of an OpenAPI document: types, required and declared members, lengths, lists of
/// values. What the document leaves out is refused.
struct SchemaCheck {
    let document: JSONObject
    /// Members that are newer than the document, by name.
    var newer: [String] = []

    /// What is wrong with the body of a call; empty when nothing is.
    func problems(_ method: String, _ path: String, _ body: [UInt8]) throws -> [String] {
        let operation = try #require(document.object("paths")?.object(path)?.object(method))
        let content = operation.object("requestBody").map(resolved)?.object("content")
        let schema = try #require(content?.object("application/json")?.object("schema"))
        return check(try JSON.parse(body), schema, "body", 0)
    }

    private func resolved(_ schema: JSONObject) -> JSONObject {
        guard let reference = schema.text("$ref") else { return schema }
        var object = document
        for part in reference.split(separator: "/").dropFirst() { object = object.object(String(part)) ?? JSONObject() }
        return resolved(object)
    }

    private func check(_ value: JSONValue, _ raw: JSONObject, _ place: String, _ depth: Int) -> [String] {
        guard depth < 30 else { return [] }
        let schema = resolved(raw)
        for word in ["oneOf", "anyOf"] where !schema.objects(word).isEmpty {
            let results = schema.objects(word).map { check(value, $0, place, depth + 1) }
            return results.contains(where: \.isEmpty) ? [] : results.first ?? []
        }
        var problems: [String] = []
        let values = schema["enum"]
        if case .array(let allowed)? = values, !allowed.contains(value) { problems.append("\(place): not in its list") }
        switch value {
        case .string(let text):
            if let type = schema.text("type"), type != "string" { problems.append("\(place): no \(type)") }
            if let most = schema.integer("maxLength"), text.unicodeScalars.count > most {
                problems.append("\(place): too long")
            }
            if let least = schema.integer("minLength"), text.unicodeScalars.count < least {
                problems.append("\(place): too short")
            }
        case .array(let elements):
            guard let items = schema.object("items") else { return problems + ["\(place): no array"] }
            if let most = schema.integer("maxItems"), elements.count > most { problems.append("\(place): too many") }
            for element in elements { problems += check(element, items, place + "[]", depth + 1) }
        case .object(let object):
            problems += check(object, members(of: schema, 0), place, depth)
        case .null, .bool, .number: problems.append("\(place): unexpected kind")
        }
        return problems
    }

    private func check(
        _ object: JSONObject, _ members: (declared: [String: JSONObject], required: [String]), _ place: String,
        _ depth: Int
    ) -> [String] {
        var problems = members.required.filter { object[$0] == nil }.map { "\(place).\($0): missing" }
        for (name, value) in object.members where !newer.contains(name) {
            guard let schema = members.declared[name] else {
                problems.append("\(place).\(name): not declared")
                continue
            }
            problems += check(value, schema, "\(place).\(name)", depth + 1)
        }
        return problems
    }

    /// Members and required names of a schema, those it takes over from others included.
    private func members(of raw: JSONObject, _ depth: Int) -> (declared: [String: JSONObject], required: [String]) {
        let schema = resolved(raw)
        var declared: [String: JSONObject] = [:]
        var required: [String] = []
        for (name, value) in schema.object("properties")?.members ?? [] {
            if case .object(let object) = value { declared[name] = object }
        }
        if case .array(let names)? = schema["required"] {
            for case .string(let name) in names { required.append(name) }
        }
        guard depth < 10 else { return (declared, required) }
        for part in schema.objects("allOf") {
            let more = members(of: part, depth + 1)
            declared.merge(more.declared) { first, _ in first }
            required += more.required
        }
        return (declared, required)
    }
}
