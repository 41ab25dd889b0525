import Crypto

/// One ephemeral key pair, for one handshake.
final class KeyExchange {
    private enum PrivateKey: ~Copyable {
        case x25519(Secret)
        case secp256r1(P256.PrivateKey)
    }

    let group: NamedGroup
    /// The public key as it goes on the wire: 32 bytes, or 65 of an uncompressed point (RFC 8446 section 4.2.8.2).
    let publicKey: [UInt8]
    private let privateKey: PrivateKey

    /// - Parameter random: Gives so many bytes that nobody can guess.
    /// - Throws: ``TLSError`` with internal_error when a key cannot be made, as once in 2^256 times.
    init(_ group: NamedGroup, random: (Int) -> [UInt8]) throws(TLSError) {
        self.group = group
        do {
            switch group {
            case .x25519:
                let secret = Secret(random(X25519.byteCount))
                publicKey = try X25519.publicKey(of: secret)
                privateKey = .x25519(secret)
            case .secp256r1:
                let key = try P256.PrivateKey(random: Secret(random(P256.PrivateKey.randomByteCount)))
                publicKey = key.publicKey.bytes
                privateKey = .secp256r1(key)
            }
        } catch {
            throw .refused(.internalError, "No key could be made.")
        }
    }

    /// What both sides share.
    ///
    /// - Throws: ``TLSError`` with illegal_parameter for a peer's key of the wrong length, off the curve, or of the few
    ///   that give no secret (RFC 8446 sections 4.2.8.2 and 7.4.2).
    func sharedSecret(with peer: [UInt8]) throws(TLSError) -> Secret {
        do {
            switch privateKey {
            case .x25519(let secret): return try X25519.sharedSecret(privateKey: secret, publicKey: peer)
            case .secp256r1(let key): return key.sharedSecret(with: try P256.PublicKey(peer))
            }
        } catch {
            throw .illegal("The peer's key share is not a valid key.")
        }
    }
}
