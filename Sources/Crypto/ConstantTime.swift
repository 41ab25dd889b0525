/// Comparisons whose duration does not depend on where two values differ.
public enum ConstantTime {
    /// Whether `first` and `second` are the same bytes. Their lengths may leak, their contents do not.
    public static func isEqual(_ first: [UInt8], _ second: [UInt8]) -> Bool {
        isEqual(first.span.raw, second.span.raw)
    }

    /// Whether `first` and `second` are the same bytes. Their lengths may leak, their contents do not.
    @inline(never)
    public static func isEqual(_ first: RawSpan, _ second: RawSpan) -> Bool {
        guard first.byteCount == second.byteCount else { return false }
        var difference: UInt8 = 0
        for offset in 0..<first.byteCount {
            // Sound: any byte is a valid `UInt8`, and the loop stays within both spans.
            difference |=
                unsafe first.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
                ^ second.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
        }
        return difference == 0
    }

    /// All ones for a `bit` of 1, zero for 0; nothing else is allowed.
    ///
    /// Neither inlined nor optimised, so that the compiler cannot see that a mask is one bit and make a branch of
    /// what is done with it.
    @inline(never)
    @_optimize(none)
    static func mask(_ bit: UInt64) -> UInt64 { 0 &- bit }

    /// All ones when `value` is zero, zero otherwise.
    @inline(__always)
    static func isZeroMask(_ value: UInt64) -> UInt64 { mask(1 ^ ((value | (0 &- value)) &>> 63)) }

    /// The lower-case hexadecimal digit of `value` (0 to 15), without a branch or a table.
    @inline(__always)
    static func hexDigit(_ value: UInt8) -> UInt8 {
        // 9 - value wraps to a number with its high bits set for 10 to 15, which adds the 39 between "9" and "a".
        0x30 &+ value &+ (((9 &- value) &>> 4) & 1) &* 39
    }
}
