import Crypto

extension PrivateKey {
    /// Reads the first private key in `pem`: PKCS #8 (`PRIVATE KEY`), SEC 1 (`EC PRIVATE KEY`) or PKCS #1 (`RSA
    /// PRIVATE KEY`). Other blocks, such as certificates and curve parameters, are skipped.
    ///
    /// - Parameter random: Asked once for as many bytes as an RSA modulus has.
    /// - Throws: ``CertificateError/encryptedKey`` for one under a passphrase,
    ///   ``CertificateError/unsupportedAlgorithm(_:)`` for another algorithm, curve or size,
    ///   ``CertificateError/invalidKey`` for numbers that do not belong together,
    ///   ``CertificateError/malformed(_:)`` otherwise.
    public convenience init(pem: [UInt8], random: Random) throws(CertificateError) {
        for block in PEM.blocks(in: pem) where block.label.hasSuffix("PRIVATE KEY") {
            guard block.label != "ENCRYPTED PRIVATE KEY", !block.hasHeaders else { throw .encryptedKey }
            guard let der = block.der else { throw .malformed("the base 64 of \(block.label)") }
            try self.init(der: der, label: block.label, random: random)
            return
        }
        throw .malformed("no private key in the text")
    }

    /// Reads a key from the DER under one of the three labels.
    convenience init(der: [UInt8], label: String, random: Random) throws(CertificateError) {
        let place = "private key"
        try DER.check(der, place)
        let element = try DERElement.whole(der, DERTag.sequence, place)
        switch label {
        case "EC PRIVATE KEY": self.init(try PrivateKey.curve(element, isCurveKnown: false))
        case "RSA PRIVATE KEY":
            let (key, info) = try PrivateKey.rsa(element, random)
            self.init(key, subjectPublicKeyInfo: info)
        case "PRIVATE KEY":
            // PrivateKeyInfo: version, algorithm, key, perhaps attributes and the public key (RFC 5958 section 2).
            var reader = DERReader(element)
            guard try reader.next(DERTag.integer, place).smallInteger(place) <= 1 else { throw .malformed(place) }
            let algorithm = try AlgorithmIdentifier(reader.next(DERTag.sequence, place), place)
            let bytes = Array(try reader.next(DERTag.octetString, place).content)
            _ = try reader.nextIf(DERTag.constructed(0), place)
            _ = try reader.nextIf(DERTag.primitive(1), place)
            try reader.finish(place)
            switch algorithm.id {
            case .rsaEncryption where algorithm.hasAbsentOrNullParameters:
                let (key, info) = try PrivateKey.rsa(PrivateKey.inner(bytes), random)
                self.init(key, subjectPublicKeyInfo: info)
            case .ecPublicKey:
                guard let curve = algorithm.parameters else { throw .malformed(place) }
                try PrivateKey.checkCurve(curve)
                self.init(try PrivateKey.curve(PrivateKey.inner(bytes), isCurveKnown: true))
            default: throw .unsupportedAlgorithm("a private key of \(algorithm.id.algorithmName)")
            }
        default: throw .unsupportedAlgorithm("a private key of the kind \(label)")
        }
    }

    private static func inner(_ bytes: [UInt8]) throws(CertificateError) -> DERElement {
        try DER.check(bytes, "private key")
        return try DERElement.whole(bytes, DERTag.sequence, "private key")
    }

    private static func checkCurve(_ element: DERElement) throws(CertificateError) {
        guard element.tag == DERTag.oid else { throw .unsupportedAlgorithm("a curve given by its parameters") }
        let curve = try element.oid("private key")
        guard curve == .p256 else {
            throw .unsupportedAlgorithm("a private key of \(curve == .p384 ? "P-384" : curve.algorithmName)")
        }
    }

    /// ECPrivateKey (RFC 5915 section 3).
    private static func curve(
        _ element: DERElement, isCurveKnown: Bool
    ) throws(CertificateError) -> P256.PrivateKey {
        let place = "EC private key"
        var reader = DERReader(element)
        guard try reader.next(DERTag.integer, place).smallInteger(place) == 1 else { throw .malformed(place) }
        let scalar = try reader.next(DERTag.octetString, place)
        if let parameters = try reader.nextIf(DERTag.constructed(0), place) {
            var inner = DERReader(parameters)
            try checkCurve(inner.next(place))
            try inner.finish(place)
        } else if !isCurveKnown {
            throw .malformed(place)
        }
        var point: [UInt8]?
        if let bits = try reader.nextIf(DERTag.constructed(1), place) {
            var inner = DERReader(bits)
            point = try inner.next(DERTag.bitString, place).wholeBits(place)
            try inner.finish(place)
        }
        try reader.finish(place)
        guard let key = try? P256.PrivateKey(secret(scalar.content)) else { throw .invalidKey }
        guard point == nil || point == key.publicKey.bytes else { throw .invalidKey }
        return key
    }

    /// RSAPrivateKey (RFC 8017 appendix A.1.2), of two primes.
    private static func rsa(
        _ element: DERElement, _ random: Random
    ) throws(CertificateError) -> (key: RSAPrivateKey, subjectPublicKeyInfo: [UInt8]) {
        let place = "RSA private key"
        var reader = DERReader(element)
        guard try reader.next(DERTag.integer, place).smallInteger(place) == 0 else {
            throw .unsupportedAlgorithm("an RSA key of more than two primes")
        }
        let modulus = Array(try reader.next(DERTag.integer, place).unsignedInteger(place))
        let exponent = Array(try reader.next(DERTag.integer, place).unsignedInteger(place))
        // The private exponent: the one for each prime does its work.
        _ = try reader.next(DERTag.integer, place).unsignedInteger(place)
        let numbers = RSAPrivateKey.Numbers(
            modulus: modulus, exponent: exponent,
            firstPrime: secret(try reader.next(DERTag.integer, place).unsignedInteger(place)),
            secondPrime: secret(try reader.next(DERTag.integer, place).unsignedInteger(place)),
            firstExponent: secret(try reader.next(DERTag.integer, place).unsignedInteger(place)),
            secondExponent: secret(try reader.next(DERTag.integer, place).unsignedInteger(place)),
            coefficient: secret(try reader.next(DERTag.integer, place).unsignedInteger(place)))
        try reader.finish(place)
        let key: RSAPrivateKey
        do {
            key = try RSAPrivateKey(numbers, random: Secret(random(modulus.count)))
        } catch CryptoError.invalidPublicKey {
            throw .unsupportedAlgorithm("an RSA key of \(8 * modulus.count) bits")
        } catch {
            throw .invalidKey
        }
        return (key, PublicKey.subjectPublicKeyInfo(modulus: modulus, exponent: exponent))
    }

    private static func secret(_ bytes: ArraySlice<UInt8>) -> Secret { Secret(Array(bytes)) }
}
