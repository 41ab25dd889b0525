public import Crypto

/// The signature algorithms of TLS and of certificates, by their numbers in IANA's TLS SignatureScheme registry.
///
/// SHA-1 and MD5 have no case: nothing here makes or accepts them.
public enum SignatureScheme: UInt16, Sendable, Hashable, CaseIterable {
    /// ECDSA with SHA-256: with P-256 in TLS 1.3, with any curve in certificates and TLS 1.2.
    case ecdsaP256SHA256 = 0x0403
    /// ECDSA with SHA-384: with P-384 in TLS 1.3, with any curve in certificates and TLS 1.2.
    case ecdsaP384SHA384 = 0x0503
    /// ECDSA with SHA-512. In TLS 1.3 the number is that of P-521, which is not there.
    case ecdsaSHA512 = 0x0603
    /// RSASSA-PSS under a key for any use of RSA (`rsa_pss_rsae_sha256`).
    case rsaPSSSHA256 = 0x0804
    case rsaPSSSHA384 = 0x0805
    case rsaPSSSHA512 = 0x0806
    /// RSASSA-PSS under a key for nothing else (`rsa_pss_pss_sha256`).
    case rsaPSSOnlySHA256 = 0x0809
    case rsaPSSOnlySHA384 = 0x080a
    case rsaPSSOnlySHA512 = 0x080b
    case rsaPKCS1SHA256 = 0x0401
    case rsaPKCS1SHA384 = 0x0501
    case rsaPKCS1SHA512 = 0x0601
    case ed25519 = 0x0807

    /// The hash that is signed, or nil for Ed25519, which signs the message itself.
    public var hash: HashAlgorithm? {
        switch self {
        case .ecdsaP256SHA256, .rsaPSSSHA256, .rsaPSSOnlySHA256, .rsaPKCS1SHA256: .sha256
        case .ecdsaP384SHA384, .rsaPSSSHA384, .rsaPSSOnlySHA384, .rsaPKCS1SHA384: .sha384
        case .ecdsaSHA512, .rsaPSSSHA512, .rsaPSSOnlySHA512, .rsaPKCS1SHA512: .sha512
        case .ed25519: nil
        }
    }

    /// Whether a TLS 1.3 handshake may be signed with it (RFC 8446 section 4.2.3).
    ///
    /// PKCS #1 version 1.5 is for certificates and TLS 1.2 alone; so is ECDSA with SHA-512, for want of P-521.
    public var isAllowedInTLS13: Bool {
        switch self {
        case .ecdsaSHA512, .rsaPKCS1SHA256, .rsaPKCS1SHA384, .rsaPKCS1SHA512: false
        default: true
        }
    }
}
