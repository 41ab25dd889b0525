/// A point as (X : Y : Z) with x = X/Z² and y = Y/Z³, Z = 0 for the neutral one. Quicker than ``ProjectivePoint``, but
/// it branches on values: only for verifying, where everything is public.
struct JacobianPoint<Curve: ShortCurve>: Sendable {
    var x: Curve.Field
    var y: Curve.Field
    var z: Curve.Field

    static var neutral: JacobianPoint { JacobianPoint(x: .one, y: .one, z: .zero) }

    var negated: JacobianPoint { JacobianPoint(x: x, y: .zero - y, z: z) }

    /// "dbl-2001-b" of the Explicit-Formulas Database.
    @inline(never)
    var doubled: JacobianPoint {
        let delta = z.squared
        let gamma = y.squared
        let beta = x * gamma
        let square = (x - delta) * (x + delta)
        let alpha = square.doubled + square
        let fourBeta = beta.doubled.doubled
        let x3 = alpha.squared - fourBeta.doubled
        let z3 = (y + z).squared - gamma - delta
        let y3 = alpha * (fourBeta - x3) - gamma.squared.doubled.doubled.doubled
        return JacobianPoint(x: x3, y: y3, z: z3)
    }

    @inline(never)
    func adding(_ other: JacobianPoint) -> JacobianPoint {
        if z.isZero { return other }
        if other.z.isZero { return self }
        let zz1 = z.squared
        let zz2 = other.z.squared
        let u1 = x * zz2
        let u2 = other.x * zz1
        let s1 = y * (other.z * zz2)
        let s2 = other.y * (z * zz1)
        let h = u2 - u1
        let r = s2 - s1
        if h.isZero { return r.isZero ? doubled : .neutral }
        let hh = h.squared
        let hhh = h * hh
        let v = u1 * hh
        let x3 = r.squared - hhh - v.doubled
        return JacobianPoint(x: x3, y: r * (v - x3) - s1 * hhh, z: z * other.z * h)
    }

    /// The same for a point whose Z is 1, with fewer products.
    @inline(never)
    func adding(affine other: JacobianPoint) -> JacobianPoint {
        if z.isZero { return other }
        let zz = z.squared
        let h = other.x * zz - x
        let r = other.y * (z * zz) - y
        if h.isZero { return r.isZero ? doubled : .neutral }
        let hh = h.squared
        let hhh = h * hh
        let v = x * hh
        let x3 = r.squared - hhh - v.doubled
        return JacobianPoint(x: x3, y: r * (v - x3) - y * hhh, z: z * h)
    }

    /// The same points with Z = 1, by one inversion for all; none may be neutral.
    static func affine(_ points: [JacobianPoint]) -> [JacobianPoint] {
        // The products of all before, then the inverse of each in turn (Montgomery's trick).
        var before: [Curve.Field] = []
        var product = Curve.Field.one
        for point in points {
            before.append(product)
            product = product * point.z
        }
        var inverse = product.inverse
        var result = points
        for index in points.indices.reversed() {
            let one = inverse * before[index]
            inverse = inverse * points[index].z
            let square = one.squared
            result[index] = JacobianPoint(
                x: points[index].x * square, y: points[index].y * (square * one), z: .one)
        }
        return result
    }

    /// Whether x modulo the order is `scalar` (FIPS 186-5 section 6.4.2), without a division.
    func hasX(_ scalar: Curve.Scalar) -> Bool {
        if z.isZero { return false }
        let zz = z.squared
        let number = scalar.number
        if Curve.Field(reducing: number) * zz == x { return true }
        // x may be larger than the order, which is a little below the field's prime.
        let order = Curve.Field(reducing: Curve.Scalar.modulus)
        guard Curve.Field.Limbs.borrow(number, (.zero - order).number) == 1 else { return false }
        return (Curve.Field(reducing: number) + order) * zz == x
    }
}
