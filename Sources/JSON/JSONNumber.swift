/// A JSON number as it was written: no digit is lost, whatever its size.
@usableFromInline
package struct JSONNumber: Sendable, Equatable {
    /// The text by the grammar of RFC 8259 section 6. Equality compares it, so `1` and `1.0` are different numbers here.
    package let text: String

    /// The number `text` spells, or nil when it is not a JSON number, exactly and entirely.
    package init?(_ text: String) {
        let bytes = text.utf8.span
        var end = 0
        guard NumberGrammar.scan(bytes, &end), end == bytes.count else { return nil }
        self.text = text
    }

    package init(_ integer: Int64) {
        text = String(integer)
    }

    /// A text the parser has already checked.
    init(checked text: String) {
        self.text = text
    }

    /// The number when it is a whole one in range, however written: `1`, `1.0` and `1e2` are, `1.5` is not.
    package var integer: Int64? {
        // A plain short integer, which nearly all are.
        let bytes = text.utf8.span
        if bytes.count <= 18 {
            let isNegative = bytes[0] == UInt8(ascii: "-")
            var value: Int64 = 0
            var index = isNegative ? 1 : 0
            while index < bytes.count {
                let digit = bytes[index] &- 0x30
                if digit > 9 { break }
                value = value &* 10 &+ Int64(digit)
                index += 1
            }
            if index == bytes.count { return isNegative ? -value : value }
        }
        guard case .exact(let units)? = decimal?.scaled(by: 0) else { return nil }
        return units
    }

    /// The exact decimal value, or nil with more than 38 significant digits or an exponent outside -1000...1000.
    package var decimal: JSONDecimal? {
        JSONDecimal(text)
    }
}
