/// Integers modulo a prime, in Montgomery form. Nothing branches on a value, except where it says so.
protocol PrimeField: Sendable {
    associatedtype Limbs: FieldLimbs

    static var modulus: Limbs { get }
    /// The negative inverse of the modulus modulo 2^64.
    static var modulusInverse: UInt64 { get }
    /// R, 2 to the count of bits of the limbs, modulo the modulus: the form of 1.
    static var radix: Limbs { get }
    /// R^2 modulo the modulus, which turns a number into its form.
    static var radixSquare: Limbs { get }

    /// The number times R.
    var value: Limbs { get }
    init(value: Limbs)

    /// The product; a call of its own, unless a field is worth the code of many copies.
    static func product(_ one: Self, _ other: Self) -> Self

    /// The product with itself.
    static func square(_ one: Self) -> Self
}

extension PrimeField {
    static var zero: Self { Self(value: .zero) }
    static var one: Self { Self(value: radix) }
    static var byteCount: Int { Limbs.byteCount }

    /// `number`, which may be any number of its words: it is reduced.
    init(reducing number: Limbs) {
        self.init(
            value: Limbs.product(
                number, Self.radixSquare, modulus: Self.modulus, inverse: Self.modulusInverse))
    }

    /// The number of big-endian bytes, or nil for another count or a number not below the modulus, which is no secret.
    init?(_ bytes: RawSpan) {
        guard bytes.byteCount == Self.byteCount else { return nil }
        let number = Limbs(bigEndian: bytes)
        guard Limbs.borrow(number, Self.modulus) == 1 else { return nil }
        self.init(reducing: number)
    }

    /// The number itself, below the modulus.
    var number: Limbs {
        Limbs.product(value, Limbs(word: 1), modulus: Self.modulus, inverse: Self.modulusInverse)
    }

    /// The number's bytes, most significant first.
    var bytes: [UInt8] {
        let number = number
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.byteCount)
        for index in 0..<Self.byteCount {
            let word = number.word(Limbs.wordCount &- 1 &- index &>> 3)
            bytes.append(UInt8(truncatingIfNeeded: word &>> UInt64(56 &- 8 &* (index & 7))))
        }
        return bytes
    }

    /// All ones for zero, else zero.
    var isZeroMask: UInt64 { value.isZeroMask }

    /// Whether the number is zero, where that is no secret.
    var isZero: Bool { value.isZeroMask != 0 }

    @inline(__always)
    static func + (one: Self, other: Self) -> Self {
        Self(value: Limbs.sum(one.value, other.value, modulus: modulus))
    }

    @inline(__always)
    static func - (one: Self, other: Self) -> Self {
        Self(value: Limbs.difference(one.value, other.value, modulus: modulus))
    }

    @inline(__always)
    static func * (one: Self, other: Self) -> Self { product(one, other) }

    @inline(never)
    static func product(_ one: Self, _ other: Self) -> Self {
        Self(value: Limbs.product(one.value, other.value, modulus: modulus, inverse: modulusInverse))
    }

    @inline(__always)
    static func square(_ one: Self) -> Self { product(one, one) }

    @inline(__always)
    var squared: Self { Self.square(self) }

    @inline(__always)
    var doubled: Self { self + self }

    @inline(__always)
    static func select(_ mask: UInt64, _ one: Self, _ other: Self) -> Self {
        Self(value: Limbs.select(mask, one.value, other.value))
    }

    /// Whether both are the same number, where that is no secret.
    static func == (one: Self, other: Self) -> Bool { (one - other).isZero }

    /// The inverse, which of zero is zero: the power of the modulus less 2, four bits at a time.
    @inline(never)
    var inverse: Self {
        var powers = [Self](repeating: .one, count: 16)
        for index in 1..<16 { powers[index] = powers[index &- 1] * self }
        var result = Self.one
        // The exponent is no secret, so what is read from the table is none either.
        var position = 64 &* Limbs.wordCount &- 4
        while position >= 0 {
            for _ in 0..<4 { result = result.squared }
            let word = Self.modulus.word(position &>> 6) &- (position &>> 6 == 0 ? 2 : 0)
            let digit = Int(truncatingIfNeeded: (word &>> UInt64(position & 63)) & 15)
            if digit != 0 { result = result * powers[digit] }
            position &-= 4
        }
        return result
    }
}
