public import Crypto

/// The key of a certificate's subject.
public enum PublicKey: Sendable {
    /// A key for any use of RSA.
    case rsa(RSAPublicKey)
    /// A key for RSASSA-PSS alone, and if it says so with this hash alone (RFC 4055 section 3.1).
    case rsaPSS(RSAPublicKey, HashAlgorithm?)
    case p256(P256.PublicKey)
    case p384(P384.PublicKey)
    case ed25519(Ed25519.PublicKey)
    /// A key that verifies nothing here, and what it is: another algorithm, another curve or a curve that is given by
    /// its parameters, an RSA key of fewer than 2,048 bits or more than 8,192, or a point that is none.
    case unsupported(String)

    /// Whether `signature` over `message` is one of the owner of this key.
    ///
    /// False when `scheme` is not one for such a key. The curve and the hash of ECDSA are not tied to each other, as
    /// in certificates and TLS 1.2; for TLS 1.3 ask ``allowsInTLS13(_:)`` first.
    public func isValid(_ signature: [UInt8], scheme: SignatureScheme, message: [UInt8]) -> Bool {
        guard let hash = scheme.hash else {
            guard case .ed25519(let key) = self else { return false }
            return key.isValid(signature, message: message)
        }
        let digest = hash.hash(message)
        switch (self, scheme) {
        case (.p256(let key), .ecdsaP256SHA256), (.p256(let key), .ecdsaP384SHA384), (.p256(let key), .ecdsaSHA512):
            return key.isValid(signature, .der, digest: digest)
        case (.p384(let key), .ecdsaP256SHA256), (.p384(let key), .ecdsaP384SHA384), (.p384(let key), .ecdsaSHA512):
            return key.isValid(signature, .der, digest: digest)
        case (.rsa(let key), .rsaPKCS1SHA256), (.rsa(let key), .rsaPKCS1SHA384), (.rsa(let key), .rsaPKCS1SHA512):
            return key.isValidPKCS1(signature, hash, digest: digest)
        case (.rsa(let key), .rsaPSSSHA256), (.rsa(let key), .rsaPSSSHA384), (.rsa(let key), .rsaPSSSHA512):
            return key.isValidPSS(signature, hash, digest: digest, saltByteCount: hash.byteCount)
        case (.rsaPSS(let key, let only), .rsaPSSOnlySHA256), (.rsaPSS(let key, let only), .rsaPSSOnlySHA384),
            (.rsaPSS(let key, let only), .rsaPSSOnlySHA512):
            guard only == nil || only == hash else { return false }
            return key.isValidPSS(signature, hash, digest: digest, saltByteCount: hash.byteCount)
        default: return false
        }
    }

    /// Whether a TLS 1.3 handshake may be signed with this key and `scheme`, the curve being that of the scheme.
    public func allowsInTLS13(_ scheme: SignatureScheme) -> Bool {
        switch (self, scheme) {
        case (.p256, .ecdsaP256SHA256), (.p384, .ecdsaP384SHA384), (.ed25519, .ed25519): true
        case (.rsa, .rsaPSSSHA256), (.rsa, .rsaPSSSHA384), (.rsa, .rsaPSSSHA512): true
        case (.rsaPSS(_, let only), .rsaPSSOnlySHA256), (.rsaPSS(_, let only), .rsaPSSOnlySHA384),
            (.rsaPSS(_, let only), .rsaPSSOnlySHA512):
            only == nil || only == scheme.hash
        default: false
        }
    }
}
