/// Key agreement on Curve25519 (RFC 7748 section 5), in a time that does not depend on keys or points.
public enum X25519 {
    /// How many bytes a private key, a public key and a shared secret have.
    public static let byteCount = 32

    /// The public key of `privateKey`.
    ///
    /// - Parameter privateKey: 32 random bytes; the bits that RFC 7748 fixes are fixed here.
    /// - Throws: ``CryptoError/invalidKeyLength(_:)`` for another length.
    public static func publicKey(of privateKey: borrowing Secret) throws(CryptoError) -> [UInt8] {
        guard privateKey.byteCount == byteCount else { throw .invalidKeyLength(privateKey.byteCount) }
        var words = multiply(Field25519(9, 0, 0, 0, 0), by: privateKey.bytes)
        defer { Memory.wipe(&words) }
        return unsafe words.span.raw.withUnsafeBytes { unsafe Array($0) }
    }

    /// What both sides share.
    ///
    /// - Parameters:
    ///   - privateKey: Our 32 bytes.
    ///   - publicKey: The peer's bytes, as received.
    /// - Throws: ``CryptoError/invalidKeyLength(_:)`` for another length than 32, ``CryptoError/invalidPublicKey``
    ///   when the result is zero whatever our key is (RFC 8446 section 7.4.2).
    public static func sharedSecret(
        privateKey: borrowing Secret, publicKey: [UInt8]
    ) throws(CryptoError) -> Secret {
        guard privateKey.byteCount == byteCount else { throw .invalidKeyLength(privateKey.byteCount) }
        guard publicKey.count == byteCount else { throw .invalidKeyLength(publicKey.count) }
        var words = multiply(Field25519(publicKey.span.raw), by: privateKey.bytes)
        defer { Memory.wipe(&words) }
        guard words[0] | words[1] | words[2] | words[3] != 0 else { throw .invalidPublicKey }
        return Secret(copying: words.span.raw)
    }

    /// The Montgomery ladder: the u-coordinate of `point` times the clamped scalar, as little-endian words.
    static func multiply(_ point: Field25519, by key: RawSpan) -> InlineArray<4, UInt64> {
        var scalar: InlineArray<4, UInt64> = [
            key.littleEndian64(at: 0) & ~7, key.littleEndian64(at: 8), key.littleEndian64(at: 16),
            key.littleEndian64(at: 24) & (~0 &>> 1) | 1 &<< 62,
        ]
        var x2 = Field25519.one
        var z2 = Field25519.zero
        var x3 = point
        var z3 = Field25519.one
        var last: UInt64 = 0
        var position = 254
        while position >= 0 {
            let bit = (scalar[position &>> 6] &>> UInt64(position & 63)) & 1
            let mask = ConstantTime.mask(bit ^ last)
            last = bit
            Field25519.swap(&x2, &x3, if: mask)
            Field25519.swap(&z2, &z3, if: mask)
            step(&x2, &z2, &x3, &z3, point)
            position &-= 1
        }
        let mask = ConstantTime.mask(last)
        Field25519.swap(&x2, &x3, if: mask)
        Field25519.swap(&z2, &z3, if: mask)
        Memory.wipe(&scalar)
        return x2.multiplied(by: z2.inverse).words
    }

    /// Doubles the second point and adds the third to it; they differ by `point`.
    @inline(__always)
    private static func step(
        _ x2: inout Field25519, _ z2: inout Field25519, _ x3: inout Field25519, _ z3: inout Field25519,
        _ point: Field25519
    ) {
        let a = x2 + z2
        let b = x2 - z2
        let da = (x3 - z3) * a
        let cb = (x3 + z3) * b
        let aa = a.squared
        let bb = b.squared
        let e = aa - bb
        x3 = (da + cb).squared
        z3 = point * (da - cb).squared
        x2 = aa * bb
        z2 = e * (aa + e.scaled(by: 121_665))
    }
}
