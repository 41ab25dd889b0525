import Bytes

/// Seals small secrets for storage and derives keys, all from one master key of 32 bytes.
///
/// Sealing, deriving further sealers and deriving signature keys each use a key of their own, so none tells anything
/// about another. Shared freely between threads.
public final class Sealer: Sendable {
    /// How many bytes a master key has.
    public static let keyByteCount = 32
    /// How many random bytes ``seal(_:context:nonce:)`` takes.
    public static let nonceByteCount = XChaCha20Poly1305.nonceByteCount
    /// How much longer sealed bytes are than the plaintext: version, nonce and tag.
    public static let overheadByteCount = 1 + nonceByteCount + XChaCha20Poly1305.tagByteCount

    /// XChaCha20-Poly1305 with the version byte and the context as additional data.
    private static let version: UInt8 = 1

    private let root: Secret
    private let sealingKey: Secret

    /// - Throws: ``CryptoError/invalidKeyLength(_:)`` unless the key has 32 bytes.
    public convenience init(masterKey: borrowing Secret) throws(CryptoError) {
        guard masterKey.byteCount == Sealer.keyByteCount else { throw .invalidKeyLength(masterKey.byteCount) }
        self.init(root: masterKey.duplicate())
    }

    private init(root: consuming Secret) {
        sealingKey = Sealer.subkey(of: root, label: "centralpay seal", purpose: "")
        self.root = root
    }

    /// Encrypts `plaintext` so that only the same sealer opens it, and only for the same `context`.
    ///
    /// - Parameters:
    ///   - context: The id of the object the secret belongs to, so that sealed bytes moved to another object do not
    ///     open there.
    ///   - nonce: 24 random bytes, new for every call.
    /// - Returns: One version byte, the nonce, the ciphertext and the tag.
    public func seal(_ plaintext: [UInt8], context: [UInt8], nonce: [UInt8]) -> [UInt8] {
        var sealed: [UInt8] = []
        sealed.reserveCapacity(plaintext.count + Sealer.overheadByteCount)
        sealed.append(Sealer.version)
        sealed.append(contentsOf: nonce)
        XChaCha20Poly1305.append(
            plaintext, to: &sealed, key: sealingKey, nonce: nonce,
            additionalData: [Sealer.version] + context)
        return sealed
    }

    /// The plaintext of what ``seal(_:context:nonce:)`` returned for the same `context`.
    ///
    /// - Throws: ``CryptoError/malformed`` when it is too short, ``CryptoError/unsupportedVersion(_:)`` for an
    ///   unknown first byte, ``CryptoError/authenticationFailed`` for another key or context or changed bytes.
    public func open(_ sealed: [UInt8], context: [UInt8]) throws(CryptoError) -> [UInt8] {
        guard let version = sealed.first else { throw .malformed }
        guard version == Sealer.version else { throw .unsupportedVersion(version) }
        guard sealed.count >= Sealer.overheadByteCount else { throw .malformed }
        let nonceEnd = 1 + Sealer.nonceByteCount
        return try XChaCha20Poly1305.open(
            sealed[nonceEnd...], key: sealingKey, nonce: sealed[1..<nonceEnd],
            additionalData: [version] + context)
    }

    /// An independent sealer for `purpose`; the same one for the same purpose every time.
    public func derive(purpose: StaticString) -> Sealer {
        Sealer(root: Sealer.subkey(of: root, label: "centralpay derive", purpose: purpose))
    }

    /// An independent key for signatures and keyed hashes of `purpose`; the same one every time.
    public func derivedKey(purpose: StaticString) -> HMACKey {
        HMACKey(Sealer.subkey(of: root, label: "centralpay sign", purpose: purpose))
    }

    /// HKDF-Expand with the label and the purpose as info; a zero byte between them keeps pairs apart.
    private static func subkey(
        of root: borrowing Secret, label: StaticString, purpose: StaticString
    ) -> Secret {
        var info = ByteWriter()
        info.append(label)
        info.append(0)
        info.append(purpose)
        return Secret(HKDF.expand(HMACKey(root), info: info.bytes, count: keyByteCount))
    }
}

extension Sealer: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var debugDescription: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
