/// An integer modulo 2^255 - 19 in five limbs of 51 bits, for X25519 and Ed25519.
///
/// Products leave limbs a little over 2^51; the operands of a product may have limbs up to 2^54, so two additions or
/// one subtraction may stand between products. Nothing branches on a value.
struct Field25519: Sendable {
    var l0: UInt64
    var l1: UInt64
    var l2: UInt64
    var l3: UInt64
    var l4: UInt64

    static var zero: Field25519 { Field25519(0, 0, 0, 0, 0) }
    static var one: Field25519 { Field25519(1, 0, 0, 0, 0) }

    private static var mask: UInt64 { 0x7_ffff_ffff_ffff }

    @inline(__always)
    init(_ l0: UInt64, _ l1: UInt64, _ l2: UInt64, _ l3: UInt64, _ l4: UInt64) {
        self.l0 = l0
        self.l1 = l1
        self.l2 = l2
        self.l3 = l3
        self.l4 = l4
    }

    /// The little-endian number of the first 32 bytes of `bytes`, whose top bit is left out (RFC 7748 section 5).
    init(_ bytes: RawSpan) {
        let w0 = bytes.littleEndian64(at: 0)
        let w1 = bytes.littleEndian64(at: 8)
        let w2 = bytes.littleEndian64(at: 16)
        let w3 = bytes.littleEndian64(at: 24)
        l0 = w0 & Field25519.mask
        l1 = (w0 &>> 51 | w1 &<< 13) & Field25519.mask
        l2 = (w1 &>> 38 | w2 &<< 26) & Field25519.mask
        l3 = (w2 &>> 25 | w3 &<< 39) & Field25519.mask
        l4 = (w3 &>> 12) & Field25519.mask
    }

    /// The four little-endian words of the one representative below the modulus.
    var words: InlineArray<4, UInt64> {
        let mask = Field25519.mask
        var value = self.carried.carried
        // The quotient by the modulus is 1 when adding 19 carries out of bit 255.
        var quotient = (value.l0 &+ 19) &>> 51
        quotient = (value.l1 &+ quotient) &>> 51
        quotient = (value.l2 &+ quotient) &>> 51
        quotient = (value.l3 &+ quotient) &>> 51
        quotient = (value.l4 &+ quotient) &>> 51
        value.l0 = value.l0 &+ 19 &* quotient
        value.l1 = value.l1 &+ value.l0 &>> 51
        value.l2 = value.l2 &+ value.l1 &>> 51
        value.l3 = value.l3 &+ value.l2 &>> 51
        value.l4 = value.l4 &+ value.l3 &>> 51
        let m0 = value.l0 & mask
        let m1 = value.l1 & mask
        let m2 = value.l2 & mask
        let m3 = value.l3 & mask
        let m4 = value.l4 & mask
        return [
            m0 | m1 &<< 51, m1 &>> 13 | m2 &<< 38, m2 &>> 26 | m3 &<< 25, m3 &>> 39 | m4 &<< 12,
        ]
    }

    /// The same number with limbs below 2^52, of limbs that may have up to 60 bits.
    private var carried: Field25519 {
        let mask = Field25519.mask
        let h0 = l0 & mask &+ 19 &* (l4 &>> 51)
        return Field25519(
            h0, l1 & mask &+ l0 &>> 51, l2 & mask &+ l1 &>> 51, l3 & mask &+ l2 &>> 51, l4 & mask &+ l3 &>> 51)
    }

    @inline(__always)
    static func + (one: Field25519, other: Field25519) -> Field25519 {
        Field25519(
            one.l0 &+ other.l0, one.l1 &+ other.l1, one.l2 &+ other.l2, one.l3 &+ other.l3, one.l4 &+ other.l4)
    }

    /// `other` has limbs below 2^53 - 2^7.
    @inline(__always)
    static func - (one: Field25519, other: Field25519) -> Field25519 {
        // Four times the modulus keeps every limb positive.
        Field25519(
            (one.l0 &+ 0x1f_ffff_ffff_ffb4) &- other.l0, (one.l1 &+ 0x1f_ffff_ffff_fffc) &- other.l1,
            (one.l2 &+ 0x1f_ffff_ffff_fffc) &- other.l2, (one.l3 &+ 0x1f_ffff_ffff_fffc) &- other.l3,
            (one.l4 &+ 0x1f_ffff_ffff_fffc) &- other.l4)
    }

    @inline(__always)
    static func * (one: Field25519, other: Field25519) -> Field25519 {
        // 2^255 is 19, so what passes the fifth limb comes back nineteenfold.
        let o1 = other.l1 &* 19
        let o2 = other.l2 &* 19
        let o3 = other.l3 &* 19
        let o4 = other.l4 &* 19
        var r0 = UInt128(product: one.l0, other.l0)
        r0 = r0 &+ UInt128(product: one.l1, o4)
        r0 = r0 &+ UInt128(product: one.l2, o3)
        r0 = r0 &+ UInt128(product: one.l3, o2)
        r0 = r0 &+ UInt128(product: one.l4, o1)
        var r1 = UInt128(product: one.l0, other.l1)
        r1 = r1 &+ UInt128(product: one.l1, other.l0)
        r1 = r1 &+ UInt128(product: one.l2, o4)
        r1 = r1 &+ UInt128(product: one.l3, o3)
        r1 = r1 &+ UInt128(product: one.l4, o2)
        var r2 = UInt128(product: one.l0, other.l2)
        r2 = r2 &+ UInt128(product: one.l1, other.l1)
        r2 = r2 &+ UInt128(product: one.l2, other.l0)
        r2 = r2 &+ UInt128(product: one.l3, o4)
        r2 = r2 &+ UInt128(product: one.l4, o3)
        var r3 = UInt128(product: one.l0, other.l3)
        r3 = r3 &+ UInt128(product: one.l1, other.l2)
        r3 = r3 &+ UInt128(product: one.l2, other.l1)
        r3 = r3 &+ UInt128(product: one.l3, other.l0)
        r3 = r3 &+ UInt128(product: one.l4, o4)
        var r4 = UInt128(product: one.l0, other.l4)
        r4 = r4 &+ UInt128(product: one.l1, other.l3)
        r4 = r4 &+ UInt128(product: one.l2, other.l2)
        r4 = r4 &+ UInt128(product: one.l3, other.l1)
        r4 = r4 &+ UInt128(product: one.l4, other.l0)
        return reduced(r0, r1, r2, r3, r4)
    }

    /// The product with itself, with 15 multiplications instead of 25.
    @inline(__always)
    var squared: Field25519 {
        let d0 = l0 &<< 1
        let d1 = l1 &<< 1
        let d2 = l2 &<< 1
        let t3 = l3 &* 19
        let t4 = l4 &* 19
        var r0 = UInt128(product: l0, l0)
        r0 = r0 &+ UInt128(product: d1, t4)
        r0 = r0 &+ UInt128(product: d2, t3)
        var r1 = UInt128(product: d0, l1)
        r1 = r1 &+ UInt128(product: d2, t4)
        r1 = r1 &+ UInt128(product: l3, t3)
        var r2 = UInt128(product: d0, l2)
        r2 = r2 &+ UInt128(product: l1, l1)
        r2 = r2 &+ UInt128(product: l3 &<< 1, t4)
        var r3 = UInt128(product: d0, l3)
        r3 = r3 &+ UInt128(product: d1, l2)
        r3 = r3 &+ UInt128(product: l4, t4)
        var r4 = UInt128(product: d0, l4)
        r4 = r4 &+ UInt128(product: d1, l3)
        r4 = r4 &+ UInt128(product: l2, l2)
        return Field25519.reduced(r0, r1, r2, r3, r4)
    }

    /// The product with a small constant below 2^18.
    @inline(__always)
    func scaled(by factor: UInt64) -> Field25519 {
        Field25519.reduced(
            UInt128(product: l0, factor), UInt128(product: l1, factor), UInt128(product: l2, factor),
            UInt128(product: l3, factor), UInt128(product: l4, factor))
    }

    /// Carries five sums, each of which leaves at most 64 bits above its limb.
    @inline(__always)
    private static func reduced(
        _ r0: UInt128, _ s1: UInt128, _ s2: UInt128, _ s3: UInt128, _ s4: UInt128
    ) -> Field25519 {
        let r1 = s1 &+ UInt128(word: upper(r0))
        let r2 = s2 &+ UInt128(word: upper(r1))
        let r3 = s3 &+ UInt128(word: upper(r2))
        let r4 = s4 &+ UInt128(word: upper(r3))
        let h0 = r0.low & mask &+ 19 &* upper(r4)
        return Field25519(
            h0 & mask, r1.low & mask &+ h0 &>> 51, r2.low & mask, r3.low & mask, r4.low & mask)
    }

    /// The bits from 51 on.
    @inline(__always)
    private static func upper(_ sum: UInt128) -> UInt64 { sum.low &>> 51 | sum.high &<< 13 }

    /// Exchanges the two when `mask` is all ones, leaves them when it is zero.
    @inline(__always)
    static func swap(_ one: inout Field25519, _ other: inout Field25519, if mask: UInt64) {
        let d0 = mask & (one.l0 ^ other.l0)
        let d1 = mask & (one.l1 ^ other.l1)
        let d2 = mask & (one.l2 ^ other.l2)
        let d3 = mask & (one.l3 ^ other.l3)
        let d4 = mask & (one.l4 ^ other.l4)
        one = Field25519(one.l0 ^ d0, one.l1 ^ d1, one.l2 ^ d2, one.l3 ^ d3, one.l4 ^ d4)
        other = Field25519(other.l0 ^ d0, other.l1 ^ d1, other.l2 ^ d2, other.l3 ^ d3, other.l4 ^ d4)
    }
}
