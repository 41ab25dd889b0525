extension P256 {
    /// A point to verify signatures or to agree on a key with; it was checked to lie on the curve.
    public struct PublicKey: Sendable, Equatable {
        let key: ECPublicKey<P256>

        /// How many bytes the uncompressed form has.
        public static let byteCount = 65

        /// The point of uncompressed form (SEC 1 section 2.3.3): 4, then both coordinates. Nothing else is accepted.
        ///
        /// - Throws: ``CryptoError/invalidPublicKey`` for another form, or a point that is not on the curve.
        public init(_ bytes: [UInt8]) throws(CryptoError) { key = try ECPublicKey(bytes) }

        /// A point that was computed; the neutral one is not allowed.
        init(_ point: ProjectivePoint<P256>) { key = ECPublicKey(point) }

        /// The uncompressed form.
        public var bytes: [UInt8] { key.bytes }

        /// Whether `signature` is one of the owner of this key over the message with this hash (FIPS 186-5 section
        /// 6.4.2); false for anything that is not strictly encoded.
        ///
        /// Takes a time that depends on the signature and the key, which are public.
        ///
        /// - Parameter digest: Any hash; of a longer one than the order, the first bytes count.
        public func isValid(_ signature: [UInt8], _ encoding: ECDSASignature.Encoding, digest: HashValue) -> Bool {
            key.isValid(signature, encoding, digest: digest)
        }

        public static func == (first: PublicKey, second: PublicKey) -> Bool {
            first.key.x == second.key.x && first.key.y == second.key.y
        }
    }
}
