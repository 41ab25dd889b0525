/// 4 words of 64 bits, least significant first, and arithmetic on them modulo a number of as many words.
///
/// Nothing branches on a value; borrows and carries are words, since truth values become branches.
struct Limbs256: FieldLimbs {
    var w0: UInt64
    var w1: UInt64
    var w2: UInt64
    var w3: UInt64

    static var byteCount: Int { 32 }
    static var zero: Limbs256 { Limbs256(0, 0, 0, 0) }

    @inline(__always)
    init(_ w0: UInt64, _ w1: UInt64, _ w2: UInt64, _ w3: UInt64) {
        self.w0 = w0
        self.w1 = w1
        self.w2 = w2
        self.w3 = w3
    }

    @inline(__always)
    init(bigEndian bytes: RawSpan) {
        w0 = bytes.bigEndian64(at: 24)
        w1 = bytes.bigEndian64(at: 16)
        w2 = bytes.bigEndian64(at: 8)
        w3 = bytes.bigEndian64(at: 0)
    }

    @inline(__always)
    init(word: UInt64) {
        self = .zero
        w0 = word
    }

    @inline(__always)
    func word(_ index: Int) -> UInt64 {
        switch index {
        case 0: w0
        case 1: w1
        case 2: w2
        default: w3
        }
    }

    @inline(__always)
    var isZeroMask: UInt64 { ConstantTime.isZeroMask(w0 | w1 | w2 | w3) }

    @inline(__always)
    static func select(_ mask: UInt64, _ one: Limbs256, _ other: Limbs256) -> Limbs256 {
        Limbs256(
            other.w0 ^ (mask & (one.w0 ^ other.w0)),
            other.w1 ^ (mask & (one.w1 ^ other.w1)),
            other.w2 ^ (mask & (one.w2 ^ other.w2)),
            other.w3 ^ (mask & (one.w3 ^ other.w3)))
    }

    @inline(__always)
    static func borrow(_ one: Limbs256, _ other: Limbs256) -> UInt64 {
        var step = UInt128(difference: one.w0, other.w0, borrow: 0)
        step = UInt128(difference: one.w1, other.w1, borrow: step.high & 1)
        step = UInt128(difference: one.w2, other.w2, borrow: step.high & 1)
        step = UInt128(difference: one.w3, other.w3, borrow: step.high & 1)
        return step.high & 1
    }

    @inline(__always)
    static func sum(_ one: Limbs256, _ other: Limbs256, modulus: Limbs256) -> Limbs256 {
        var step = UInt128(sum: one.w0, other.w0, carry: 0)
        let s0 = step.low
        step = UInt128(sum: one.w1, other.w1, carry: step.high)
        let s1 = step.low
        step = UInt128(sum: one.w2, other.w2, carry: step.high)
        let s2 = step.low
        step = UInt128(sum: one.w3, other.w3, carry: step.high)
        let s3 = step.low
        return reduced(s0, s1, s2, s3, step.high, modulus)
    }

    @inline(__always)
    static func difference(_ one: Limbs256, _ other: Limbs256, modulus: Limbs256) -> Limbs256 {
        var step = UInt128(difference: one.w0, other.w0, borrow: 0)
        let d0 = step.low
        step = UInt128(difference: one.w1, other.w1, borrow: step.high & 1)
        let d1 = step.low
        step = UInt128(difference: one.w2, other.w2, borrow: step.high & 1)
        let d2 = step.low
        step = UInt128(difference: one.w3, other.w3, borrow: step.high & 1)
        let d3 = step.low
        // The modulus comes back where the difference was negative.
        let mask = 0 &- (step.high & 1)
        var result = Limbs256.zero
        step = UInt128(sum: d0, modulus.w0 & mask, carry: 0)
        result.w0 = step.low
        step = UInt128(sum: d1, modulus.w1 & mask, carry: step.high)
        result.w1 = step.low
        step = UInt128(sum: d2, modulus.w2 & mask, carry: step.high)
        result.w2 = step.low
        step = UInt128(sum: d3, modulus.w3 & mask, carry: step.high)
        result.w3 = step.low
        return result
    }

    /// One subtraction of the modulus where the number, with the word `top` above, is not below it.
    @inline(__always)
    static func reduced(
        _ s0: UInt64, _ s1: UInt64, _ s2: UInt64, _ s3: UInt64, _ top: UInt64,
        _ modulus: Limbs256
    ) -> Limbs256 {
        var step = UInt128(difference: s0, modulus.w0, borrow: 0)
        let d0 = step.low
        step = UInt128(difference: s1, modulus.w1, borrow: step.high & 1)
        let d1 = step.low
        step = UInt128(difference: s2, modulus.w2, borrow: step.high & 1)
        let d2 = step.low
        step = UInt128(difference: s3, modulus.w3, borrow: step.high & 1)
        let d3 = step.low
        step = UInt128(difference: top, 0, borrow: step.high & 1)
        let mask = 0 &- (step.high & 1)
        return select(mask, Limbs256(s0, s1, s2, s3), Limbs256(d0, d1, d2, d3))
    }

    @inline(__always)
    static func product(_ one: Limbs256, _ other: Limbs256, modulus: Limbs256, inverse: UInt64) -> Limbs256 {
        // Word by word, each followed by one word of Montgomery's reduction.
        var t0: UInt64 = 0
        var t1: UInt64 = 0
        var t2: UInt64 = 0
        var t3: UInt64 = 0
        var t4: UInt64 = 0
        accumulate(one, other.w0, modulus, inverse, &t0, &t1, &t2, &t3, &t4)
        accumulate(one, other.w1, modulus, inverse, &t0, &t1, &t2, &t3, &t4)
        accumulate(one, other.w2, modulus, inverse, &t0, &t1, &t2, &t3, &t4)
        accumulate(one, other.w3, modulus, inverse, &t0, &t1, &t2, &t3, &t4)
        return reduced(t0, t1, t2, t3, t4, modulus)
    }

    /// Adds `one * word` and the multiple of the modulus that makes the lowest word zero, then drops that word.
    @inline(__always)
    private static func accumulate(
        _ one: Limbs256, _ word: UInt64, _ modulus: Limbs256, _ inverse: UInt64, _ t0: inout UInt64, _ t1: inout UInt64,
        _ t2: inout UInt64, _ t3: inout UInt64, _ t4: inout UInt64
    ) {
        var step = UInt128(product: one.w0, word, adding: t0, 0)
        t0 = step.low
        step = UInt128(product: one.w1, word, adding: t1, step.high)
        t1 = step.low
        step = UInt128(product: one.w2, word, adding: t2, step.high)
        t2 = step.low
        step = UInt128(product: one.w3, word, adding: t3, step.high)
        t3 = step.low
        step = UInt128(sum: t4, step.high, carry: 0)
        t4 = step.low
        let top = step.high
        let factor = t0 &* inverse
        step = UInt128(product: factor, modulus.w0, adding: t0, 0)
        step = UInt128(product: factor, modulus.w1, adding: t1, step.high)
        t0 = step.low
        step = UInt128(product: factor, modulus.w2, adding: t2, step.high)
        t1 = step.low
        step = UInt128(product: factor, modulus.w3, adding: t3, step.high)
        t2 = step.low
        step = UInt128(sum: t4, step.high, carry: 0)
        t3 = step.low
        t4 = top &+ step.high
    }
}
