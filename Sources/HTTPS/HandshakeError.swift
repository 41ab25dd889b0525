package import Runtime
package import TLS

/// Why a handshake failed. Nothing of what was to be sent over the connection has left.
package enum HandshakeError: Error, Sendable, Equatable {
    case network(NetworkError)
    case tls(TLSError)
    /// The name asked for is no host name or address.
    case unusableName

    /// In a few words without a full stop, for logs and reports.
    package var reason: String {
        switch self {
        case .network(.closed): "the other side closed the connection during the handshake"
        case .network(.deadlinePassed): "the other side did not finish the handshake in time"
        case .network(let error): "the connection failed during the handshake (\(error))"
        case .tls(let error): Self.withoutStop(error.description)
        case .unusableName: "the host is neither a name nor an address"
        }
    }

    private static func withoutStop(_ text: String) -> String {
        text.hasSuffix(".") ? String(text.dropLast()) : text
    }
}
