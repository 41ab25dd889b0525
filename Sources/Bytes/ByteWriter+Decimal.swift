extension ByteWriter {
    /// Appends `value` in decimal digits.
    @inlinable package mutating func appendDecimal(_ value: UInt64) {
        appendDigits(value, minimumCount: 1)
    }

    /// Appends `value` in decimal digits, with a minus sign below zero.
    @inlinable package mutating func appendDecimal(_ value: Int64) {
        if value < 0 { append(UInt8(ascii: "-")) }
        appendDigits(value.magnitude, minimumCount: 1)
    }

    /// Appends `units` of 10^-`digits` with exactly so many digits behind the point: 3000 and 2 give 30.00.
    ///
    /// - Parameter digits: 0 to 18.
    @inlinable package mutating func appendFixed(_ units: Int64, digits: Int) {
        precondition((0...18).contains(digits), "a 64-bit number has no more than 18 digits behind a point")
        if units < 0 { append(UInt8(ascii: "-")) }
        var scale: UInt64 = 1
        for _ in 0..<digits { scale *= 10 }
        let (whole, fraction) = units.magnitude.quotientAndRemainder(dividingBy: scale)
        appendDigits(whole, minimumCount: 1)
        if digits > 0 {
            append(UInt8(ascii: "."))
            appendDigits(fraction, minimumCount: digits)
        }
    }

    /// Appends `value` with leading zeros up to `minimumCount` digits, 1 to 20.
    @inlinable package mutating func appendDigits(_ value: UInt64, minimumCount: Int) {
        var digits = InlineArray<20, UInt8>(repeating: UInt8(ascii: "0"))
        var start = 20
        var rest = value
        while rest > 0 {
            start -= 1
            digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        start = Swift.min(start, 20 - minimumCount)
        for index in start..<20 { append(digits[index]) }
    }
}
