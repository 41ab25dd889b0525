/// AES in Galois/Counter Mode (NIST SP 800-38D, RFC 5116 section 5) with 128- or 256-bit keys, in a time that depends
/// on lengths alone. The expanded key is zeroed at its end.
public struct AESGCM: ~Copyable, Sendable {
    /// How many bytes a nonce has.
    public static let nonceByteCount = 12
    /// How many bytes a tag has.
    public static let tagByteCount = 16

    private let cipher: AES
    /// The enciphered zero block.
    private let hashKey: Secret

    /// - Throws: ``CryptoError/invalidKeyLength(_:)`` unless the key has 16 or 32 bytes.
    public init(key: RawSpan) throws(CryptoError) {
        cipher = try AES(key: key)
        var block = cipher.keyStream([0, 0, 0], counter: 0)
        hashKey = Secret(copying: block.span.raw.extracting(0..<16))
        Memory.wipe(&block)
    }

    /// - Throws: ``CryptoError/invalidKeyLength(_:)`` unless the key has 16 or 32 bytes.
    public init(key: borrowing Secret) throws(CryptoError) { try self.init(key: key.bytes) }

    /// Encrypts `plaintext` and authenticates it together with `additionalData`, behind what `output` already holds.
    ///
    /// - Parameter nonce: 12 bytes, never used before with this key: a second use gives both plaintexts and the key
    ///   of the tags away.
    public func append(
        _ plaintext: RawSpan, to output: inout [UInt8], nonce: RawSpan, additionalData: RawSpan
    ) {
        let start = output.count
        output.reserveCapacity(start + plaintext.byteCount + AESGCM.tagByteCount)
        unsafe plaintext.withUnsafeBytes { unsafe output.append(contentsOf: $0) }
        let tag = seal(&output, in: start..<output.count, nonce: nonce, additionalData: additionalData)
        output.append(contentsOf: tag)
    }

    /// The ciphertext of `plaintext`, as long as it is, then 16 bytes of tag.
    public func seal(_ plaintext: [UInt8], nonce: [UInt8], additionalData: [UInt8] = []) -> [UInt8] {
        var output: [UInt8] = []
        append(plaintext.span.raw, to: &output, nonce: nonce.span.raw, additionalData: additionalData.span.raw)
        return output
    }

    /// Encrypts `range` of `bytes` in place.
    ///
    /// - Parameter nonce: 12 bytes, never used before with this key.
    /// - Returns: The 16 bytes of the tag.
    public func seal(
        _ bytes: inout [UInt8], in range: Range<Int>, nonce: RawSpan, additionalData: RawSpan
    ) -> [UInt8] {
        let first = firstBlock(nonce)
        apply(to: &bytes, in: range, first)
        return tag(first, additionalData, bytes.span.raw.extracting(range)).bytes
    }

    /// Decrypts `range` of `bytes` in place, the 16 bytes of the tag, which stay as they are, at its end.
    ///
    /// - Throws: ``CryptoError/malformed`` for fewer than 16 bytes or an empty nonce,
    ///   ``CryptoError/authenticationFailed`` when anything was changed; nothing is decrypted then.
    public func open(
        _ bytes: inout [UInt8], in range: Range<Int>, nonce: RawSpan, additionalData: RawSpan
    ) throws(CryptoError) {
        guard range.count >= AESGCM.tagByteCount, nonce.byteCount > 0 else { throw .malformed }
        let first = firstBlock(nonce)
        let end = range.upperBound - AESGCM.tagByteCount
        guard isAuthentic(bytes.span.raw.extracting(range), first, additionalData) else {
            throw .authenticationFailed
        }
        apply(to: &bytes, in: range.lowerBound..<end, first)
    }

    /// The plaintext of `sealed`, which ``seal(_:nonce:additionalData:)`` returned for the same nonce and data.
    ///
    /// - Throws: As ``open(_:in:nonce:additionalData:)``.
    public func open(
        _ sealed: [UInt8], nonce: [UInt8], additionalData: [UInt8] = []
    ) throws(CryptoError) -> [UInt8] {
        var bytes = sealed
        try open(&bytes, in: 0..<bytes.count, nonce: nonce.span.raw, additionalData: additionalData.span.raw)
        bytes.removeLast(AESGCM.tagByteCount)
        return bytes
    }

    /// Whether the last 16 bytes of `sealed` are the tag of those before.
    private func isAuthentic(
        _ sealed: RawSpan, _ first: (prefix: InlineArray<3, UInt32>, counter: UInt32), _ additionalData: RawSpan
    ) -> Bool {
        let end = sealed.byteCount - AESGCM.tagByteCount
        let expected = tag(first, additionalData, sealed.extracting(0..<end))
        return expected.isEqual(to: Poly1305.Tag(sealed, at: end))
    }

    private func makeHash() -> GHASH {
        GHASH(high: hashKey.bytes.bigEndian64(at: 0), low: hashKey.bytes.bigEndian64(at: 8))
    }

    /// The counter block that masks the tag, as four words read little-endian except the counter itself.
    private func firstBlock(_ nonce: RawSpan) -> (prefix: InlineArray<3, UInt32>, counter: UInt32) {
        precondition(nonce.byteCount > 0, "a nonce has bytes")
        if nonce.byteCount == AESGCM.nonceByteCount {
            return (
                [nonce.littleEndian32(at: 0), nonce.littleEndian32(at: 4), nonce.littleEndian32(at: 8)], 1
            )
        }
        // Section 7.1, step 2: any other length is hashed.
        var hash = makeHash()
        hash.update(nonce)
        hash.absorb(0, UInt64(nonce.byteCount) &* 8)
        let (high, low) = hash.sum
        let swappedHigh = high.byteSwapped
        return (
            [
                UInt32(truncatingIfNeeded: swappedHigh), UInt32(truncatingIfNeeded: swappedHigh &>> 32),
                UInt32(truncatingIfNeeded: low &>> 32).byteSwapped,
            ], UInt32(truncatingIfNeeded: low)
        )
    }

    /// Adds the key stream from the block after `first` on.
    private func apply(
        to bytes: inout [UInt8], in range: Range<Int>, _ first: (prefix: InlineArray<3, UInt32>, counter: UInt32)
    ) {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "range outside the bytes")
        precondition(range.count <= 1 << 35, "the block counter would wrap")
        var counter = first.counter &+ 1
        // Sound: the range lies within the array, and each step covers only what is left of it.
        unsafe bytes.withUnsafeMutableBytes { buffer in
            var rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[range])
            while rest.count > 0 {
                var stream = cipher.keyStream(first.prefix, counter: counter)
                let step = min(128, rest.count)
                unsafe AESGCM.add(&stream, to: UnsafeMutableRawBufferPointer(rebasing: rest[..<step]))
                counter &+= 8
                unsafe rest = UnsafeMutableRawBufferPointer(rebasing: rest[step...])
            }
        }
    }

    /// Adds at most 128 bytes of key stream.
    private static func add(_ stream: inout InlineArray<16, UInt64>, to target: UnsafeMutableRawBufferPointer) {
        let bytes = stream.span.raw
        var offset = 0
        // Sound: no access passes the target's count, and unaligned words are allowed.
        while offset &+ 8 <= target.count {
            let word = unsafe target.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            unsafe target.storeBytes(
                of: word ^ bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self), toByteOffset: offset,
                as: UInt64.self)
            offset &+= 8
        }
        while offset < target.count {
            unsafe target[offset] ^= bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
            offset &+= 1
        }
    }

    /// The tag over additional data and ciphertext, each padded to 16 bytes, and their lengths.
    private func tag(
        _ first: (prefix: InlineArray<3, UInt32>, counter: UInt32), _ additionalData: RawSpan, _ ciphertext: RawSpan
    ) -> Poly1305.Tag {
        var hash = makeHash()
        hash.update(additionalData)
        hash.update(ciphertext)
        hash.absorb(UInt64(additionalData.byteCount) &* 8, UInt64(ciphertext.byteCount) &* 8)
        let (high, low) = hash.sum
        var pad = cipher.keyStream(first.prefix, counter: first.counter)
        defer { Memory.wipe(&pad) }
        return Poly1305.Tag(
            low: high.byteSwapped ^ UInt64(littleEndian: pad[0]), high: low.byteSwapped ^ UInt64(littleEndian: pad[1]))
    }
}
