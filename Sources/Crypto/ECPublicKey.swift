/// A point of a curve that was checked to lie on it.
struct ECPublicKey<Curve: ShortCurve>: Sendable {
    let x: Curve.Field
    let y: Curve.Field

    /// How many bytes the uncompressed form has.
    static var byteCount: Int { 2 * Curve.Field.byteCount + 1 }

    /// The point of uncompressed form (SEC 1 section 2.3.3): 4, then both coordinates. Nothing else is accepted.
    ///
    /// - Throws: ``CryptoError/invalidPublicKey`` for another form, or a point that is not on the curve.
    init(_ bytes: [UInt8]) throws(CryptoError) {
        let span = bytes.span.raw
        let count = Curve.Field.byteCount
        guard bytes.count == ECPublicKey.byteCount, bytes[0] == 4,
            let x = Curve.Field(span.extracting(1..<(count + 1))),
            let y = Curve.Field(span.extracting((count + 1)..<bytes.count))
        else { throw .invalidPublicKey }
        let threeX = x.doubled + x
        guard y.squared == x.squared * x - threeX + Curve.b else { throw .invalidPublicKey }
        self.x = x
        self.y = y
    }

    /// A point that was computed; the neutral one is not allowed.
    init(_ point: ProjectivePoint<Curve>) {
        (x, y) = point.affine
    }

    /// The uncompressed form.
    var bytes: [UInt8] { [4] + x.bytes + y.bytes }

    var point: ProjectivePoint<Curve> { ProjectivePoint(x: x, y: y, z: .one) }

    /// Whether `signature` is one of the owner of this key over the message with this hash (FIPS 186-5 section 6.4.2).
    ///
    /// False for anything that is not strictly encoded. Takes a time that depends on the signature and the key, which
    /// are public.
    ///
    /// - Parameter digest: Any hash; of a longer one than the order, the first bytes count.
    func isValid(
        _ signature: [UInt8], _ encoding: ECDSASignature.Encoding, digest: HashValue
    ) -> Bool {
        guard let signature = ECDSASignature(signature, encoding, byteCount: Curve.Scalar.byteCount) else {
            return false
        }
        return isValid(signature, digest: digest)
    }

    private func isValid(_ signature: ECDSASignature, digest: HashValue) -> Bool {
        guard let r = Curve.Scalar(signature.r.span.raw), let s = Curve.Scalar(signature.s.span.raw) else {
            return false
        }
        return isValid(r, s, inverse: s.inverse, message: Curve.Scalar(digest: digest))
    }

    /// The same for the numbers of a signature, with what is said to be the inverse of the second.
    func isValid(
        _ r: Curve.Scalar, _ s: Curve.Scalar, inverse: Curve.Scalar, message: Curve.Scalar
    ) -> Bool {
        // The product with zero is not one.
        guard !r.isZero, s * inverse == .one else { return false }
        let key = OddMultiples<Curve>(JacobianPoint(x: x, y: y, z: .one), width: 5)
        return Curve.oddMultiples.multiply(message * inverse, adding: key, r * inverse).hasX(r)
    }
}

extension PrimeField {
    /// The number of a hash (FIPS 186-5 section 6.4.1, step 2): its first bytes, as many as the order has.
    init(digest: HashValue) {
        var bytes = InlineArray<64, UInt8>(repeating: 0)
        let used = min(digest.byteCount, Self.byteCount)
        copy(digest.span.extracting(0..<used), into: &bytes, at: Self.byteCount - used)
        self.init(reducing: Limbs(bigEndian: bytes.span.raw))
    }
}
