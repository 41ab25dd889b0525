/// Fixed counts of words with modular arithmetic; the operands of sums and products are below the modulus, and so are
/// the results. Nothing branches on a value.
protocol FieldLimbs: Sendable {
    /// How many bytes a number has.
    static var byteCount: Int { get }
    static var zero: Self { get }

    /// The number of the first `byteCount` bytes.
    init(bigEndian bytes: RawSpan)
    /// A number of one word.
    init(word: UInt64)

    /// The word at `index`, least significant first.
    func word(_ index: Int) -> UInt64
    /// All ones for zero, else zero.
    var isZeroMask: UInt64 { get }
    /// `one` where `mask` is all ones, `other` where it is zero.
    static func select(_ mask: UInt64, _ one: Self, _ other: Self) -> Self
    /// 1 when `one` is less than `other`, else 0.
    static func borrow(_ one: Self, _ other: Self) -> UInt64
    static func sum(_ one: Self, _ other: Self, modulus: Self) -> Self
    static func difference(_ one: Self, _ other: Self, modulus: Self) -> Self
    /// The product divided by 2 to the count of bits (Montgomery). One operand may be any number of these words.
    ///
    /// - Parameter inverse: The negative inverse of the modulus modulo 2^64.
    static func product(_ one: Self, _ other: Self, modulus: Self, inverse: UInt64) -> Self
}

extension FieldLimbs {
    /// How many words a number has.
    static var wordCount: Int { byteCount &>> 3 }
}
