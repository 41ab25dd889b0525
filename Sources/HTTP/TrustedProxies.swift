package import Runtime

/// The reverse proxies in front of the server. What they say of a visitor is believed; from anybody else the same
/// fields mean nothing.
package struct TrustedProxies: Sendable {
    private let blocks: [CIDR]

    package init(_ blocks: [CIDR] = []) {
        self.blocks = blocks
    }

    /// Where `request` really comes from: the peer, or behind a trusted proxy the last address of `X-Forwarded-For`
    /// that is not one itself. Nil for a Unix-domain socket and for a field that cannot be read.
    package func clientAddress(of request: Request) -> IPAddress? {
        guard case .ip(let peer, _) = request.peer else { return nil }
        guard isTrusted(peer) else { return peer.unmapped }
        for list in request.headers.all("x-forwarded-for").reversed() {
            for part in list.split(separator: ",").reversed() {
                guard let address = IPAddress(String(part.filter { $0 != " " })) else { return nil }
                if !isTrusted(address) { return address.unmapped }
            }
        }
        return peer.unmapped
    }

    /// Whether `request` came encrypted: to this server, or to a trusted proxy that says so in `X-Forwarded-Proto`. Of
    /// several values every one must say so.
    package func isSecure(_ request: Request) -> Bool {
        if request.isSecure { return true }
        guard case .ip(let peer, _) = request.peer, isTrusted(peer) else { return false }
        let values = request.headers.all("x-forwarded-proto").flatMap { $0.split(separator: ",") }
        return !values.isEmpty && values.allSatisfy { String($0.filter { $0 != " " }).lowercased() == "https" }
    }

    private func isTrusted(_ address: IPAddress) -> Bool {
        blocks.contains { $0.contains(address) }
    }
}
