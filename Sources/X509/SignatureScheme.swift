public import Crypto

/// The signature algorithms of TLS and of certificates, by their numbers in IANA's TLS SignatureScheme registry.
///
/// SHA-1 and MD5 have no case: nothing here makes or accepts them.
public enum SignatureScheme: UInt16, Sendable, Hashable, CaseIterable {
    case ecdsaP256SHA256 = 0x0403
    case ecdsaP384SHA384 = 0x0503
    /// P-521's number in TLS 1.3. Here it stands for SHA-512 with any curve, as certificates and TLS 1.2 have it.
    case ecdsaSHA512 = 0x0603
    case rsaPSSSHA256 = 0x0804
    case rsaPSSSHA384 = 0x0805
    case rsaPSSSHA512 = 0x0806
    case rsaPKCS1SHA256 = 0x0401
    case rsaPKCS1SHA384 = 0x0501
    case rsaPKCS1SHA512 = 0x0601
    case ed25519 = 0x0807

    /// The hash that is signed, or nil for Ed25519, which signs the message itself.
    public var hash: HashAlgorithm? {
        switch self {
        case .ecdsaP256SHA256, .rsaPSSSHA256, .rsaPKCS1SHA256: .sha256
        case .ecdsaP384SHA384, .rsaPSSSHA384, .rsaPKCS1SHA384: .sha384
        case .ecdsaSHA512, .rsaPSSSHA512, .rsaPKCS1SHA512: .sha512
        case .ed25519: nil
        }
    }

    /// Whether a TLS 1.3 handshake may be signed with it (RFC 8446 section 4.2.3).
    ///
    /// PKCS #1 version 1.5 is for certificates and TLS 1.2 alone; so is SHA-512 here, for want of P-521.
    public var isAllowedInTLS13: Bool {
        switch self {
        case .ecdsaP256SHA256, .ecdsaP384SHA384, .rsaPSSSHA256, .rsaPSSSHA384, .rsaPSSSHA512, .ed25519: true
        case .ecdsaSHA512, .rsaPKCS1SHA256, .rsaPKCS1SHA384, .rsaPKCS1SHA512: false
        }
    }
}
