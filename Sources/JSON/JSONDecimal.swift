/// An exact decimal value: `significand` × 10^`exponent`.
///
/// It is normalised, so equal values have equal parts: the significand does not end in a zero digit, and zero is 0 × 10^0.
package struct JSONDecimal: Sendable, Equatable {
    /// At most 38 decimal digits.
    package var significand: Int128 { Int128(high) << 64 | Int128(low) }
    // Two words: Swift 6.3 loses its stack when an async function takes a 128-bit integer on it.
    private let high: Int64
    private let low: UInt64
    /// -1000 to 1000.
    package let exponent: Int32

    /// The value that `text`, a number in JSON's grammar, spells; for amounts that come as strings too.
    ///
    /// Nil when the text is anything else, has more than 38 significant digits, or has an exponent out of range.
    package init?(_ text: some StringProtocol) {
        let text = String(text)
        self.init(text.utf8.span)
    }

    private init?(_ bytes: Span<UInt8>) {
        var end = 0
        guard NumberGrammar.scan(bytes, &end), end == bytes.count else { return nil }
        var significand: Int128 = 0
        var digitCount = 0  // Digits in the significand.
        var zeroCount = 0  // Zeros read since, which count once another digit follows.
        var exponent = 0
        var isFraction = false
        var index = 0
        digits: while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "-"): break
            case UInt8(ascii: "."): isFraction = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"): break digits
            case UInt8(ascii: "0"):
                if isFraction { exponent -= 1 }
                if digitCount > 0 { zeroCount += 1 }
            default:
                if isFraction { exponent -= 1 }
                digitCount += zeroCount + 1
                guard digitCount <= 38 else { return nil }
                for _ in 0..<zeroCount { significand &*= 10 }
                zeroCount = 0
                significand = significand &* 10 &+ Int128(byte &- 0x30)
            }
        }
        guard significand != 0 else {
            high = 0
            low = 0
            self.exponent = 0
            return
        }
        exponent += zeroCount + Self.writtenExponent(bytes, from: index)
        guard (-1000...1000).contains(exponent) else { return nil }
        if bytes[0] == UInt8(ascii: "-") { significand = -significand }
        high = Int64(truncatingIfNeeded: significand >> 64)
        low = UInt64(truncatingIfNeeded: significand)
        self.exponent = Int32(exponent)
    }

    /// The number after `e`; one too long to matter stays at some value far out of range.
    private static func writtenExponent(_ bytes: Span<UInt8>, from start: Int) -> Int {
        var value = 0
        var isNegative = false
        for index in start..<bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "-"): isNegative = true
            case UInt8(ascii: "+"): break
            // Texts are far shorter than 2^40 bytes, so no fraction can bring such an exponent back into range.
            case let digit where value < 1 << 40: value = value * 10 + Int(digit &- 0x30)
            default: break
            }
        }
        return isNegative ? -value : value
    }
}

extension JSONDecimal {
    /// A decimal in units of some power of ten.
    package enum Scaled: Sendable, Equatable {
        /// The whole number of units.
        case exact(Int64)
        /// The value has digits below one unit.
        case tooPrecise
        /// The units do not fit 64 bits.
        case outOfRange
    }

    /// The value in units of 10^-`digits`, never rounded: 12.5 in hundredths is 1250.
    package func scaled(by digits: Int) -> Scaled {
        precondition((0...1000).contains(digits), "units outside 10^0 to 10^-1000")
        var steps = Int(exponent) + digits
        guard significand != 0 else { return .exact(0) }
        guard steps >= 0 else { return .tooPrecise }
        guard steps <= 18, var units = Int64(exactly: significand) else { return .outOfRange }
        while steps > 0 {
            let (product, overflow) = units.multipliedReportingOverflow(by: 10)
            guard !overflow else { return .outOfRange }
            units = product
            steps -= 1
        }
        return .exact(units)
    }
}
