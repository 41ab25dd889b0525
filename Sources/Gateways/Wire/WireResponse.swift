package import HTTP
package import JSON

/// A whole answer of a vendor's API.
package struct WireResponse: Sendable {
    package let status: Int
    package let headers: Headers
    package let body: [UInt8]

    package init(status: Int, headers: Headers = Headers(), body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Bounds on what a vendor's answer may hold.
    private static let limits = JSONLimits(depth: 24, byteCount: 1 << 20, memberCount: 40_000)

    /// The body as a JSON object; nil when it is none. An answer that cannot be read proves nothing.
    package var object: JSONObject? {
        guard case .object(let object)? = try? JSON.parse(body, limits: Self.limits) else { return nil }
        return object
    }

    package var isSuccess: Bool { (200..<300).contains(status) }
}

/// Reading what a vendor sent: every value may be missing or of another kind.
extension JSONObject {
    package func text(_ name: String) -> String? {
        guard case .string(let text)? = self[name] else { return nil }
        return text
    }

    package func object(_ name: String) -> JSONObject? {
        guard case .object(let object)? = self[name] else { return nil }
        return object
    }

    package func objects(_ name: String) -> [JSONObject] {
        guard case .array(let values)? = self[name] else { return [] }
        return values.compactMap { value in
            guard case .object(let object) = value else { return nil }
            return object
        }
    }

    package func integer(_ name: String) -> Int64? {
        guard case .number(let number)? = self[name] else { return nil }
        return number.integer
    }

    package func flag(_ name: String) -> Bool? {
        guard case .bool(let flag)? = self[name] else { return nil }
        return flag
    }

    /// A member that holds the name of an object or the object itself.
    package func name(of member: String) -> String? {
        text(member) ?? object(member)?.text("id")
    }
}
