/// Why a cryptographic operation refused its input.
package enum CryptoError: Error, Equatable {
    /// The tag does not match: another key, another context, or changed bytes. Nothing was opened.
    case authenticationFailed
    /// The bytes are too short to be what they claim, or a nonce has the wrong length.
    case malformed
    /// The sealed bytes name a format this version does not know.
    case unsupportedVersion(UInt8)
    /// A key of this many bytes was given where 32 are needed.
    case invalidKeyLength(Int)
    /// Scrypt or PBKDF2 parameters outside the stated limits.
    case invalidParameters
}
