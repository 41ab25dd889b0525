/// A colour of 24 bits, written `#rrggbb`.
package struct BrandColour: Hashable, Sendable, CustomStringConvertible {
    package let red: UInt8
    package let green: UInt8
    package let blue: UInt8

    package init(red: UInt8, green: UInt8, blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// Reads `#5b3320`, `5b3320` or `#fff`, in either case; nil for anything else.
    package init?(_ text: String) {
        var digits: [UInt8] = []
        for byte in text.utf8.prefix(8) {
            if byte == UInt8(ascii: "#"), digits.isEmpty { continue }
            let value: UInt8
            switch byte {
            case 0x30...0x39: value = byte - 0x30
            case 0x41...0x46: value = byte - 0x37
            case 0x61...0x66: value = byte - 0x57
            default: return nil
            }
            digits.append(value)
        }
        guard text.utf8.count <= 7 else { return nil }
        switch digits.count {
        case 3: self.init(red: digits[0] * 17, green: digits[1] * 17, blue: digits[2] * 17)
        case 6:
            self.init(
                red: digits[0] << 4 | digits[1], green: digits[2] << 4 | digits[3], blue: digits[4] << 4 | digits[5])
        default: return nil
        }
    }

    package var description: String {
        var text = "#"
        for part in [red, green, blue] {
            if part < 16 { text += "0" }
            text += String(part, radix: 16)
        }
        return text
    }

    package static let white = BrandColour(red: 255, green: 255, blue: 255)
    package static let black = BrandColour(red: 0, green: 0, blue: 0)
}
