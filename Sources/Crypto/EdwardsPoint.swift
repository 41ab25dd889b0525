/// A point of edwards25519 as (X : Y : Z : T) with x = X/Z, y = Y/Z and xy = T/Z (RFC 8032 section 5.1.4).
struct EdwardsPoint: Sendable {
    var x: Field25519
    var y: Field25519
    var z: Field25519
    var t: Field25519

    static var neutral: EdwardsPoint { EdwardsPoint(x: .zero, y: .one, z: .one, t: .zero) }

    static var base: EdwardsPoint {
        let x = Field25519(
            0x6_2d60_8f25_d51a, 0x4_12a4_b4f6_592a, 0x7_5b71_71a4_b31d, 0x1_ff60_5271_18fe, 0x2_1693_6d3c_d6e5)
        let y = Field25519(
            0x6_6666_6666_6658, 0x4_cccc_cccc_cccc, 0x1_9999_9999_9999, 0x3_3333_3333_3333, 0x6_6666_6666_6666)
        return EdwardsPoint(x: x, y: y, z: .one, t: x.multiplied(by: y))
    }

    /// The curve's d, -121665/121666.
    private static var d: Field25519 {
        Field25519(
            0x3_4dca_1359_78a3, 0x1_a828_3b15_6ebd, 0x5_e7a2_6001_c029, 0x7_39c6_63a0_3cbb, 0x5_2036_cee2_b6ff)
    }

    private static var twiceD: Field25519 {
        Field25519(
            0x6_9b94_26b2_f159, 0x3_5050_762a_dd7a, 0x3_cf44_c003_8052, 0x6_738c_c740_7977, 0x2_406d_9dc5_6dff)
    }

    private static var rootOfMinusOne: Field25519 {
        Field25519(
            0x6_1b27_4a0e_a0b0, 0xd5a5_fc8f_189d, 0x7_ef5e_9cbd_0c60, 0x7_8595_a680_4c9e, 0x2_b832_4804_fc1d)
    }

    private init(x: Field25519, y: Field25519, z: Field25519, t: Field25519) {
        self.x = x
        self.y = y
        self.z = z
        self.t = t
    }

    /// The point of 32 bytes (section 5.1.3), or nil when they are none or not in the one form allowed. Branches on
    /// the bytes.
    init?(_ bytes: RawSpan) {
        let y = Field25519(bytes)
        let sign = bytes.littleEndian64(at: 24) &>> 63
        let words = y.words
        // Not in the one form: y is not below the modulus.
        guard words[0] == bytes.littleEndian64(at: 0), words[1] == bytes.littleEndian64(at: 8),
            words[2] == bytes.littleEndian64(at: 16), words[3] == bytes.littleEndian64(at: 24) & (~0 &>> 1)
        else { return nil }
        let yy = y.multiplied(by: y)
        // A product with one carries the limbs.
        let u = (yy - .one).multiplied(by: .one)
        let v = yy.multiplied(by: EdwardsPoint.d) + .one
        let v3 = v.multiplied(by: v).multiplied(by: v)
        let v7 = v3.multiplied(by: v3).multiplied(by: v)
        var x = u.multiplied(by: v3).multiplied(by: u.multiplied(by: v7).rootPower)
        let vxx = x.multiplied(by: x).multiplied(by: v)
        if !vxx.isEqual(to: u) {
            guard vxx.isEqual(to: .zero - u) else { return nil }
            x = x.multiplied(by: EdwardsPoint.rootOfMinusOne)
        }
        let isZero = x.isEqual(to: .zero)
        if isZero, sign == 1 { return nil }
        if x.words[0] & 1 != sign { x = (Field25519.zero - x).multiplied(by: .one) }
        self.init(x: x, y: y, z: .one, t: x.multiplied(by: y))
    }

    /// The 32 bytes of the point as little-endian words (section 5.1.2).
    var words: InlineArray<4, UInt64> {
        let inverse = z.inverse
        var words = y.multiplied(by: inverse).words
        words[3] |= x.multiplied(by: inverse).words[0] &<< 63
        return words
    }

    var negated: EdwardsPoint {
        EdwardsPoint(
            x: (Field25519.zero - x).multiplied(by: .one), y: y, z: z, t: (Field25519.zero - t).multiplied(by: .one))
    }

    /// "add-2008-hwcd-3" of the Explicit-Formulas Database; complete on this curve.
    @inline(never)
    func adding(_ other: EdwardsPoint) -> EdwardsPoint {
        let a = (y - x) * (other.y - other.x)
        let b = (y + x) * (other.y + other.x)
        let c = (t * EdwardsPoint.twiceD) * other.t
        let zz = z * other.z
        let d = zz + zz
        let e = b - a
        let f = d - c
        let g = d + c
        let h = b + a
        return EdwardsPoint(x: e * f, y: g * h, z: f * g, t: e * h)
    }

    /// "dbl-2008-hwcd" of the Explicit-Formulas Database.
    @inline(never)
    var doubled: EdwardsPoint {
        let a = x.squared
        let b = y.squared
        let zz = z.squared
        let sum = a + b
        let e = (x + y).squared - sum
        let g = b - a
        let f = g - (zz + zz)
        let h = Field25519.zero - sum
        return EdwardsPoint(x: e * f, y: g * h, z: f * g, t: e * h)
    }

    /// 1, 3, 5 ... times this point, `count` of them.
    func oddMultiples(_ count: Int) -> [EdwardsPoint] {
        let twice = doubled
        var points = [self]
        while points.count < count { points.append(points[points.count - 1].adding(twice)) }
        return points
    }
}
