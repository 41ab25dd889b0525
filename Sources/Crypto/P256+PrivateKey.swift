extension P256 {
    /// A scalar between 1 and the order, zeroed at its end, with its public key.
    public struct PrivateKey: ~Copyable, Sendable {
        private let secret: Secret
        /// The point that belongs to it.
        public let publicKey: PublicKey

        /// How many bytes a key has.
        public static let byteCount = 32
        /// How many random bytes ``init(random:)`` takes.
        public static let randomByteCount = 48

        /// The key of 32 big-endian bytes.
        ///
        /// - Throws: ``CryptoError/invalidKeyLength(_:)``, ``CryptoError/invalidPrivateKey`` for zero or a number not
        ///   below the order.
        public init(_ bytes: borrowing Secret) throws(CryptoError) {
            guard bytes.byteCount == PrivateKey.byteCount else { throw .invalidKeyLength(bytes.byteCount) }
            let scalar = Limbs256(bigEndian: bytes.bytes)
            guard scalar.isZeroMask == 0, Limbs256.borrow(scalar, P256Scalar.modulus) == 1 else {
                throw .invalidPrivateKey
            }
            secret = bytes.duplicate()
            publicKey = PublicKey(P256.baseTable.multiply(scalar))
        }

        /// A new key out of 48 random bytes (FIPS 186-5 appendix A.2.1: 128 bits more than the order has).
        ///
        /// - Throws: ``CryptoError/invalidKeyLength(_:)``, and ``CryptoError/invalidPrivateKey`` once in 2^256 times.
        public init(random: borrowing Secret) throws(CryptoError) {
            guard random.byteCount == PrivateKey.randomByteCount else { throw .invalidKeyLength(random.byteCount) }
            let bytes = random.bytes
            let high = P256Scalar(
                reducing: Limbs256(bytes.bigEndian64(at: 8), bytes.bigEndian64(at: 0), 0, 0))
            let low = P256Scalar(reducing: Limbs256(bigEndian: bytes.extracting(16..<48)))
            // The form of 2^256 is the square of the radix.
            var sum = (high * P256Scalar(value: P256Scalar.radixSquare) + low).bytes
            defer { Memory.wipe(&sum) }
            try self.init(Secret(copying: sum.span.raw))
        }

        /// The 32 big-endian bytes, for storing them.
        public var bytes: RawSpan {
            @_lifetime(borrow self)
            get { secret.bytes }
        }

        /// The x-coordinate that both sides come to (SEC 1 section 3.3.1, RFC 8446 section 7.4.2), 32 bytes.
        public func sharedSecret(with other: PublicKey) -> Secret {
            let point = other.key.point.multiplied(by: Limbs256(bigEndian: secret.bytes))
            var bytes = point.affine.x.bytes
            defer { Memory.wipe(&bytes) }
            return Secret(copying: bytes.span.raw)
        }

        /// Signs the message with this hash (FIPS 186-5 section 6.4.1).
        ///
        /// The number used once is RFC 6979's with `entropy` as its additional data (section 3.6): a bad source of
        /// randomness cannot give the key away, and a repeated fault meets another number.
        ///
        /// - Parameter entropy: 32 random bytes; without any, signatures are those of RFC 6979.
        /// - Throws: ``CryptoError/signingFailed`` when the new signature does not verify.
        public func sign(digest: HashValue, entropy: RawSpan) throws(CryptoError) -> ECDSASignature {
            let key = P256Scalar(reducing: Limbs256(bigEndian: secret.bytes))
            let message = P256Scalar(digest: digest)
            var nonces = DeterministicNonce(key: secret.bytes, message: message, entropy: entropy)
            defer { nonces.wipe() }
            while true {
                let (r, s, inverse) = PrivateKey.sign(message, key: key, nonce: nonces.next())
                // Once in 2^255 times.
                guard !r.isZero, !s.isZero else { continue }
                guard publicKey.key.isValid(r, s, inverse: inverse, message: message) else { throw .signingFailed }
                return ECDSASignature(r: r.bytes, s: s.bytes)
            }
        }

        /// The two numbers of a signature and the inverse of the second; in constant time, and not checked.
        static func sign(
            _ message: P256Scalar, key: P256Scalar, nonce: Limbs256
        ) -> (r: P256Scalar, s: P256Scalar, inverse: P256Scalar) {
            let r = P256Scalar(reducing: P256.baseTable.multiply(nonce).affine.x.number)
            let sum = message + r * key
            let nonce = P256Scalar(reducing: nonce)
            // s is sum / nonce. One inversion serves for it and for its own inverse, which verifying takes.
            let shared = (nonce * sum).inverse
            return (r, shared * sum.squared, shared * nonce.squared)
        }
    }

    /// Made at the first use.
    static let baseTable = BaseTable<P256>()
}
