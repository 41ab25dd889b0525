import Crypto

extension PublicKey {
    /// Reads a SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7).
    ///
    /// - Throws: ``CertificateError/malformed(_:)`` for anything that is not one; a key that is one but cannot be used
    ///   becomes ``unsupported(_:)``.
    public init(subjectPublicKeyInfo der: [UInt8]) throws(CertificateError) {
        try DER.check(der, "public key")
        try self.init(DERElement.whole(der, DERTag.sequence, "public key"))
    }

    init(_ element: DERElement) throws(CertificateError) {
        let place = "public key"
        var reader = DERReader(element)
        let algorithm = try AlgorithmIdentifier(reader.next(DERTag.sequence, place), place)
        let bits = try reader.next(DERTag.bitString, place).wholeBits(place)
        try reader.finish(place)
        switch algorithm.id {
        case .rsaEncryption:
            guard algorithm.parameters?.tag == DERTag.null, algorithm.hasAbsentOrNullParameters else {
                throw .malformed(place)
            }
            self = try PublicKey.rsa(bits) { .rsa($0) }
        case .rsaPSS:
            guard let parameters = algorithm.parameters else {
                self = try PublicKey.rsa(bits) { .rsaPSS($0, nil) }
                return
            }
            guard let hash = try AlgorithmIdentifier.pssHash(parameters) else {
                self = .unsupported("RSASSA-PSS with these parameters")
                return
            }
            self = try PublicKey.rsa(bits) { .rsaPSS($0, hash) }
        case .ecPublicKey: self = try PublicKey.curve(algorithm, bits)
        case .ed25519:
            guard algorithm.parameters == nil else { throw .malformed(place) }
            self = (try? Ed25519.PublicKey(bits)).map { .ed25519($0) } ?? .unsupported("a bad point of Ed25519")
        default: self = .unsupported(algorithm.id.algorithmName)
        }
    }

    /// Reads an RSAPublicKey (RFC 8017 appendix A.1.1).
    private static func rsa(
        _ bytes: [UInt8], _ wrap: (RSAPublicKey) -> PublicKey
    ) throws(CertificateError) -> PublicKey {
        let place = "RSA public key"
        var reader = DERReader(try DERElement.whole(bytes, DERTag.sequence, place))
        let modulus = Array(try reader.next(DERTag.integer, place).unsignedInteger(place))
        let exponent = Array(try reader.next(DERTag.integer, place).unsignedInteger(place))
        try reader.finish(place)
        guard let key = try? RSAPublicKey(modulus: modulus, exponent: exponent) else {
            return .unsupported("RSA with \(8 * modulus.count - (modulus.first?.leadingZeroBitCount ?? 0)) bits")
        }
        return wrap(key)
    }

    /// A point of a curve with a name (RFC 5480 section 2.1.1), uncompressed.
    private static func curve(
        _ algorithm: AlgorithmIdentifier, _ bits: [UInt8]
    ) throws(CertificateError) -> PublicKey {
        guard let parameters = algorithm.parameters else { throw .malformed("public key") }
        guard parameters.tag == DERTag.oid else { return .unsupported("a curve given by its parameters") }
        switch try parameters.oid("public key") {
        case .p256: return (try? P256.PublicKey(bits)).map { .p256($0) } ?? .unsupported("a bad point of P-256")
        case .p384: return (try? P384.PublicKey(bits)).map { .p384($0) } ?? .unsupported("a bad point of P-384")
        case let other: return .unsupported(other.algorithmName)
        }
    }

    /// The SubjectPublicKeyInfo of a P-256 key.
    static func subjectPublicKeyInfo(_ key: P256.PublicKey) -> [UInt8] {
        var writer = DERWriter()
        writer.sequence { info in
            info.sequence { algorithm in
                algorithm.oid(.ecPublicKey)
                algorithm.oid(.p256)
            }
            info.bitString(key.bytes)
        }
        return writer.bytes
    }

    /// The SubjectPublicKeyInfo of an RSA key.
    static func subjectPublicKeyInfo(modulus: [UInt8], exponent: [UInt8]) -> [UInt8] {
        var numbers = DERWriter()
        numbers.sequence { key in
            key.integer(modulus)
            key.integer(exponent)
        }
        var writer = DERWriter()
        writer.sequence { info in
            info.sequence { algorithm in
                algorithm.oid(.rsaEncryption)
                algorithm.null()
            }
            info.bitString(numbers.bytes)
        }
        return writer.bytes
    }
}
