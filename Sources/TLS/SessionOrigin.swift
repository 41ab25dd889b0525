import Bytes
import Crypto
import X509

/// What a client needs of its handshake to make sessions out of the tickets that follow.
final class SessionOrigin {
    private let serverName: ServerName
    private let applicationProtocol: String?
    private let cipherSuite: CipherSuite
    private let verifier: CertificateVerifier
    private let peerCertificates: [[UInt8]]
    private let validUntil: Int64
    private let resumptionSecret: Secret

    init(
        serverName: ServerName, applicationProtocol: String?, cipherSuite: CipherSuite,
        verifier: CertificateVerifier, peerCertificates: [[UInt8]], validUntil: Int64,
        resumptionSecret: consuming Secret
    ) {
        self.serverName = serverName
        self.applicationProtocol = applicationProtocol
        self.cipherSuite = cipherSuite
        self.verifier = verifier
        self.peerCertificates = peerCertificates
        self.validUntil = validUntil
        self.resumptionSecret = resumptionSecret
    }

    /// The session of a NewSessionTicket (RFC 8446 section 4.6.1), or nil for one that is over already.
    func session(_ message: HandshakeMessage, now: Int64) throws(TLSError) -> Session? {
        var reader = message.body
        let lifetime = try reader.uint32("NewSessionTicket")
        let ageAddend = try reader.uint32("NewSessionTicket")
        let nonce = try reader.opaque8("NewSessionTicket")
        let ticket = try reader.opaque16("NewSessionTicket", minimum: 1)
        // Early data, which it might offer, is not for us.
        _ = try ExtensionBlock(from: &reader)
        try reader.expectEnd("NewSessionTicket")
        let end = min(now + min(Int64(lifetime), Session.maximumLifetimeSeconds), validUntil)
        guard end > now else { return nil }
        let hash = cipherSuite.hash
        let key = hash.expandLabel(resumptionSecret, "resumption", nonce.span.raw, count: hash.byteCount)
        return Session(
            serverName: serverName, applicationProtocol: applicationProtocol, expiresAt: end,
            cipherSuite: cipherSuite, ticket: ticket, ageAddend: ageAddend, receivedAt: now,
            key: SessionKey(key), verifier: verifier, peerCertificates: peerCertificates, validUntil: validUntil)
    }
}
