/// PBKDF2 with HMAC-SHA256 (RFC 8018 section 5.2), the frame of ``Scrypt``.
public enum PBKDF2 {
    /// `count` bytes out of `password` and `salt`.
    ///
    /// - Parameters:
    ///   - iterations: 1 to 10,000,000.
    ///   - count: 1 to 1 MiB.
    /// - Throws: ``CryptoError/invalidParameters`` outside these ranges.
    /// - Complexity: Two compressions for each iteration and each 32 bytes of output.
    public static func derive(
        password: [UInt8], salt: [UInt8], iterations: Int, count: Int
    ) throws(CryptoError) -> [UInt8] {
        guard iterations >= 1, iterations <= 10_000_000, count >= 1, count <= 1 << 20 else {
            throw .invalidParameters
        }
        return derive(HMACKey(password), salt: salt, iterations: iterations, count: count)
    }

    /// The same with the password absorbed and the parameters within their ranges.
    static func derive(_ key: HMACKey, salt: [UInt8], iterations: Int, count: Int) -> [UInt8] {
        var salted = key.start()
        salted.update(salt)
        var output: [UInt8] = []
        output.reserveCapacity(count &+ Digest.byteCount)
        var number: UInt32 = 1
        while output.count < count {
            var mac = salted
            mac.update([
                UInt8(truncatingIfNeeded: number &>> 24), UInt8(truncatingIfNeeded: number &>> 16),
                UInt8(truncatingIfNeeded: number &>> 8), UInt8(truncatingIfNeeded: number),
            ])
            var last = mac.finalize()
            var sum = last
            for _ in 1..<iterations {
                last = key.authenticate(last)
                sum = sum ^ last
            }
            sum.append(to: &output)
            number &+= 1
        }
        output.removeLast(output.count - count)
        return output
    }
}
