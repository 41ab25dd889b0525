/// The computations on secrets alone, without the decisions that follow them (whether a key is in range, whether a
/// result is zero), which tell next to nothing but are branches. A gate runs them on marked memory to see that no
/// branch and no address depends on a secret.
package enum SecretArithmetic {
    /// A Curve25519 point times a secret scalar of 32 bytes.
    package static func x25519(_ scalar: borrowing Secret) -> [UInt8] {
        let words = X25519.multiply(Field25519(9, 0, 0, 0, 0), by: scalar.bytes)
        return unsafe words.span.raw.withUnsafeBytes { unsafe Array($0) }
    }

    /// P-256's generator times a secret scalar of 32 bytes, as a new public key is made.
    package static func p256PublicKey(_ scalar: borrowing Secret) -> [UInt8] {
        P256.PublicKey(P256.baseTable.multiply(Limbs256(bigEndian: scalar.bytes))).bytes
    }

    /// A P-256 point times a secret scalar of 32 bytes, as a secret is agreed on.
    package static func p256SharedSecret(_ scalar: borrowing Secret, with key: P256.PublicKey) -> [UInt8] {
        key.key.point.multiplied(by: Limbs256(bigEndian: scalar.bytes)).affine.x.bytes
    }

    /// The two numbers of a P-256 signature, and the inverse of the second, under a secret key and a secret nonce of 32 bytes each.
    package static func p256Signature(
        _ digest: HashValue, key: borrowing Secret, nonce: borrowing Secret
    ) -> [UInt8] {
        let (r, s, inverse) = P256.PrivateKey.sign(
            P256Scalar(digest: digest), key: P256Scalar(reducing: Limbs256(bigEndian: key.bytes)),
            nonce: Limbs256(bigEndian: nonce.bytes))
        return r.bytes + s.bytes + inverse.bytes
    }

    /// A secret number to a secret power modulo a public one, as RSA signs; both of the modulus's length, which is
    /// a multiple of eight bytes.
    package static func rsaPower(
        _ base: borrowing Secret, _ exponent: borrowing Secret, modulus: RSAPublicKey
    ) -> [UInt8] {
        let count = modulus.modulus.wordCount
        let base = (0..<count).map { base.bytes.littleEndian64(at: 8 * $0) }
        let exponent = (0..<count).map { exponent.bytes.littleEndian64(at: 8 * $0) }
        let residue = modulus.modulus.residue(base)
        let power = modulus.modulus.power(residue, exponent)
        let result = MontgomeryModulus.multiply(
            modulus.modulus.leaving(power), base, adding: modulus.modulus.sum(power, residue))
        return MontgomeryModulus.bytes(result, count: 8 * count)
    }
}
