/// Comparisons whose duration does not depend on where two values differ.
package enum ConstantTime {
    /// Whether `first` and `second` are the same bytes. Their lengths may leak, their contents do not.
    package static func isEqual(_ first: [UInt8], _ second: [UInt8]) -> Bool {
        isEqual(first.span.raw, second.span.raw)
    }

    /// Whether `first` and `second` are the same bytes. Their lengths may leak, their contents do not.
    @inline(never)
    package static func isEqual(_ first: RawSpan, _ second: RawSpan) -> Bool {
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

    /// The lower-case hexadecimal digit of `value` (0 to 15), without a branch or a table.
    @inline(__always)
    static func hexDigit(_ value: UInt8) -> UInt8 {
        // 9 - value wraps to a number with its high bits set for 10 to 15, which adds the 39 between "9" and "a".
        0x30 &+ value &+ (((9 &- value) &>> 4) & 1) &* 39
    }
}
