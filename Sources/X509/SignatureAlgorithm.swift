package import Crypto

/// What a certificate or a request is signed with.
package enum SignatureAlgorithm: Sendable, Equatable {
    case pkcs1(HashAlgorithm)
    case pss(HashAlgorithm)
    case ecdsa(HashAlgorithm)
    case ed25519
    /// Something that is refused, by name.
    case unsupported(String)

    /// The scheme for verifying with `key`, or nil when the key is none for this algorithm.
    func scheme(for key: PublicKey) -> SignatureScheme? {
        switch (self, key) {
        case (.pkcs1(let hash), .rsa):
            switch hash {
            case .sha256: .rsaPKCS1SHA256
            case .sha384: .rsaPKCS1SHA384
            case .sha512: .rsaPKCS1SHA512
            }
        case (.pss(let hash), .rsa):
            switch hash {
            case .sha256: .rsaPSSSHA256
            case .sha384: .rsaPSSSHA384
            case .sha512: .rsaPSSSHA512
            }
        case (.pss(let hash), .rsaPSS):
            switch hash {
            case .sha256: .rsaPSSOnlySHA256
            case .sha384: .rsaPSSOnlySHA384
            case .sha512: .rsaPSSOnlySHA512
            }
        case (.ecdsa(let hash), .p256), (.ecdsa(let hash), .p384):
            switch hash {
            case .sha256: .ecdsaP256SHA256
            case .sha384: .ecdsaP384SHA384
            case .sha512: .ecdsaSHA512
            }
        case (.ed25519, .ed25519): .ed25519
        default: nil
        }
    }

    /// Writes the AlgorithmIdentifier for signing with `scheme`.
    package static func write(_ scheme: SignatureScheme, to writer: inout DERWriter) {
        switch scheme {
        case .ecdsaP256SHA256: writer.sequence { $0.oid(.ecdsaSHA256) }
        case .ecdsaP384SHA384: writer.sequence { $0.oid(.ecdsaSHA384) }
        case .ecdsaSHA512: writer.sequence { $0.oid(.ecdsaSHA512) }
        case .ed25519: writer.sequence { $0.oid(.ed25519) }
        case .rsaPKCS1SHA256: pkcs1(.rsaSHA256, to: &writer)
        case .rsaPKCS1SHA384: pkcs1(.rsaSHA384, to: &writer)
        case .rsaPKCS1SHA512: pkcs1(.rsaSHA512, to: &writer)
        case .rsaPSSSHA256, .rsaPSSOnlySHA256: pss(.sha256, 32, to: &writer)
        case .rsaPSSSHA384, .rsaPSSOnlySHA384: pss(.sha384, 48, to: &writer)
        case .rsaPSSSHA512, .rsaPSSOnlySHA512: pss(.sha512, 64, to: &writer)
        }
    }

    private static func pkcs1(_ id: OID, to writer: inout DERWriter) {
        writer.sequence { algorithm in
            algorithm.oid(id)
            algorithm.null()
        }
    }

    private static func pss(_ hash: OID, _ saltByteCount: UInt8, to writer: inout DERWriter) {
        writer.sequence { algorithm in
            algorithm.oid(.rsaPSS)
            algorithm.sequence { parameters in
                parameters.constructed(DERTag.constructed(0)) { pkcs1(hash, to: &$0) }
                parameters.constructed(DERTag.constructed(1)) { mask in
                    mask.sequence { function in
                        function.oid(.mgf1)
                        pkcs1(hash, to: &function)
                    }
                }
                parameters.constructed(DERTag.constructed(2)) { $0.integer([saltByteCount]) }
            }
        }
    }
}
