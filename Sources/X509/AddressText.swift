import Bytes

/// IP addresses as text.
enum AddressText {
    /// The 4 or 16 bytes of an address, or nil for any other text; `192.0.2.1` without leading zeros, and the forms of
    /// RFC 4291 section 2.2 without a zone.
    static func bytes(_ text: String) -> [UInt8]? {
        let characters = Array(text.utf8)
        return characters.contains(UInt8(ascii: ":")) ? version6(characters) : version4(characters[...])
    }

    /// The usual text of 4 or 16 bytes (RFC 5952); hexadecimal digits for any other count.
    static func of(_ bytes: [UInt8]) -> String {
        switch bytes.count {
        case 4: bytes.map { String($0) }.joined(separator: ".")
        case 16: version6Text(bytes)
        default: Hex.encode(bytes)
        }
    }

    private static func version4(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var result: [UInt8] = []
        for part in parts {
            guard part.count <= 3, let first = part.first, part.count == 1 || first != UInt8(ascii: "0"),
                part.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }),
                let value = UInt8(String(decoding: part, as: UTF8.self))
            else { return nil }
            result.append(value)
        }
        return result
    }

    private static func version6(_ text: [UInt8]) -> [UInt8]? {
        guard text.count <= 45 else { return nil }
        let colon = UInt8(ascii: ":")
        guard let gap = text.indices.dropLast().first(where: { text[$0] == colon && text[$0 + 1] == colon }) else {
            let groups = groups(text[...])
            return groups?.count == 16 ? groups : nil
        }
        guard let head = gap == 0 ? [] : groups(text[..<gap]),
            let tail = gap + 2 == text.count ? [] : groups(text[(gap + 2)...]), head.count + tail.count <= 14,
            !text[..<gap].contains(UInt8(ascii: "."))
        else { return nil }
        return head + [UInt8](repeating: 0, count: 16 - head.count - tail.count) + tail
    }

    /// The bytes of groups with single colons between them, of which the last may be dotted.
    private static func groups(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count <= 8 else { return nil }
        var result: [UInt8] = []
        for (index, part) in parts.enumerated() {
            if part.contains(UInt8(ascii: ".")) {
                guard index == parts.count - 1, let last = version4(part) else { return nil }
                result += last
            } else {
                guard part.count >= 1, part.count <= 4 else { return nil }
                var value: UInt16 = 0
                for digit in part {
                    guard let digit = Hex.value(digit) else { return nil }
                    value = value << 4 | UInt16(digit)
                }
                result += [UInt8(value >> 8), UInt8(value & 0xff)]
            }
        }
        return result
    }

    private static func version6Text(_ bytes: [UInt8]) -> String {
        let groups = (0..<8).map { UInt16(bytes[2 * $0]) << 8 | UInt16(bytes[2 * $0 + 1]) }
        // The first of the longest runs of two or more zeros becomes "::".
        var best = 0..<0
        var start = 0
        while start < 8 {
            var end = start
            while end < 8, groups[end] == 0 { end += 1 }
            if end - start >= 2, end - start > best.count { best = start..<end }
            start = max(end, start + 1)
        }
        let texts = groups.map { String($0, radix: 16) }
        guard !best.isEmpty else { return texts.joined(separator: ":") }
        return texts[..<best.lowerBound].joined(separator: ":") + "::"
            + texts[best.upperBound...].joined(separator: ":")
    }
}
