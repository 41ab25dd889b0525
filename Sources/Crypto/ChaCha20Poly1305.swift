/// The AEAD construction of ChaCha20 and Poly1305 (RFC 8439 section 2.8).
public enum ChaCha20Poly1305 {
    /// How many bytes a key has.
    public static let keyByteCount = 32
    /// How many bytes a nonce has.
    public static let nonceByteCount = 12
    /// How many bytes a tag has.
    public static let tagByteCount = 16

    /// Encrypts `plaintext` and authenticates it together with `additionalData`.
    ///
    /// - Parameters:
    ///   - key: 32 bytes.
    ///   - nonce: 12 bytes, never used before with this key: a second use gives both plaintexts away.
    /// - Returns: The ciphertext, as long as the plaintext, then 16 bytes of tag.
    public static func seal(
        _ plaintext: [UInt8], key: [UInt8], nonce: [UInt8], additionalData: [UInt8] = []
    ) -> [UInt8] {
        var sealed: [UInt8] = []
        sealed.reserveCapacity(plaintext.count + tagByteCount)
        append(plaintext, to: &sealed, key: key.span.raw, nonce: nonce.span.raw, additionalData: additionalData)
        return sealed
    }

    /// The plaintext of `sealed`, which ``seal(_:key:nonce:additionalData:)`` returned for the same key, nonce and
    /// additional data.
    ///
    /// - Throws: ``CryptoError/malformed`` for fewer than 16 bytes or a nonce of another length than 12,
    ///   ``CryptoError/invalidKeyLength(_:)``, and ``CryptoError/authenticationFailed`` when anything was changed;
    ///   nothing is decrypted then.
    public static func open(
        _ sealed: [UInt8], key: [UInt8], nonce: [UInt8], additionalData: [UInt8] = []
    ) throws(CryptoError) -> [UInt8] {
        try open(sealed[...], key: key.span.raw, nonce: nonce.span.raw, additionalData: additionalData)
    }

    /// Encrypts `range` of `bytes` in place, as a record of TLS is.
    ///
    /// - Parameters:
    ///   - key: 32 bytes.
    ///   - nonce: 12 bytes, never used before with this key.
    /// - Returns: The 16 bytes of the tag.
    public static func seal(
        _ bytes: inout [UInt8], in range: Range<Int>, key: borrowing Secret, nonce: RawSpan, additionalData: RawSpan
    ) -> [UInt8] {
        let cipher = ChaCha20(key: key.bytes, nonce: nonce)
        cipher.apply(to: &bytes, in: range, counter: 1)
        return tag(cipher, additionalData, bytes.span.raw.extracting(range)).bytes
    }

    /// Decrypts `range` of `bytes` in place, the 16 bytes of the tag, which stay as they are, at its end.
    ///
    /// - Throws: ``CryptoError/malformed`` for fewer than 16 bytes or a nonce of another length than 12,
    ///   ``CryptoError/invalidKeyLength(_:)``, and ``CryptoError/authenticationFailed`` when anything was changed;
    ///   nothing is decrypted then.
    public static func open(
        _ bytes: inout [UInt8], in range: Range<Int>, key: borrowing Secret, nonce: RawSpan, additionalData: RawSpan
    ) throws(CryptoError) {
        guard key.byteCount == keyByteCount else { throw .invalidKeyLength(key.byteCount) }
        guard range.count >= tagByteCount, nonce.byteCount == nonceByteCount else { throw .malformed }
        let cipher = ChaCha20(key: key.bytes, nonce: nonce)
        guard isAuthentic(bytes.span.raw.extracting(range), cipher, additionalData) else {
            throw .authenticationFailed
        }
        cipher.apply(to: &bytes, in: range.lowerBound..<(range.upperBound - tagByteCount), counter: 1)
    }

    /// Whether the last 16 bytes of `sealed` are the tag of those before.
    private static func isAuthentic(_ sealed: RawSpan, _ cipher: ChaCha20, _ additionalData: RawSpan) -> Bool {
        let count = sealed.byteCount - tagByteCount
        return tag(cipher, additionalData, sealed.extracting(0..<count)).isEqual(to: Poly1305.Tag(sealed, at: count))
    }

    /// Seals `plaintext` behind what `output` already holds.
    static func append(
        _ plaintext: [UInt8], to output: inout [UInt8], key: RawSpan, nonce: RawSpan, additionalData: [UInt8]
    ) {
        let cipher = ChaCha20(key: key, nonce: nonce)
        let start = output.count
        output.append(contentsOf: plaintext)
        cipher.apply(to: &output, in: start..<output.count, counter: 1)
        let tag = tag(cipher, additionalData, output, from: start)
        tag.append(to: &output)
    }

    /// Opens a slice, with spans for key and nonce.
    static func open(
        _ sealed: ArraySlice<UInt8>, key: RawSpan, nonce: RawSpan, additionalData: [UInt8]
    ) throws(CryptoError) -> [UInt8] {
        guard key.byteCount == keyByteCount else { throw .invalidKeyLength(key.byteCount) }
        guard sealed.count >= tagByteCount, nonce.byteCount == nonceByteCount else { throw .malformed }
        let cipher = ChaCha20(key: key, nonce: nonce)
        let bytes = sealed.span.raw
        let count = bytes.byteCount - tagByteCount
        let expected = tag(cipher, additionalData.span.raw, bytes.extracting(0..<count))
        guard expected.isEqual(to: Poly1305.Tag(bytes, at: count)) else { throw .authenticationFailed }
        var plaintext = Array(sealed.dropLast(tagByteCount))
        cipher.apply(to: &plaintext, in: 0..<count, counter: 1)
        return plaintext
    }

    private static func tag(
        _ cipher: ChaCha20, _ additionalData: [UInt8], _ output: [UInt8], from start: Int
    ) -> Poly1305.Tag {
        tag(cipher, additionalData.span.raw, output.span.raw.extracting(start..<output.count))
    }

    /// The tag over additional data and ciphertext, each padded to 16 bytes, and their lengths.
    private static func tag(_ cipher: ChaCha20, _ additionalData: RawSpan, _ ciphertext: RawSpan) -> Poly1305.Tag {
        // The one-time key is the first half of block 0 (section 2.6); the text begins with block 1.
        var block = cipher.block(0)
        var authenticator = Poly1305(key: block.span.raw)
        Memory.wipe(&block)
        authenticator.update(additionalData)
        authenticator.padToBlock()
        authenticator.update(ciphertext)
        authenticator.padToBlock()
        authenticator.update(UInt64(additionalData.byteCount), UInt64(ciphertext.byteCount))
        return authenticator.finalize()
    }
}
