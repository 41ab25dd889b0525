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
        self.width = width
        self.points = points
    }

    /// Those of the generator.
    static func ofGenerator() -> OddMultiples {
        OddMultiples(JacobianPoint(x: Curve.generatorX, y: Curve.generatorY, z: .one), width: 7)
    }

    /// The digits of `scalar` from the lowest place on: odd numbers between -2^(width - 1) and 2^(width - 1), and many
    /// zeros.
    private func digits(of scalar: Curve.Scalar) -> [Int8] {
        let number = scalar.number
        let count = Curve.Scalar.Limbs.wordCount
        // One word more, for the carry out of the last digit.
        var words = (0..<count).map { number.word($0) } + [0]
        var digits = [Int8](repeating: 0, count: 64 * count + 1)
        var position = 0
        while position <= 64 * count {
            let index = position >> 6
            let shift = UInt64(position & 63)
            guard (words[index] >> shift) & 1 == 1 else {
                position += 1
                continue
            }
            var window = words[index] &>> shift
            if shift != 0, index < count { window |= words[index + 1] &<< (64 - shift) }
            var digit = Int(window & (1 << UInt64(width) - 1))
            if digit >= 1 << (width - 1) { digit -= 1 << width }
            digits[position] = Int8(digit)
            // Takes the digit away: the window becomes zero, and a negative one carries.
            var place = position
            let end = min(position + width, 64 * (count + 1))
            while place < end {
                words[place >> 6] &= ~(1 << UInt64(place & 63))
                place += 1
            }
            if digit < 0 {
                while place < 64 * (count + 1) {
                    words[place >> 6] ^= 1 << UInt64(place & 63)
                    if (words[place >> 6] >> UInt64(place & 63)) & 1 == 1 { break }
                    place += 1
                }
            }
            position += width
        }
        return digits
    }

    private func point(for digit: Int8) -> JacobianPoint<Curve> {
        digit > 0 ? points[Int(digit) >> 1] : points[Int(-digit) >> 1].negated
    }

    /// This table's point times `scalar` plus the other's times `otherScalar`.
    func multiply(_ scalar: Curve.Scalar, adding other: OddMultiples, _ otherScalar: Curve.Scalar)
        -> JacobianPoint<Curve>
    {
        let first = digits(of: scalar)
        let second = other.digits(of: otherScalar)
        var result = JacobianPoint<Curve>.neutral
        for position in (0..<first.count).reversed() {
            result = result.doubled
            if first[position] != 0 { result = result.adding(point(for: first[position])) }
            if second[position] != 0 { result = result.adding(other.point(for: second[position])) }
        }
        return result
    }
}
