/// A point as (X : Y : Z) with x = X/Z and y = Y/Z; (0 : 1 : 0) is the neutral one.
///
/// Sums are complete: the formulas of Renes, Costello and Batina ("Complete addition formulas for prime order elliptic
/// curves", 2016) hold for any two points, so nothing branches.
struct ProjectivePoint<Curve: ShortCurve>: Sendable {
    var x: Curve.Field
    var y: Curve.Field
    var z: Curve.Field

    static var neutral: ProjectivePoint { ProjectivePoint(x: .zero, y: .one, z: .zero) }
    static var generator: ProjectivePoint {
        ProjectivePoint(x: Curve.generatorX, y: Curve.generatorY, z: .one)
    }

    /// Algorithm 4 of the paper.
    @inline(never)
    func adding(_ other: ProjectivePoint) -> ProjectivePoint {
        let xx = x * other.x
        let yy = y * other.y
        let zz = z * other.z
        let xy = (x + y) * (other.x + other.y) - (xx + yy)
        let yz = (y + z) * (other.y + other.z) - (yy + zz)
        let xz = (x + z) * (other.x + other.z) - (xx + zz)
        let part = xz - Curve.b * zz
        let threeParts = part.doubled + part
        let low = yy - threeParts
        let high = yy + threeParts
        let threeZZ = zz.doubled + zz
        let rest = Curve.b * xz - threeZZ - xx
        let threeRests = rest.doubled + rest
        let slope = xx.doubled + xx - threeZZ
        return ProjectivePoint(
            x: xy * high - yz * threeRests, y: high * low + slope * threeRests, z: yz * low + xy * slope)
    }

    /// Algorithm 6 of the paper.
    @inline(never)
    var doubled: ProjectivePoint {
        let xx = x.squared
        let yy = y.squared
        let zz = z.squared
        let twoXY = (x * y).doubled
        let twoXZ = (x * z).doubled
        let part = Curve.b * zz - twoXZ
        let threeParts = part.doubled + part
        let low = yy - threeParts
        let high = yy + threeParts
        let threeZZ = zz.doubled + zz
        let rest = Curve.b * twoXZ - threeZZ - xx
        let threeRests = rest.doubled + rest
        let slope = xx.doubled + xx - threeZZ
        let twoYZ = (y * z).doubled
        return ProjectivePoint(
            x: low * twoXY - twoYZ * threeRests, y: low * high + slope * threeRests, z: (twoYZ * yy).doubled.doubled)
    }

    @inline(__always)
    static func select(_ mask: UInt64, _ one: ProjectivePoint, _ other: ProjectivePoint) -> ProjectivePoint {
        ProjectivePoint(
            x: .select(mask, one.x, other.x), y: .select(mask, one.y, other.y), z: .select(mask, one.z, other.z))
    }

    /// Entry `digit` (0 to 15) of the 16 points of `table` from `start` on; all of them are read.
    @inline(never)
    static func lookUp(_ digit: UInt64, in table: [ProjectivePoint], from start: Int) -> ProjectivePoint {
        var result = table[start]
        for index in 1..<16 {
            let mask = ConstantTime.isZeroMask(digit ^ UInt64(truncatingIfNeeded: index))
            result = .select(mask, table[start &+ index], result)
        }
        return result
    }

    /// The neutral point and 1 to 15 times this one.
    var multiples: [ProjectivePoint] {
        var table = [ProjectivePoint](repeating: .neutral, count: 16)
        table[1] = self
        for index in 2..<16 {
            table[index] = index & 1 == 0 ? table[index &>> 1].doubled : table[index &- 1].adding(self)
        }
        return table
    }

    /// This point times `scalar`, which is secret; the point is not.
    func multiplied(by scalar: Curve.Scalar.Limbs) -> ProjectivePoint {
        let table = multiples
        var result = ProjectivePoint.neutral
        var position = 64 &* Curve.Scalar.Limbs.wordCount &- 4
        while position >= 0 {
            for _ in 0..<4 { result = result.doubled }
            let digit = (scalar.word(position &>> 6) &>> UInt64(position & 63)) & 15
            result = result.adding(.lookUp(digit, in: table, from: 0))
            position &-= 4
        }
        return result
    }

    /// The affine coordinates; both zero for the neutral point.
    var affine: (x: Curve.Field, y: Curve.Field) {
        let inverse = z.inverse
        return (x * inverse, y * inverse)
    }
}
