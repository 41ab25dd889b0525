import Bytes

/// Text as HTML writes it.
enum HTMLEscaping {
    /// Appends `text` for the inside of an element.
    static func appendText(_ text: String, to writer: inout ByteWriter) {
        append(text, quotes: false, to: &writer)
    }

    /// Appends `text` for the inside of a double-quoted attribute value.
    static func appendAttributeValue(_ text: String, to writer: inout ByteWriter) {
        append(text, quotes: true, to: &writer)
    }

    private static func append(_ text: String, quotes: Bool, to writer: inout ByteWriter) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&"): writer.append("&amp;" as StaticString)
            case UInt8(ascii: "<"): writer.append("&lt;" as StaticString)
            case UInt8(ascii: ">"): writer.append("&gt;" as StaticString)
            case UInt8(ascii: "\"") where quotes: writer.append("&quot;" as StaticString)
            case UInt8(ascii: "'") where quotes: writer.append("&#39;" as StaticString)
            case 0x09, 0x0a: writer.append(byte)
            // Other control characters have no meaning in HTML; they are shown as the replacement character.
            case 0x00...0x1f, 0x7f: writer.append("\u{fffd}" as StaticString)
            default: writer.append(byte)
            }
        }
    }
}
