/// A request method (RFC 9110 section 9), compared exactly: methods are case-sensitive.
package enum Method: Sendable, Equatable {
    case get, head, post, put, patch, delete, options
    /// Any other token of at most 32 bytes.
    case other(String)

    /// The method as it stands in a request line.
    package var text: String {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .put: "PUT"
        case .patch: "PATCH"
        case .delete: "DELETE"
        case .options: "OPTIONS"
        case .other(let text): text
        }
    }

    /// Whether it asks for no change (RFC 9110 section 9.2.1), as far as this server knows it.
    package var isSafe: Bool {
        switch self {
        case .get, .head, .options: true
        default: false
        }
    }

    /// Reads the bytes of a token.
    init(_ bytes: Span<UInt8>, in range: Range<Int>) {
        func spells(_ text: StaticString) -> Bool {
            ASCII.isEqual(bytes, at: range.lowerBound, count: range.count, to: text)
        }
        switch range.count {
        case 3 where spells("GET"): self = .get
        case 3 where spells("PUT"): self = .put
        case 4 where spells("POST"): self = .post
        case 4 where spells("HEAD"): self = .head
        case 5 where spells("PATCH"): self = .patch
        case 6 where spells("DELETE"): self = .delete
        case 7 where spells("OPTIONS"): self = .options
        default: self = .other(ASCII.text(bytes, in: range))
        }
    }
}
