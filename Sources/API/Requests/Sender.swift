import HTTP
import Runtime

/// Where a request really comes from.
enum Sender {
    /// The peer, or behind a trusted proxy the last address of `X-Forwarded-For` that is not one itself. Nil for a
    /// Unix-domain socket and for a field that cannot be read.
    static func address(of request: Request, trusting proxies: [CIDR]) -> IPAddress? {
        TrustedProxies(proxies).clientAddress(of: request)
    }

    /// Whether the peer is this machine itself, with no proxy in between.
    static func isDirectLoopback(_ request: Request) -> Bool {
        guard request.headers.bytes("forwarded") == nil, request.headers.bytes("x-forwarded-for") == nil,
            request.headers.bytes("x-real-ip") == nil, request.headers.bytes("via") == nil
        else { return false }
        switch request.peer {
        case .unix: return true
        case .ip(let address, _):
            switch address.unmapped {
            case .v4(let value): return value >> 24 == 127
            case .v6(let high, let low): return high == 0 && low == 1
            }
        }
    }
}
