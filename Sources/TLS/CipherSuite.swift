import Crypto

/// The cipher suites spoken here: authenticated encryption with ephemeral keys alone (RFC 8446 appendix B.4,
/// RFC 5289, RFC 7905).
public enum CipherSuite: UInt16, Sendable, Hashable, CaseIterable {
    case chaCha20Poly1305SHA256 = 0x1303
    case aes128GCMSHA256 = 0x1301
    case aes256GCMSHA384 = 0x1302
    // TLS 1.2.
    case ecdheECDSAChaCha20Poly1305SHA256 = 0xCCA9
    case ecdheRSAChaCha20Poly1305SHA256 = 0xCCA8
    case ecdheECDSAAES128GCMSHA256 = 0xC02B
    case ecdheRSAAES128GCMSHA256 = 0xC02F
    case ecdheECDSAAES256GCMSHA384 = 0xC02C
    case ecdheRSAAES256GCMSHA384 = 0xC030

    /// All of them, in our order of preference: ChaCha20 first, because AES without tables is about four times
    /// slower.
    public static let preferred: [CipherSuite] = allCases

    /// How records are sealed.
    enum AEAD { case chaCha20Poly1305, aes128GCM, aes256GCM }

    /// The one version that has the suite.
    public var version: ProtocolVersion {
        switch self {
        case .chaCha20Poly1305SHA256, .aes128GCMSHA256, .aes256GCMSHA384: .tls13
        default: .tls12
        }
    }

    var aead: AEAD {
        switch self {
        case .chaCha20Poly1305SHA256, .ecdheECDSAChaCha20Poly1305SHA256, .ecdheRSAChaCha20Poly1305SHA256:
            .chaCha20Poly1305
        case .aes128GCMSHA256, .ecdheECDSAAES128GCMSHA256, .ecdheRSAAES128GCMSHA256: .aes128GCM
        case .aes256GCMSHA384, .ecdheECDSAAES256GCMSHA384, .ecdheRSAAES256GCMSHA384: .aes256GCM
        }
    }

    /// The hash of the transcript and of the key schedule.
    var hash: HashAlgorithm {
        switch self {
        case .aes256GCMSHA384, .ecdheECDSAAES256GCMSHA384, .ecdheRSAAES256GCMSHA384: .sha384
        default: .sha256
        }
    }

    /// How many bytes the AEAD's key has.
    var keyByteCount: Int { aead == .aes128GCM ? 16 : 32 }

    /// Whether a TLS 1.2 server must sign with an RSA key; nil in TLS 1.3, where any key will do.
    var isRSA: Bool? {
        switch self {
        case .ecdheRSAChaCha20Poly1305SHA256, .ecdheRSAAES128GCMSHA256, .ecdheRSAAES256GCMSHA384: true
        case .ecdheECDSAChaCha20Poly1305SHA256, .ecdheECDSAAES128GCMSHA256, .ecdheECDSAAES256GCMSHA384: false
        default: nil
        }
    }
}
