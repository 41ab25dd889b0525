/// 1, 3, 5 ... times a point, for sums of signed digits; only for verifying, where everything is public.
struct OddMultiples<Curve: ShortCurve>: Sendable {
    /// How many bits a digit has, its sign included.
    private let width: Int
    private let points: [JacobianPoint<Curve>]

    /// - Parameter width: 2 to 8; there are 2^(width - 2) multiples.
    init(_ point: JacobianPoint<Curve>, width: Int) {
        let twice = point.doubled
        var points = [point]
        for _ in 1..<(1 << (width - 2)) { points.append(points[points.count - 1].adding(twice)) }
        self.init(points, width: width)
    }

    private init(_ points: [JacobianPoint<Curve>], width: Int) {
        self.width = width
        self.points = points
    }

    /// Those of the generator, affine.
    static func ofGenerator() -> OddMultiples {
        let multiples = OddMultiples(JacobianPoint(x: Curve.generatorX, y: Curve.generatorY, z: .one), width: 8)
        return OddMultiples(JacobianPoint.affine(multiples.points), width: 8)
    }

    private func words(_ scalar: Curve.Scalar) -> [UInt64] {
        let number = scalar.number
        return (0..<Curve.Scalar.Limbs.wordCount).map { number.word($0) }
    }

    private func point(for digit: Int8) -> JacobianPoint<Curve> {
        digit > 0 ? points[Int(digit) >> 1] : points[Int(-digit) >> 1].negated
    }

    /// This table's point, whose multiples are affine, times `scalar` plus the other's times `otherScalar`.
    func multiply(_ scalar: Curve.Scalar, adding other: OddMultiples, _ otherScalar: Curve.Scalar)
        -> JacobianPoint<Curve>
    {
        let first = SignedDigits.of(words(scalar), width: width)
        let second = SignedDigits.of(words(otherScalar), width: other.width)
        var result = JacobianPoint<Curve>.neutral
        for position in (0..<first.count).reversed() {
            result = result.doubled
            if first[position] != 0 { result = result.adding(affine: point(for: first[position])) }
            if second[position] != 0 { result = result.adding(other.point(for: second[position])) }
        }
        return result
    }
}
