public import X509

/// What a handshake came to.
public struct HandshakeSummary: Sendable, Hashable {
    public let version: ProtocolVersion
    public let cipherSuite: CipherSuite
    public let group: NamedGroup
    /// What the server signed with; nil in a resumed session.
    public let signatureScheme: SignatureScheme?
    /// What was agreed on by ALPN.
    public let applicationProtocol: String?
    /// The host the client asked for; nil when it named none.
    public let serverName: String?
    /// The server's chain as it sent it, leaf first, for a client; those of the first handshake in a resumed session.
    public let peerCertificates: [[UInt8]]
    /// Whether an earlier session went on.
    public let isResumed: Bool
    /// Whether the server asked for a second hello.
    public let isRetried: Bool
}
