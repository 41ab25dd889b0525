import Crypto

/// The key that belongs to a certificate: P-256, or RSA with 2,048 to 8,192 bits.
///
/// Its numbers are zeroed at its end and it prints as `<redacted>`.
public final class PrivateKey: Sendable {
    /// Where random bytes come from: called with a count, it gives as many.
    public typealias Random = (Int) -> [UInt8]

    enum Storage: ~Copyable {
        case p256(P256.PrivateKey)
        case rsa(RSAPrivateKey)
    }

    private let storage: Storage
    /// The key that verifies.
    public let publicKey: PublicKey
    /// Its SubjectPublicKeyInfo in DER, as it stands in the certificate.
    public let subjectPublicKeyInfo: [UInt8]

    init(_ key: consuming P256.PrivateKey) {
        publicKey = .p256(key.publicKey)
        subjectPublicKeyInfo = PublicKey.subjectPublicKeyInfo(key.publicKey)
        storage = .p256(key)
    }

    init(_ key: RSAPrivateKey, subjectPublicKeyInfo: [UInt8]) {
        publicKey = .rsa(key.publicKey)
        self.subjectPublicKeyInfo = subjectPublicKeyInfo
        storage = .rsa(key)
    }

    /// A new P-256 key.
    public convenience init(random: Random) throws(CertificateError) {
        let seed = Secret(random(P256.PrivateKey.randomByteCount))
        guard let key = try? P256.PrivateKey(random: seed) else { throw .invalidKey }
        self.init(key)
    }

    /// What it signs with, the best first. ECDSA is tied to SHA-256, as TLS 1.3 has it for P-256.
    public var schemes: [SignatureScheme] {
        switch storage {
        case .p256: [.ecdsaP256SHA256]
        case .rsa:
            [.rsaPSSSHA256, .rsaPSSSHA384, .rsaPSSSHA512, .rsaPKCS1SHA256, .rsaPKCS1SHA384, .rsaPKCS1SHA512]
        }
    }

    /// Whether `certificate` is for this key.
    public func belongs(to certificate: Certificate) -> Bool {
        certificate.subjectPublicKeyInfo == subjectPublicKeyInfo
    }

    /// Signs `message`: an ECDSA signature comes in DER, one of RSA is as long as the modulus.
    ///
    /// - Parameter random: Asked for fresh bytes, at most 80.
    /// - Throws: ``CertificateError/signingFailed`` for a scheme not among ``schemes``, or a signature that does not
    ///   verify.
    public func sign(
        _ message: [UInt8], scheme: SignatureScheme, random: Random
    ) throws(CertificateError) -> [UInt8] {
        guard schemes.contains(scheme), let hash = scheme.hash else { throw .signingFailed }
        let digest = hash.hash(message)
        do {
            switch storage {
            case .p256(let key):
                let entropy = Secret(random(32))
                return try key.sign(digest: digest, entropy: entropy.bytes).bytes(.der)
            case .rsa(let key):
                switch scheme {
                case .rsaPKCS1SHA256, .rsaPKCS1SHA384, .rsaPKCS1SHA512:
                    return try key.signPKCS1(hash, digest: digest, entropy: Secret(random(16)))
                default:
                    return try key.signPSS(hash, digest: digest, entropy: Secret(random(hash.byteCount + 16)))
                }
            }
        } catch {
            throw .signingFailed
        }
    }

    /// The key in PKCS #8 (RFC 5958), as a PEM block; nil for an RSA key, which is only read.
    public var pem: String? {
        switch storage {
        case .p256(let key):
            var inner = DERWriter()
            inner.sequence { fields in
                fields.integer([1])
                fields.octetString(Secret(copying: key.bytes).revealed())
                fields.constructed(DERTag.constructed(1)) { $0.bitString(key.publicKey.bytes) }
            }
            var writer = DERWriter()
            writer.sequence { info in
                info.integer([0])
                info.sequence { algorithm in
                    algorithm.oid(.ecPublicKey)
                    algorithm.oid(.p256)
                }
                info.octetString(inner.bytes)
            }
            return PEM.encode("PRIVATE KEY", writer.bytes)
        case .rsa: return nil
        }
    }
}

extension PrivateKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var debugDescription: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
