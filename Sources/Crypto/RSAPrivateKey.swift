/// An RSA key to sign with (RFC 8017), for operators whose certificate has one.
///
/// What is raised to the private exponent is blinded with a fresh factor each time, the powers are computed in constant
/// time through both primes, and every signature is verified before it leaves, so that a fault in the machine gives
/// no prime away.
public final class RSAPrivateKey: @unchecked Sendable {
    // `@unchecked Sendable` holds because nothing is written between the initialiser and `deinit`.

    /// The key that verifies.
    public let publicKey: RSAPublicKey
    private var first: MontgomeryModulus
    private var second: MontgomeryModulus
    /// d mod (p - 1), d mod (q - 1), and the residue of q^-1 mod p.
    private var firstExponent: [UInt64]
    private var secondExponent: [UInt64]
    private var coefficient: [UInt64]
    /// The residues of a^e and a^-1 modulo n for a random a; a power of both blinds a message and its signature.
    private var blinding: [UInt64]
    private var unblinding: [UInt64]

    /// The big-endian numbers of an RSAPrivateKey (RFC 8017 appendix A.1.2).
    public struct Numbers: ~Copyable {
        public let modulus: [UInt8]
        public let exponent: [UInt8]
        public let firstPrime: Secret
        public let secondPrime: Secret
        public let firstExponent: Secret
        public let secondExponent: Secret
        public let coefficient: Secret

        public init(
            modulus: [UInt8], exponent: [UInt8], firstPrime: consuming Secret, secondPrime: consuming Secret,
            firstExponent: consuming Secret, secondExponent: consuming Secret, coefficient: consuming Secret
        ) {
            self.modulus = modulus
            self.exponent = exponent
            self.firstPrime = firstPrime
            self.secondPrime = secondPrime
            self.firstExponent = firstExponent
            self.secondExponent = secondExponent
            self.coefficient = coefficient
        }
    }

    /// - Parameter random: As many random bytes as the modulus has.
    /// - Throws: ``CryptoError/invalidPublicKey`` for a modulus or exponent outside the limits of ``RSAPublicKey``,
    ///   ``CryptoError/invalidPrivateKey`` when the numbers do not belong together or one prime needs more words than
    ///   the other.
    public init(_ numbers: borrowing Numbers, random: borrowing Secret) throws(CryptoError) {
        let publicKey = try RSAPublicKey(modulus: numbers.modulus, exponent: numbers.exponent)
        let half = (publicKey.modulus.wordCount + 1) / 2
        guard random.byteCount == publicKey.byteCount,
            let p = RSAPrivateKey.words(numbers.firstPrime, half),
            let q = RSAPrivateKey.words(numbers.secondPrime, half),
            p[0] & q[0] & 1 == 1, p[half - 1] != 0, q[half - 1] != 0, p != q,
            let dp = RSAPrivateKey.words(numbers.firstExponent, half),
            let dq = RSAPrivateKey.words(numbers.secondExponent, half),
            let inverse = RSAPrivateKey.words(numbers.coefficient, half)
        else { throw .invalidPrivateKey }
        let zero = [UInt64](repeating: 0, count: half)
        let product = MontgomeryModulus.multiply(p, q, adding: zero)
        guard product.prefix(publicKey.modulus.wordCount) == publicKey.modulus.words[...],
            product.dropFirst(publicKey.modulus.wordCount).allSatisfy({ $0 == 0 })
        else { throw .invalidPrivateKey }
        self.publicKey = publicKey
        first = MontgomeryModulus(p)
        second = MontgomeryModulus(q)
        firstExponent = dp
        secondExponent = dq
        guard first.exceeds(inverse) else { throw .invalidPrivateKey }
        coefficient = first.product(inverse, first.radixSquare)
        blinding = []
        unblinding = []
        // a^-1 is a to the power of p - 2 and of q - 2.
        let modulus = publicKey.modulus
        guard var base = RSAPrivateKey.words(random, modulus.wordCount) else { throw .invalidPrivateKey }
        // Below the modulus for certain.
        base[modulus.wordCount - 1] = 0
        let residue = modulus.product(base, modulus.radixSquare)
        blinding = modulus.product(publicKey.power(base), modulus.radixSquare)
        var lessTwo = [UInt64](repeating: 0, count: half)
        lessTwo[0] = 2
        unblinding = modulus.residue(
            power(base, first.difference(zero, lessTwo), second.difference(zero, lessTwo)))
        var one = zero + zero
        one = Array(one.prefix(modulus.wordCount))
        one[0] = 1
        // The inverse is one only if both numbers are primes, and the coefficient theirs.
        guard modulus.leaving(modulus.product(residue, unblinding)) == one else { throw .invalidPrivateKey }
        Memory.wipe(&base)
    }

    deinit {
        first.wipe()
        second.wipe()
        Memory.wipe(&firstExponent)
        Memory.wipe(&secondExponent)
        Memory.wipe(&coefficient)
        Memory.wipe(&blinding)
        Memory.wipe(&unblinding)
    }

    /// Signs the message with this hash by RSASSA-PSS, the salt as long as the hash (RFC 8446 section 4.2.3).
    ///
    /// - Parameter entropy: As many random bytes as the hash has, and 16 more; fresh for every signature.
    /// - Throws: ``CryptoError/signingFailed`` when the new signature does not verify.
    public func signPSS(
        _ algorithm: HashAlgorithm, digest: HashValue, entropy: borrowing Secret
    ) throws(CryptoError) -> [UInt8] {
        let saltByteCount = algorithm.byteCount
        precondition(entropy.byteCount >= saltByteCount + 16, "too little entropy")
        var random = entropy.revealed()
        defer { Memory.wipe(&random) }
        let encoded = RSAPadding.pss(
            algorithm, digest: digest, salt: Array(random[..<saltByteCount]), bitCount: publicKey.bitCount - 1)
        let signature = try sign(encoded, choice: random.span.raw.littleEndian64(at: saltByteCount))
        guard publicKey.isValidPSS(signature, algorithm, digest: digest, saltByteCount: saltByteCount) else {
            throw .signingFailed
        }
        return signature
    }

    /// Signs the message with this hash by RSASSA-PKCS1-v1_5, for certificates and for peers of TLS 1.2 that know no
    /// better.
    ///
    /// - Parameter entropy: 16 random bytes, fresh for every signature; they blind, and do not show in it.
    /// - Throws: ``CryptoError/signingFailed`` when the new signature does not verify.
    public func signPKCS1(
        _ algorithm: HashAlgorithm, digest: HashValue, entropy: borrowing Secret
    ) throws(CryptoError) -> [UInt8] {
        precondition(entropy.byteCount >= 16, "too little entropy")
        let encoded = RSAPadding.pkcs1(algorithm, digest: digest, byteCount: publicKey.byteCount)
        let signature = try sign(encoded, choice: entropy.bytes.littleEndian64(at: 0))
        guard publicKey.isValidPKCS1(signature, algorithm, digest: digest) else { throw .signingFailed }
        return signature
    }

    /// `encoded` to the private exponent, blinded with the power `choice` of the two factors; not checked.
    private func sign(_ encoded: [UInt8], choice: UInt64) throws(CryptoError) -> [UInt8] {
        let modulus = publicKey.modulus
        guard let message = MontgomeryModulus.words(encoded, count: modulus.wordCount) else { throw .signingFailed }
        let blinded = modulus.product(message, modulus.power(blinding, [choice]))
        let signed = power(blinded, firstExponent, secondExponent)
        return MontgomeryModulus.bytes(
            modulus.product(signed, modulus.power(unblinding, [choice])), count: publicKey.byteCount)
    }

    /// `base` to a power given modulo both primes less one, by the Chinese remainder theorem (section 5.1.2).
    private func power(_ base: [UInt64], _ firstExponent: [UInt64], _ secondExponent: [UInt64]) -> [UInt64] {
        var one = first.power(first.residue(base), firstExponent)
        var other = second.leaving(second.power(second.residue(base), secondExponent))
        var factor = first.leaving(first.product(first.difference(one, first.residue(other)), coefficient))
        defer {
            Memory.wipe(&one)
            Memory.wipe(&other)
            Memory.wipe(&factor)
        }
        let result = MontgomeryModulus.multiply(factor, second.words, adding: other)
        return Array(result.prefix(publicKey.modulus.wordCount))
    }

    private static func words(_ secret: borrowing Secret, _ count: Int) -> [UInt64]? {
        var bytes = secret.revealed()
        defer { Memory.wipe(&bytes) }
        return MontgomeryModulus.words(bytes, count: count)
    }
}
