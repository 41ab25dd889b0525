/// HKDF over any hash (RFC 5869); the results stay in wiped storage.
extension HKDF {
    /// Concentrates `keyMaterial` into a pseudorandom key (section 2.2). An empty salt means a hash of zero bytes.
    public static func extract<Hash: HashFunction>(
        _ hash: Hash.Type, salt: RawSpan, keyMaterial: RawSpan
    ) -> Secret {
        var mac = HMAC<Hash>(key: salt)
        mac.update(keyMaterial)
        var value = mac.finish()
        defer { value.wipe() }
        return Secret(copying: value.span)
    }

    /// `count` bytes (0 to 255 hashes) for the purpose `info` out of the pseudorandom key `key` (section 2.3).
    public static func expand<Hash: HashFunction>(
        _ hash: Hash.Type, key: RawSpan, info: RawSpan, count: Int
    ) -> Secret {
        precondition(count >= 0 && count <= 255 * Hash.digestByteCount, "HKDF gives at most 255 hashes")
        let keyed = HMAC<Hash>(key: key)
        return unsafe Secret(byteCount: count) { target in
            var offset = 0
            var number = InlineArray<1, UInt8>(repeating: 1)
            var previous: HashValue? = nil
            while offset < count {
                var mac = keyed
                if let previous { mac.update(previous) }
                mac.update(info)
                mac.update(number.span.raw)
                let value = mac.finish()
                let step = min(Hash.digestByteCount, count &- offset)
                // Sound: the step ends within the target, which has `count` bytes.
                unsafe value.span.extracting(0..<step).withUnsafeBytes { bytes in
                    unsafe UnsafeMutableRawBufferPointer(rebasing: target[offset..<(offset &+ step)])
                        .copyMemory(from: bytes)
                }
                previous = value
                offset &+= step
                number[0] &+= 1
            }
            previous?.wipe()
        }
    }

    /// Extract, then expand: `count` bytes (0 to 255 hashes) for the purpose `info`.
    public static func derive<Hash: HashFunction>(
        _ hash: Hash.Type, keyMaterial: RawSpan, salt: RawSpan, info: RawSpan, count: Int
    ) -> Secret {
        let key = extract(hash, salt: salt, keyMaterial: keyMaterial)
        return expand(hash, key: key.bytes, info: info, count: count)
    }
}
