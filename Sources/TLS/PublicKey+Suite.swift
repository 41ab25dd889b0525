import X509

extension PublicKey {
    /// Whether it fits the TLS 1.2 suites that are named after RSA; the others take keys of elliptic curves, Ed25519
    /// among them (RFC 8422 section 2.1 and 5.1.3). Nil for a key that fits none.
    var isRSA: Bool? {
        switch self {
        case .rsa, .rsaPSS: true
        case .p256, .p384, .ed25519: false
        case .unsupported: nil
        }
    }
}
