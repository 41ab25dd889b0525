/// Why a cryptographic operation refused its input.
public enum CryptoError: Error, Equatable {
    /// The tag does not match: another key, another context, or changed bytes. Nothing was opened.
    case authenticationFailed
    /// The bytes are too short to be what they claim, or a nonce has the wrong length.
    case malformed
    /// The sealed bytes name a format this version does not know.
    case unsupportedVersion(UInt8)
    /// A key of this many bytes was given where its algorithm needs another length.
    case invalidKeyLength(Int)
    /// A public key that is not a point of its curve, or one of the few points that give no secret, or an RSA key
    /// outside the stated limits.
    case invalidPublicKey
    /// A private key that is zero or not below its limit.
    case invalidPrivateKey
    /// A signature that was just made does not verify: a fault in the machine. It must not be used.
    case signingFailed
    /// Scrypt or PBKDF2 parameters outside the stated limits.
    case invalidParameters
}
