import HTTP

/// The one table of all endpoints: a tree of path segments. A literal segment beats a parameter.
struct Router: Sendable {
    enum Match {
        case endpoint(Endpoint, parameters: [String])
        /// The path exists; `allow` is the value of the `Allow` field.
        case otherMethods(allow: String)
        case nothing
    }

    private struct Node: Sendable {
        var literals: [(name: [UInt8], node: Int)] = []
        var parameter: Int?
        var endpoints: [Endpoint] = []
    }

    private var nodes: [Node] = [Node()]

    init(_ endpoints: [Endpoint]) {
        for endpoint in endpoints { add(endpoint) }
    }

    private mutating func add(_ endpoint: Endpoint) {
        var node = 0
        for segment in endpoint.path.split(separator: "/") {
            if segment.hasPrefix("{") {
                if let next = nodes[node].parameter {
                    node = next
                } else {
                    nodes.append(Node())
                    nodes[node].parameter = nodes.count - 1
                    node = nodes.count - 1
                }
            } else if let next = nodes[node].literals.first(where: { $0.name == Array(segment.utf8) }) {
                node = next.node
            } else {
                nodes.append(Node())
                nodes[node].literals.append((Array(segment.utf8), nodes.count - 1))
                node = nodes.count - 1
            }
        }
        precondition(
            !nodes[node].endpoints.contains { $0.method == endpoint.method },
            "two endpoints for \(endpoint.method.text) \(endpoint.path)")
        nodes[node].endpoints.append(endpoint)
    }

    /// Finds the endpoint of a request. A HEAD is answered as its GET.
    ///
    /// - Parameter target: path and query, as it came.
    func match(_ method: Method, _ target: String) -> Match {
        let bytes = target.utf8.span
        var end = 0
        while end < bytes.count, bytes[end] != 0x3f { end += 1 }
        var parameters: [String] = []
        guard bytes.count > 0, bytes[0] == 0x2f,
            let node = find(bytes, from: 1, to: end, in: 0, &parameters), !nodes[node].endpoints.isEmpty
        else { return .nothing }
        let wanted = method == .head ? .get : method
        for endpoint in nodes[node].endpoints where endpoint.method == wanted {
            return .endpoint(endpoint, parameters: parameters)
        }
        var names: [String] = []
        for endpoint in nodes[node].endpoints {
            names.append(endpoint.method.text)
            if endpoint.method == .get { names.append("HEAD") }
        }
        return .otherMethods(allow: names.joined(separator: ", "))
    }

    /// Walks down, coming back to the parameter where the literal leads nowhere.
    private func find(
        _ bytes: Span<UInt8>, from start: Int, to end: Int, in node: Int, _ parameters: inout [String]
    ) -> Int? {
        guard start <= end else { return node }
        var stop = start
        while stop < end, bytes[stop] != 0x2f { stop += 1 }
        // An empty segment, as behind a slash at the end, is no path of ours.
        guard stop > start else { return nil }
        for literal in nodes[node].literals where Self.isEqual(bytes, start, stop, literal.name) {
            let depth = parameters.count
            if let found = find(bytes, from: stop + 1, to: end, in: literal.node, &parameters),
                !nodes[found].endpoints.isEmpty
            {
                return found
            }
            parameters.removeLast(parameters.count - depth)
        }
        guard let parameter = nodes[node].parameter, let text = Self.text(bytes, start, stop) else { return nil }
        parameters.append(text)
        if let found = find(bytes, from: stop + 1, to: end, in: parameter, &parameters) { return found }
        parameters.removeLast()
        return nil
    }

    private static func isEqual(_ bytes: Span<UInt8>, _ start: Int, _ stop: Int, _ name: [UInt8]) -> Bool {
        guard stop - start == name.count else { return false }
        for offset in 0..<name.count where bytes[start + offset] != name[offset] { return false }
        return true
    }

    /// The text of a segment, escapes decoded.
    private static func text(_ bytes: Span<UInt8>, _ start: Int, _ stop: Int) -> String? {
        var isEscaped = false
        var text: [UInt8] = []
        text.reserveCapacity(stop - start)
        for index in start..<stop {
            text.append(bytes[index])
            if bytes[index] == 0x25 { isEscaped = true }
        }
        return isEscaped ? PercentEncoding.decode(text) : String(validating: text, as: UTF8.self)
    }
}
