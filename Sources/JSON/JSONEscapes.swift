import Bytes

/// String escapes by RFC 8259 section 7: what must be escaped is, and U+2028 and U+2029 too, which old scripts misread.
enum JSONEscapes {
    /// Appends `text`, UTF-8, in quotes.
    static func append(_ text: Span<UInt8>, to output: inout ByteWriter) {
        if firstSpecial(in: text) == text.count {
            output.bytes.append(addingCapacity: text.count + 2) { output in
                output.append(UInt8(ascii: "\""))
                output.append(text)
                output.append(UInt8(ascii: "\""))
            }
        } else {
            output.append(UInt8(ascii: "\""))
            appendEscaped(text, to: &output)
            output.append(UInt8(ascii: "\""))
        }
    }

    /// The index of the first byte that may need an escape, or the count.
    private static func firstSpecial(in bytes: Span<UInt8>) -> Int {
        for index in bytes.indices {
            let byte = bytes[index]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0xe2 { return index }
        }
        return bytes.count
    }

    private static func appendEscaped(_ bytes: Span<UInt8>, to output: inout ByteWriter) {
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\""): output.append("\\\"" as StaticString)
            case UInt8(ascii: "\\"): output.append("\\\\" as StaticString)
            case 0x08: output.append("\\b" as StaticString)
            case 0x09: output.append("\\t" as StaticString)
            case 0x0a: output.append("\\n" as StaticString)
            case 0x0c: output.append("\\f" as StaticString)
            case 0x0d: output.append("\\r" as StaticString)
            case 0..<0x20:
                output.append("\\u00" as StaticString)
                output.append(Hex.digit(byte >> 4))
                output.append(Hex.digit(byte & 15))
            case 0xe2 where index + 1 < bytes.count && bytes[index] == 0x80 && bytes[index + 1] & 0xfe == 0xa8:
                output.append(bytes[index + 1] == 0xa8 ? "\\u2028" as StaticString : "\\u2029" as StaticString)
                index += 2
            default: output.append(byte)
            }
        }
    }
}
