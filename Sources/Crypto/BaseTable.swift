/// For every four bits of a scalar, the 16 multiples of the generator that they may stand for: a secret multiple of the
/// generator is a sum, without doublings.
struct BaseTable<Curve: ShortCurve>: Sendable {
    private let points: [ProjectivePoint<Curve>]

    /// Takes some thousand point operations: made once.
    init() {
        var points: [ProjectivePoint<Curve>] = []
        var base = ProjectivePoint<Curve>.generator
        for _ in 0..<(16 &* Curve.Scalar.Limbs.wordCount) {
            let multiples = base.multiples
            points += multiples
            base = multiples[15].adding(base)
        }
        self.points = points
    }

    /// The generator times `scalar`, which is secret.
    func multiply(_ scalar: Curve.Scalar.Limbs) -> ProjectivePoint<Curve> {
        var result = ProjectivePoint<Curve>.neutral
        for index in 0..<(16 &* Curve.Scalar.Limbs.wordCount) {
            let digit = (scalar.word(index &>> 4) &>> UInt64(4 &* (index & 15))) & 15
            result = result.adding(.lookUp(digit, in: points, from: 16 &* index))
        }
        return result
    }
}
