extension PBKDF2 {
    /// `count` bytes out of `password` and `salt` with HMAC over any hash.
    ///
    /// - Parameters:
    ///   - iterations: 1 to 10,000,000.
    ///   - count: 1 to 1 MiB.
    /// - Throws: ``CryptoError/invalidParameters`` outside these ranges.
    /// - Complexity: Two compressions for each iteration and each hash of output.
    public static func derive<Hash: HashFunction>(
        _ hash: Hash.Type, password: [UInt8], salt: [UInt8], iterations: Int, count: Int
    ) throws(CryptoError) -> [UInt8] {
        guard iterations >= 1, iterations <= 10_000_000, count >= 1, count <= 1 << 20 else {
            throw .invalidParameters
        }
        let key = HMAC<Hash>(key: password)
        var salted = key
        salted.update(salt)
        var output: [UInt8] = []
        output.reserveCapacity(count &+ Hash.digestByteCount)
        var number: UInt32 = 1
        while output.count < count {
            var mac = salted
            let place = InlineArray<1, UInt32>(repeating: number.bigEndian)
            mac.update(place.span.raw)
            var last = mac.finish()
            var sum = last
            for _ in 1..<iterations {
                var next = key
                next.update(last)
                last = next.finish()
                sum.combine(last)
            }
            sum.append(to: &output)
            number &+= 1
        }
        output.removeLast(output.count - count)
        return output
    }
}
