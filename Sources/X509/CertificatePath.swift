/// A path that was found valid.
public struct CertificatePath: Sendable {
    /// The peer's certificate first, each one certified by the next, the last one by the anchor.
    public let certificates: [Certificate]
    /// The trusted key at its end.
    public let anchor: TrustAnchor
}
