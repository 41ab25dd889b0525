extension UInt128 {
    // The words are taken apart and put together without the generic conversions, which are calls in a debug build.

    /// The lower 64 bits.
    @inline(__always)
    var low: UInt64 { _low }

    /// The upper 64 bits.
    @inline(__always)
    var high: UInt64 { _high }

    /// `word`, widened.
    @inline(__always)
    init(word: UInt64) { self.init(_low: word, _high: 0) }

    /// All 128 bits of the product of `one` and `other`.
    @inline(__always)
    init(product one: UInt64, _ other: UInt64) {
        self = UInt128(word: one) &* UInt128(word: other)
    }

    /// All bits of `one * other + addend + carry`, which is at most 2^128 - 1.
    @inline(__always)
    init(product one: UInt64, _ other: UInt64, adding addend: UInt64, _ carry: UInt64) {
        self = UInt128(product: one, other) &+ UInt128(word: addend) &+ UInt128(word: carry)
    }

    /// The difference modulo 2^128 of `one - other - borrow`; its lowest upper bit is the next borrow.
    @inline(__always)
    init(difference one: UInt64, _ other: UInt64, borrow: UInt64) {
        self = UInt128(word: one) &- UInt128(word: other) &- UInt128(word: borrow)
    }

    /// `one + other + carry`; the upper word is the next carry.
    @inline(__always)
    init(sum one: UInt64, _ other: UInt64, carry: UInt64) {
        self = UInt128(word: one) &+ UInt128(word: other) &+ UInt128(word: carry)
    }
}
