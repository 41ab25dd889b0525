import X509

/// A server whose chain was accepted for the name that was asked for.
struct VerifiedPeer: Sendable {
    /// The leaf's key, which must have signed the handshake.
    let publicKey: PublicKey
    /// When the first certificate of the path expires, in seconds since 1970; no session may last longer.
    let validUntil: Int64
}
