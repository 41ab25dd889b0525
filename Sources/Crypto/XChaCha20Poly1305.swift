/// ChaCha20-Poly1305 with a nonce of 24 bytes (draft-irtf-cfrg-xchacha section 2), long enough to be drawn at random
/// for every message.
public enum XChaCha20Poly1305 {
    /// How many bytes a key has.
    public static let keyByteCount = 32
    /// How many bytes a nonce has.
    public static let nonceByteCount = 24
    /// How many bytes a tag has.
    public static let tagByteCount = 16

    /// Encrypts `plaintext` and authenticates it together with `additionalData`.
    ///
    /// - Parameters:
    ///   - key: 32 bytes.
    ///   - nonce: 24 bytes, random or otherwise never used before with this key.
    /// - Returns: The ciphertext, as long as the plaintext, then 16 bytes of tag.
    public static func seal(
        _ plaintext: [UInt8], key: [UInt8], nonce: [UInt8], additionalData: [UInt8] = []
    ) -> [UInt8] {
        var sealed: [UInt8] = []
        sealed.reserveCapacity(plaintext.count + tagByteCount)
        append(plaintext, to: &sealed, key: key.span.raw, nonce: nonce.span.raw, additionalData: additionalData)
        return sealed
    }

    /// The plaintext of `sealed`; the opposite of ``seal(_:key:nonce:additionalData:)``.
    ///
    /// - Throws: ``CryptoError/malformed`` for fewer than 16 bytes or a nonce of another length than 24,
    ///   ``CryptoError/invalidKeyLength(_:)``, and ``CryptoError/authenticationFailed`` when anything was changed;
    ///   nothing is decrypted then.
    public static func open(
        _ sealed: [UInt8], key: [UInt8], nonce: [UInt8], additionalData: [UInt8] = []
    ) throws(CryptoError) -> [UInt8] {
        try open(sealed[...], key: key.span.raw, nonce: nonce.span.raw, additionalData: additionalData)
    }

    /// Seals `plaintext` behind what `output` already holds.
    static func append(
        _ plaintext: [UInt8], to output: inout [UInt8], key: RawSpan, nonce: RawSpan, additionalData: [UInt8]
    ) {
        precondition(nonce.byteCount == nonceByteCount, "an XChaCha20 nonce has 24 bytes")
        var subkey = ChaCha20.subkey(key: key, nonce: nonce.extracting(0..<16))
        let rest = shortNonce(nonce)
        ChaCha20Poly1305.append(
            plaintext, to: &output, key: subkey.span.raw, nonce: rest.span.raw, additionalData: additionalData)
        Memory.wipe(&subkey)
    }

    /// Opens a slice, with spans for key and nonce.
    static func open(
        _ sealed: ArraySlice<UInt8>, key: RawSpan, nonce: RawSpan, additionalData: [UInt8]
    ) throws(CryptoError) -> [UInt8] {
        guard key.byteCount == keyByteCount else { throw .invalidKeyLength(key.byteCount) }
        guard nonce.byteCount == nonceByteCount else { throw .malformed }
        var subkey = ChaCha20.subkey(key: key, nonce: nonce.extracting(0..<16))
        defer { Memory.wipe(&subkey) }
        let rest = shortNonce(nonce)
        return try ChaCha20Poly1305.open(
            sealed, key: subkey.span.raw, nonce: rest.span.raw, additionalData: additionalData)
    }

    /// Seals with the bytes of `key`.
    static func append(
        _ plaintext: [UInt8], to output: inout [UInt8], key: borrowing Secret, nonce: [UInt8], additionalData: [UInt8]
    ) {
        append(plaintext, to: &output, key: key.bytes, nonce: nonce.span.raw, additionalData: additionalData)
    }

    /// Opens with the bytes of `key`.
    static func open(
        _ sealed: ArraySlice<UInt8>, key: borrowing Secret, nonce: ArraySlice<UInt8>, additionalData: [UInt8]
    ) throws(CryptoError) -> [UInt8] {
        try open(sealed, key: key.bytes, nonce: nonce.span.raw, additionalData: additionalData)
    }

    /// Four zero bytes and the last eight of the long nonce.
    private static func shortNonce(_ nonce: RawSpan) -> InlineArray<3, UInt32> {
        [0, nonce.littleEndian32(at: 16).littleEndian, nonce.littleEndian32(at: 20).littleEndian]
    }
}
