/// Base 64 (RFC 4648): the standard alphabet with padding, and the URL-safe one without.
///
/// Decoding is strict: one text for each byte string. Padding must be there (standard) or must not (URL-safe), the bits
/// behind the last byte must be zero, and line breaks or spaces are refused.
package enum Base64 {
    /// `bytes` in the standard alphabet (section 4), padded with `=` to a multiple of four characters.
    package static func encode(_ bytes: [UInt8]) -> String {
        String(decoding: digits(of: bytes.span, .standard), as: UTF8.self)
    }

    /// `bytes` in the alphabet that URLs and file names can hold (section 5), without padding.
    package static func encodeURL(_ bytes: [UInt8]) -> String {
        String(decoding: digits(of: bytes.span, .url), as: UTF8.self)
    }

    /// The bytes that `text`, standard and padded, spells; nil when it is anything else.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        decode(Array(text.utf8).span)
    }

    /// The bytes that `digits`, standard and padded, spell; nil when they are anything else.
    package static func decode(_ digits: Span<UInt8>) -> [UInt8]? {
        guard digits.count % 4 == 0 else { return nil }
        var end = digits.count
        // At most two signs of padding; a third stays a character and is refused as such.
        for _ in 0..<2 where end > 0 && digits[end - 1] == UInt8(ascii: "=") { end -= 1 }
        return bytes(of: digits.extracting(0..<end), .standard)
    }

    /// The bytes that `text`, URL-safe and without padding, spells; nil when it is anything else.
    package static func decodeURL(_ text: some StringProtocol) -> [UInt8]? {
        bytes(of: Array(text.utf8).span, .url)
    }

    private enum Alphabet {
        case standard, url
    }

    private static func digits(of bytes: Span<UInt8>, _ alphabet: Alphabet) -> [UInt8] {
        var digits: [UInt8] = []
        digits.reserveCapacity((bytes.count + 2) / 3 * 4)
        var index = 0
        while index + 3 <= bytes.count {
            let group = UInt32(bytes[index]) << 16 | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2])
            for shift: UInt32 in [18, 12, 6, 0] { digits.append(digit(group >> shift, alphabet)) }
            index += 3
        }
        let rest = bytes.count - index
        guard rest > 0 else { return digits }
        let group = UInt32(bytes[index]) << 16 | (rest == 2 ? UInt32(bytes[index + 1]) << 8 : 0)
        digits.append(digit(group >> 18, alphabet))
        digits.append(digit(group >> 12, alphabet))
        if rest == 2 { digits.append(digit(group >> 6, alphabet)) }
        if alphabet == .standard {
            for _ in rest..<3 { digits.append(UInt8(ascii: "=")) }
        }
        return digits
    }

    private static func bytes(of digits: Span<UInt8>, _ alphabet: Alphabet) -> [UInt8]? {
        guard digits.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 4 * 3 + 2)
        var group: UInt32 = 0
        var bitCount: UInt32 = 0
        for index in digits.indices {
            let value = value(of: digits[index], alphabet)
            guard value < 64 else { return nil }
            group = group << 6 | value
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                bytes.append(UInt8(truncatingIfNeeded: group >> bitCount))
            }
        }
        guard group & ((1 << bitCount) - 1) == 0 else { return nil }
        return bytes
    }

    /// The character of the low six bits of `value`.
    private static func digit(_ value: UInt32, _ alphabet: Alphabet) -> UInt8 {
        let value = UInt8(truncatingIfNeeded: value & 63)
        return switch value {
        case 0..<26: UInt8(ascii: "A") + value
        case 26..<52: UInt8(ascii: "a") + value - 26
        case 52..<62: UInt8(ascii: "0") + value - 52
        case 62: alphabet == .standard ? UInt8(ascii: "+") : UInt8(ascii: "-")
        default: alphabet == .standard ? UInt8(ascii: "/") : UInt8(ascii: "_")
        }
    }

    /// The six bits of a character, or 64 when the alphabet lacks it.
    private static func value(of digit: UInt8, _ alphabet: Alphabet) -> UInt32 {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(digit - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(digit - UInt8(ascii: "a") + 26)
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit - UInt8(ascii: "0") + 52)
        case UInt8(ascii: "+") where alphabet == .standard, UInt8(ascii: "-") where alphabet == .url: 62
        case UInt8(ascii: "/") where alphabet == .standard, UInt8(ascii: "_") where alphabet == .url: 63
        default: 64
        }
    }
}
