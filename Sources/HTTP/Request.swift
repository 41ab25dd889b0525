package import Runtime

/// One request as a handler sees it: checked, complete, and without any trace of how it was framed.
package struct Request: Sendable {
    package let method: Method
    /// The target in origin form (`/path?query`) as it came, or `*` for `OPTIONS *`: visible ASCII, no fragment,
    /// escapes not decoded. Of a target in absolute form, the part after the authority.
    package let target: String
    package let headers: Headers
    /// The content, chunks joined; at most the limit of the server.
    package let body: [UInt8]
    /// Who is at the other end of the connection.
    package let peer: SocketAddress
    /// Whether the connection itself is encrypted; behind a proxy ask ``TrustedProxies``.
    package let isSecure: Bool
    /// The authority of a target in absolute form, which then outranks the `Host` field (RFC 9112 section 3.2.2).
    private let authority: String?
    /// Where `?` stands in the target, or -1.
    private let queryMark: Int

    package init(
        method: Method, target: String, headers: Headers = Headers(), body: [UInt8] = [],
        peer: SocketAddress = .ip(.v4(0x7f00_0001), port: 0), isSecure: Bool = false
    ) {
        var mark = -1
        for (offset, byte) in target.utf8.enumerated() where byte == 0x3f {
            mark = offset
            break
        }
        self.init(
            method: method, target: target, queryMark: mark, authority: nil, headers: headers, body: body, peer: peer,
            isSecure: isSecure)
    }

    init(
        method: Method, target: String, queryMark: Int, authority: String?, headers: Headers, body: [UInt8],
        peer: SocketAddress, isSecure: Bool
    ) {
        self.method = method
        self.target = target
        self.queryMark = queryMark
        self.authority = authority
        self.headers = headers
        self.body = body
        self.peer = peer
        self.isSecure = isSecure
    }

    /// The raw path before `?`.
    package var path: String {
        guard queryMark >= 0 else { return target }
        return String(target.utf8.prefix(queryMark)) ?? target
    }

    /// The raw query after `?`, or an empty string.
    package var query: String {
        guard queryMark >= 0 else { return "" }
        return String(target.utf8.dropFirst(queryMark + 1)) ?? ""
    }

    /// The host and port the client asked for, or an empty string. Never use it to build links.
    package var host: String {
        authority ?? headers["host"] ?? ""
    }
}
