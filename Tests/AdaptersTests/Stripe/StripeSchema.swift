import HTTP
import JSON

@testable import Gateways

/// Checks requests against Stripe's own description of its API.
struct StripeSchema {
    static let fileName = "stripe-openapi-subset.json"

    private let paths: JSONObject
    private let schemas: JSONObject

    /// Nil where the description is not there.
    init?() {
        guard let bytes = ReferenceFile.contents(Self.fileName),
            case .object(let top)? = try? JSON.parse(
                bytes, limits: JSONLimits(depth: 64, byteCount: 4 << 20, memberCount: 1_000_000)),
            let paths = top.object("paths"), let schemas = top.object("components")?.object("schemas")
        else { return nil }
        self.paths = paths
        self.schemas = schemas
    }

    /// A form as a tree.
    private indirect enum Node {
        case value(String)
        case members([(name: String, node: Node)])

        mutating func insert(_ path: ArraySlice<String>, _ value: String) {
            guard let first = path.first else {
                self = .value(value)
                return
            }
            var members: [(name: String, node: Node)] = []
            if case .members(let known) = self { members = known }
            if let place = members.firstIndex(where: { $0.name == first }) {
                members[place].node.insert(path.dropFirst(), value)
            } else {
                var node = Node.members([])
                node.insert(path.dropFirst(), value)
                members.append((first, node))
            }
            self = .members(members)
        }
    }

    /// What is wrong with a call; empty when it is well.
    ///
    /// - Parameter target: Method and target, such as `GET /v1/balance`.
    func faults(_ target: String, body: [UInt8]) -> [String] {
        let parts = target.split(separator: " ", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return ["no target"] }
        let url = parts[1].split(separator: "?", maxSplits: 1).map(String.init)
        let method = parts[0].lowercased()
        guard let operation = operation(url[0])?.object(method) else { return ["\(target): no such operation"] }
        let text = method == "get" ? Array((url.count > 1 ? url[1] : "").utf8) : body
        guard let items = QueryItems(text) else { return ["\(target): no form"] }
        var tree = Node.members([])
        for item in items { tree.insert(Self.path(item.name)[...], item.value) }
        guard method == "get" else {
            let content = operation.object("requestBody")?.object("content")
            guard let schema = content?.object("application/x-www-form-urlencoded")?.object("schema") else {
                return text.isEmpty ? [] : ["\(target): takes no form"]
            }
            return check(tree, schema, "\(target):")
        }
        guard case .members(let members) = tree else { return [] }
        let parameters = operation.objects("parameters")
        return members.flatMap { member in
            guard let found = parameters.first(where: { $0.text("name") == member.name }),
                let schema = found.object("schema")
            else { return ["\(target): no parameter \(member.name)"] }
            return check(member.node, schema, "\(target): \(member.name)")
        }
    }

    private func operation(_ path: String) -> JSONObject? {
        let parts = path.split(separator: "/")
        for (template, value) in paths.members {
            let pattern = template.split(separator: "/")
            guard pattern.count == parts.count,
                zip(pattern, parts).allSatisfy({ $0.hasPrefix("{") || $0 == $1 }), case .object(let found) = value
            else { continue }
            return found
        }
        return nil
    }

    /// `a[b][0]` as its parts.
    private static func path(_ name: String) -> [String] {
        name.split(separator: "[").map { String($0.hasSuffix("]") ? $0.dropLast() : $0) }
    }

    private func check(_ node: Node, _ schema: JSONObject, _ place: String) -> [String] {
        if let reference = schema.text("$ref") {
            guard let found = schemas.object(String(reference.split(separator: "/").last ?? "")) else {
                return ["\(place): no schema"]
            }
            return check(node, found, place)
        }
        let choices = schema.objects("anyOf")
        if !choices.isEmpty {
            let faults = choices.map { check(node, $0, place) }
            return faults.contains([]) ? [] : faults[0]
        }
        switch (schema.text("type"), node) {
        case ("object", .members(let members)):
            return check(members, schema, place)
        case ("array", .members(let members)):
            guard let items = schema.object("items") else { return [] }
            return members.enumerated().flatMap { index, member in
                member.name == String(index)
                    ? check(member.node, items, "\(place)[\(index)]") : ["\(place): \(member.name) is no place"]
            }
        case ("string", .value(let text)):
            let most = schema.integer("maxLength") ?? .max
            if Int64(text.count) > most { return ["\(place): too long"] }
            if case .array(let allowed)? = schema["enum"], !allowed.contains(.string(text)) {
                return ["\(place): \(text) is not allowed"]
            }
            return []
        case ("integer", .value(let text)): return Int64(text) == nil ? ["\(place): no integer"] : []
        case ("boolean", .value(let text)): return ["true", "false"].contains(text) ? [] : ["\(place): no boolean"]
        default: return ["\(place): another kind than \(schema.text("type") ?? "known")"]
        }
    }

    private func check(_ members: [(name: String, node: Node)], _ schema: JSONObject, _ place: String) -> [String] {
        var faults: [String] = []
        if case .array(let required)? = schema["required"] {
            for case .string(let name) in required where !members.contains(where: { $0.name == name }) {
                faults.append("\(place) \(name) is missing")
            }
        }
        for member in members {
            if let inner = schema.object("properties")?.object(member.name) {
                faults += check(member.node, inner, "\(place) \(member.name)")
            } else if let inner = schema.object("additionalProperties") {
                faults += check(member.node, inner, "\(place) \(member.name)")
            } else {
                faults.append("\(place) \(member.name) is unknown")
            }
        }
        return faults
    }
}
