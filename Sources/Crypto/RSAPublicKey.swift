/// An RSA key to verify signatures with (RFC 8017). Everything here is public, so times may differ.
public struct RSAPublicKey: Sendable {
    /// The modulus has at least this many bits.
    public static let minimumBitCount = 2048
    /// The modulus has at most this many bits, which bounds the work of one verification.
    public static let maximumBitCount = 8192

    let modulus: MontgomeryModulus
    /// The public exponent, odd and at least 3.
    let exponent: UInt64
    /// How many bits the modulus has.
    public let bitCount: Int

    /// How many bytes a signature has.
    public var byteCount: Int { (bitCount + 7) >> 3 }

    /// The key of two big-endian numbers; zeros before them do not count.
    ///
    /// - Throws: ``CryptoError/invalidPublicKey`` unless the modulus is odd and has 2,048 to 8,192 bits and the
    ///   exponent is odd, at least 3 and below 2^64.
    public init(modulus: [UInt8], exponent: [UInt8]) throws(CryptoError) {
        let digits = modulus.drop { $0 == 0 }
        let exponentDigits = exponent.drop { $0 == 0 }
        guard let first = digits.first, let last = digits.last, last & 1 == 1,
            digits.count <= RSAPublicKey.maximumBitCount / 8, exponentDigits.count <= 8
        else { throw .invalidPublicKey }
        let bitCount = 8 * digits.count - first.leadingZeroBitCount
        let number = exponentDigits.reduce(UInt64(0)) { $0 &<< 8 | UInt64($1) }
        guard bitCount >= RSAPublicKey.minimumBitCount, number >= 3, number & 1 == 1,
            let words = MontgomeryModulus.words(digits, count: (digits.count + 7) >> 3)
        else { throw .invalidPublicKey }
        self.modulus = MontgomeryModulus(words)
        self.exponent = number
        self.bitCount = bitCount
    }

    /// Whether `signature` is one of the owner over the message with this hash, by RSASSA-PKCS1-v1_5.
    ///
    /// The only encoded message there is for the hash is made and compared (section 8.2.2), nothing is parsed.
    public func isValidPKCS1(_ signature: [UInt8], _ algorithm: HashAlgorithm, digest: HashValue) -> Bool {
        guard let message = recover(signature, byteCount: byteCount) else { return false }
        return message == RSAPadding.pkcs1(algorithm, digest: digest, byteCount: byteCount)
    }

    /// Whether `signature` is one of the owner over the message with this hash, by RSASSA-PSS with MGF1 over the same
    /// hash.
    ///
    /// - Parameter saltByteCount: The one length of salt that is accepted; TLS has that of the hash.
    public func isValidPSS(
        _ signature: [UInt8], _ algorithm: HashAlgorithm, digest: HashValue, saltByteCount: Int
    ) -> Bool {
        // The encoded message has one bit less than the modulus (section 8.1.2), so perhaps one byte.
        guard let message = recover(signature, byteCount: (bitCount + 6) >> 3) else { return false }
        return RSAPadding.isPSS(
            message, algorithm, digest: digest, saltByteCount: saltByteCount, bitCount: bitCount - 1)
    }

    /// The signature to the power of the exponent, or nil when it has another length than the modulus, is not below
    /// it, or gives a number of more than `byteCount` bytes.
    private func recover(_ signature: [UInt8], byteCount: Int) -> [UInt8]? {
        guard signature.count == self.byteCount,
            let words = MontgomeryModulus.words(signature, count: modulus.wordCount), modulus.exceeds(words)
        else { return nil }
        let result = power(words)
        let bytes = MontgomeryModulus.bytes(result, count: self.byteCount)
        let extra = self.byteCount - byteCount
        guard bytes[..<extra].allSatisfy({ $0 == 0 }) else { return nil }
        return Array(bytes[extra...])
    }

    /// `base`, which is below the modulus, to the power of the exponent.
    func power(_ base: [UInt64]) -> [UInt64] {
        let residue = modulus.product(base, modulus.radixSquare)
        var result = residue
        var place = 62 - exponent.leadingZeroBitCount
        while place >= 0 {
            result = modulus.product(result, result)
            if (exponent >> UInt64(place)) & 1 == 1 { result = modulus.product(result, residue) }
            place -= 1
        }
        return modulus.leaving(result)
    }
}
