import Crypto
public import X509

/// What a client keeps to go on with a session in a later connection (RFC 8446 section 2.2).
///
/// A session serves one connection: whoever keeps it hands it out once, so that connections cannot be linked by it.
public struct Session: Sendable {
    /// The server it belongs to.
    public let serverName: ServerName
    /// The protocol that was agreed on.
    public let applicationProtocol: String?
    /// When it ends, in seconds since 1970: with the ticket, seven days, or the server's certificate, whichever is
    /// first.
    public let expiresAt: Int64

    let cipherSuite: CipherSuite
    let ticket: [UInt8]
    let ageAddend: UInt32
    let receivedAt: Int64
    let key: SessionKey
    let verifier: CertificateVerifier
    let peerCertificates: [[UInt8]]
    let validUntil: Int64

    /// The longest life of a ticket (RFC 8446 section 4.6.1).
    static let maximumLifetimeSeconds: Int64 = 604_800

    /// Whether it may be offered to `name` under `configuration` at `now`.
    func isUsable(for name: ServerName, _ configuration: ClientConfiguration, now: Int64) -> Bool {
        serverName == name && verifier === configuration.verifier && now >= receivedAt && now < expiresAt
            && configuration.offersTLS13 && configuration.cipherSuites.contains(cipherSuite)
            && (applicationProtocol.map { configuration.applicationProtocols.contains($0) } ?? true)
    }

    /// The age that goes on the wire (RFC 8446 section 4.2.11.1).
    func obfuscatedAge(now: Int64) -> UInt32 {
        UInt32(truncatingIfNeeded: (now &- receivedAt) &* 1000) &+ ageAddend
    }
}
