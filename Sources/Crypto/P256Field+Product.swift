/// Products modulo P-256's prime, whose form 2^96 - 1 + 2^192 m makes each word of Montgomery's reduction cost one
/// multiplication instead of four.
extension P256Field {
    @inline(never)
    static func product(_ one: P256Field, _ other: P256Field) -> P256Field {
        let a = one.value
        let b = other.value
        var step = UInt128(product: a.w0, b.w0)
        let t0 = step.low
        step = UInt128(product: a.w1, b.w0, adding: step.high, 0)
        var t1 = step.low
        step = UInt128(product: a.w2, b.w0, adding: step.high, 0)
        var t2 = step.low
        step = UInt128(product: a.w3, b.w0, adding: step.high, 0)
        var t3 = step.low
        var t4 = step.high
        step = UInt128(product: a.w0, b.w1, adding: t1, 0)
        t1 = step.low
        step = UInt128(product: a.w1, b.w1, adding: t2, step.high)
        t2 = step.low
        step = UInt128(product: a.w2, b.w1, adding: t3, step.high)
        t3 = step.low
        step = UInt128(product: a.w3, b.w1, adding: t4, step.high)
        t4 = step.low
        var t5 = step.high
        step = UInt128(product: a.w0, b.w2, adding: t2, 0)
        t2 = step.low
        step = UInt128(product: a.w1, b.w2, adding: t3, step.high)
        t3 = step.low
        step = UInt128(product: a.w2, b.w2, adding: t4, step.high)
        t4 = step.low
        step = UInt128(product: a.w3, b.w2, adding: t5, step.high)
        t5 = step.low
        var t6 = step.high
        step = UInt128(product: a.w0, b.w3, adding: t3, 0)
        t3 = step.low
        step = UInt128(product: a.w1, b.w3, adding: t4, step.high)
        t4 = step.low
        step = UInt128(product: a.w2, b.w3, adding: t5, step.high)
        t5 = step.low
        step = UInt128(product: a.w3, b.w3, adding: t6, step.high)
        t6 = step.low
        return reduced(t0, t1, t2, t3, t4, t5, t6, step.high)
    }

    /// Ten multiplications instead of sixteen.
    @inline(never)
    static func square(_ one: P256Field) -> P256Field {
        let a = one.value
        // The products of two different words, which count twice.
        var step = UInt128(product: a.w0, a.w1)
        let c1 = step.low
        step = UInt128(product: a.w0, a.w2, adding: step.high, 0)
        let c2 = step.low
        step = UInt128(product: a.w0, a.w3, adding: step.high, 0)
        var c3 = step.low
        var c4 = step.high
        step = UInt128(product: a.w1, a.w2, adding: c3, 0)
        c3 = step.low
        step = UInt128(product: a.w1, a.w3, adding: c4, step.high)
        c4 = step.low
        step = UInt128(product: a.w2, a.w3, adding: step.high, 0)
        let c5 = step.low
        let c6 = step.high
        let d0 = UInt128(product: a.w0, a.w0)
        let d1 = UInt128(product: a.w1, a.w1)
        let d2 = UInt128(product: a.w2, a.w2)
        let d3 = UInt128(product: a.w3, a.w3)
        step = UInt128(sum: c1 &<< 1, d0.high, carry: 0)
        let t1 = step.low
        step = UInt128(sum: c2 &<< 1 | c1 &>> 63, d1.low, carry: step.high)
        let t2 = step.low
        step = UInt128(sum: c3 &<< 1 | c2 &>> 63, d1.high, carry: step.high)
        let t3 = step.low
        step = UInt128(sum: c4 &<< 1 | c3 &>> 63, d2.low, carry: step.high)
        let t4 = step.low
        step = UInt128(sum: c5 &<< 1 | c4 &>> 63, d2.high, carry: step.high)
        let t5 = step.low
        step = UInt128(sum: c6 &<< 1 | c5 &>> 63, d3.low, carry: step.high)
        let t6 = step.low
        return reduced(d0.low, t1, t2, t3, t4, t5, t6, d3.high &+ c6 &>> 63 &+ step.high)
    }

    /// The number of eight words divided by 2^256.
    @inline(__always)
    private static func reduced(
        _ t0: UInt64, _ t1: UInt64, _ t2: UInt64, _ t3: UInt64, _ t4: UInt64, _ t5: UInt64, _ t6: UInt64, _ t7: UInt64
    ) -> P256Field {
        var w1 = t1
        var w2 = t2
        var w3 = t3
        var w4 = t4
        var w5 = t5
        var w6 = t6
        var w7 = t7
        var carry: UInt64 = 0
        drop(t0, &w1, &w2, &w3, &w4, &carry)
        drop(w1, &w2, &w3, &w4, &w5, &carry)
        drop(w2, &w3, &w4, &w5, &w6, &carry)
        drop(w3, &w4, &w5, &w6, &w7, &carry)
        return P256Field(value: Limbs256.reduced(w4, w5, w6, w7, carry, modulus))
    }

    /// Adds `word` times the prime, which makes the lowest word, `word` itself, zero.
    @inline(__always)
    private static func drop(
        _ word: UInt64, _ w1: inout UInt64, _ w2: inout UInt64, _ w3: inout UInt64, _ w4: inout UInt64,
        _ carry: inout UInt64
    ) {
        var step = UInt128(sum: w1, word &<< 32, carry: 0)
        w1 = step.low
        step = UInt128(sum: w2, word &>> 32, carry: step.high)
        w2 = step.low
        step = UInt128(product: word, 0xffff_ffff_0000_0001, adding: w3, step.high)
        w3 = step.low
        step = UInt128(sum: w4, step.high, carry: carry)
        w4 = step.low
        carry = step.high
    }
}
