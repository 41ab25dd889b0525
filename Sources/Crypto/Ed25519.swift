/// Verifying Ed25519 signatures (RFC 8032 section 5.1.7). Everything here is public, so times may differ.
public enum Ed25519 {
    /// A point to verify signatures with.
    public struct PublicKey: Sendable {
        /// The 32 bytes it was made of.
        public let bytes: [UInt8]
        /// 1, 3, ... 15 times the negative of the point.
        private let multiples: [EdwardsPoint]

        /// - Throws: ``CryptoError/invalidPublicKey`` for other than 32 bytes, or bytes that are no point in its one
        ///   form.
        public init(_ bytes: [UInt8]) throws(CryptoError) {
            guard bytes.count == 32, let point = EdwardsPoint(bytes.span.raw) else { throw .invalidPublicKey }
            self.bytes = bytes
            multiples = point.negated.oddMultiples(8)
        }

        /// Whether `signature` is one of the owner of this key over `message`; the number in it must be below the
        /// order, so that no second signature can be made of a first.
        public func isValid(_ signature: [UInt8], message: [UInt8]) -> Bool {
            guard signature.count == 64 else { return false }
            let span = signature.span.raw
            let number = Ed25519Scalar.limbs(span, at: 32)
            guard Limbs256.borrow(number, Ed25519Scalar.modulus) == 1 else { return false }
            var hash = SHA512()
            hash.update(span.extracting(0..<32))
            hash.update(bytes)
            hash.update(message)
            let factor = Ed25519Scalar(reducing: hash.finish()).number
            let words = sum(number, factor).words
            return (0..<4).allSatisfy { words[$0] == span.littleEndian64(at: 8 * $0) }
        }

        /// The base point times `number` less this point times `factor`.
        private func sum(_ number: Limbs256, _ factor: Limbs256) -> EdwardsPoint {
            let first = SignedDigits.of([number.w0, number.w1, number.w2, number.w3], width: 7)
            let second = SignedDigits.of([factor.w0, factor.w1, factor.w2, factor.w3], width: 5)
            var result = EdwardsPoint.neutral
            for position in (0..<first.count).reversed() {
                result = result.doubled
                if first[position] != 0 { result = result.adding(Self.point(Ed25519.multiples, first[position])) }
                if second[position] != 0 { result = result.adding(Self.point(multiples, second[position])) }
            }
            return result
        }

        private static func point(_ multiples: [EdwardsPoint], _ digit: Int8) -> EdwardsPoint {
            digit > 0 ? multiples[Int(digit) >> 1] : multiples[Int(-digit) >> 1].negated
        }
    }

    /// 1, 3, ... 63 times the base point; made at the first use.
    private static let multiples = EdwardsPoint.base.oddMultiples(32)
}
