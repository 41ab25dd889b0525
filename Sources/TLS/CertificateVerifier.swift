import X509

/// What decides whether a server is who it says.
///
/// Its identity stands for the decision: a session is resumed only under the very verifier that accepted its chain, so
/// that changed trust anchors or denied keys end old sessions too.
final class CertificateVerifier: Sendable {
    /// Takes the chain (DER, leaf first), the name asked for, and the time in seconds since 1970.
    typealias Body = @Sendable ([[UInt8]], ServerName, Int64) throws(TLSError) -> VerifiedPeer

    let verify: Body

    init(_ verify: @escaping Body) { self.verify = verify }
}
