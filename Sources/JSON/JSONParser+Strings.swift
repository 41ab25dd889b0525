import Bytes

extension JSONParser {
    /// The string whose opening quote is next.
    mutating func string() throws(JSONError) -> String {
        let start = position + 1
        position = start
        scanPlain()
        guard position < bytes.count else { throw .syntax(offset: position, expected: "the end of a string") }
        if bytes[position] == UInt8(ascii: "\"") {
            position += 1
            return try text(start..<position - 1)
        }
        return try stringWithEscapes(from: start)
    }

    /// The UTF-8 of `range` as text, validated once.
    func text(_ range: Range<Int>) throws(JSONError) -> String {
        let part = bytes.extracting(range)
        do {
            return String(copying: try UTF8Span(validating: part))
        } catch {
            throw .invalidUTF8(offset: range.lowerBound + error.byteOffsets.lowerBound)
        }
    }

    /// Moves to the next quote, backslash or control character, or to the end.
    private mutating func scanPlain() {
        var index = position
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { break }
            index += 1
        }
        position = index
    }

    /// The rest of a string that has an escape, or a control character, at `position`.
    private mutating func stringWithEscapes(from start: Int) throws(JSONError) -> String {
        var decoded: [UInt8] = []
        var plainStart = start
        while true {
            let plain = bytes.extracting(plainStart..<position)
            decoded.reserveCapacity(decoded.count + plain.count + 4)
            for index in plain.indices { decoded.append(plain[index]) }
            guard position < bytes.count else { throw .syntax(offset: position, expected: "the end of a string") }
            switch bytes[position] {
            case UInt8(ascii: "\""):
                // Escapes decode to whole characters, so bytes that are not UTF-8 in the text stay so here.
                if let text = String(validating: decoded, as: UTF8.self) {
                    position += 1
                    return text
                }
                throw .invalidUTF8(offset: start + Self.invalidOffset(in: bytes.extracting(start..<position)))
            case UInt8(ascii: "\\"):
                position += 1
                try escape(into: &decoded)
            default:
                throw .syntax(offset: position, expected: "an escape instead of a control character")
            }
            plainStart = position
            scanPlain()
        }
    }

    /// Decodes the escape whose letter is next.
    private mutating func escape(into decoded: inout [UInt8]) throws(JSONError) {
        guard position < bytes.count else { throw .syntax(offset: position, expected: "the end of a string") }
        let letter = bytes[position]
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): decoded.append(letter)
        case UInt8(ascii: "b"): decoded.append(0x08)
        case UInt8(ascii: "f"): decoded.append(0x0c)
        case UInt8(ascii: "n"): decoded.append(0x0a)
        case UInt8(ascii: "r"): decoded.append(0x0d)
        case UInt8(ascii: "t"): decoded.append(0x09)
        case UInt8(ascii: "u"):
            let scalar = try escapedScalar()
            decoded.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        default: throw .syntax(offset: position - 1, expected: "one of \" \\ / b f n r t u after the backslash")
        }
    }

    /// The character of one `\u` escape or of a surrogate pair of two; `position` is behind the first `u`.
    private mutating func escapedScalar() throws(JSONError) -> Unicode.Scalar {
        let start = position - 2
        let first = try fourDigits()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xdc00, position + 1 < bytes.count,
            bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u")
        else { throw .loneSurrogate(offset: start) }
        position += 2
        let second = try fourDigits()
        guard (0xdc00...0xdfff).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
        else { throw .loneSurrogate(offset: start) }
        return scalar
    }

    private mutating func fourDigits() throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard position < bytes.count, let digit = Hex.value(bytes[position]) else {
                throw .syntax(offset: position, expected: "four hexadecimal digits")
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    /// Where bytes that are not UTF-8 first go wrong.
    private static func invalidOffset(in bytes: Span<UInt8>) -> Int {
        do {
            _ = try UTF8Span(validating: bytes)
            return 0
        } catch {
            return error.byteOffsets.lowerBound
        }
    }
}
