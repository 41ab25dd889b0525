/// HKDF with SHA-256 (RFC 5869): keys out of a secret, one for each purpose.
public enum HKDF {
    /// The most bytes ``expand(_:info:count:)`` can give: 255 blocks of 32.
    public static let maximumByteCount = 255 * Digest.byteCount

    /// Concentrates `keyMaterial` into a pseudorandom key (section 2.2). An empty salt means 32 zero bytes.
    public static func extract(salt: [UInt8], keyMaterial: [UInt8]) -> Digest {
        HMACKey(salt).authenticate(keyMaterial)
    }

    /// `count` bytes (0 to 8,160) for the purpose `info` out of the absorbed pseudorandom key `key` (section 2.3).
    public static func expand(_ key: HMACKey, info: [UInt8], count: Int) -> [UInt8] {
        precondition(count >= 0 && count <= maximumByteCount, "HKDF gives at most 8,160 bytes")
        var output: [UInt8] = []
        output.reserveCapacity(count &+ Digest.byteCount)
        var previous: ArraySlice<UInt8> = []
        var number: UInt8 = 1
        while output.count < count {
            var mac = key.start()
            mac.update(previous)
            mac.update(info)
            mac.update([number])
            mac.finalize().append(to: &output)
            previous = output[(output.count - Digest.byteCount)...]
            number &+= 1
        }
        previous = []
        output.removeLast(output.count - count)
        return output
    }

    /// `count` bytes (0 to 8,160) for the purpose `info` out of the pseudorandom key `pseudorandomKey`.
    public static func expand(pseudorandomKey: [UInt8], info: [UInt8], count: Int) -> [UInt8] {
        expand(HMACKey(pseudorandomKey), info: info, count: count)
    }

    /// Extract, then expand: `count` bytes (0 to 8,160) for the purpose `info`.
    public static func derive(keyMaterial: [UInt8], salt: [UInt8], info: [UInt8], count: Int) -> [UInt8] {
        expand(HMACKey(extract(salt: salt, keyMaterial: keyMaterial)), info: info, count: count)
    }
}
