/// Text forms: dotted decimal, and RFC 4291 read and RFC 5952 written for IPv6.
extension IPAddress: CustomStringConvertible {
    /// Reads a literal address; nil for anything else. Leading zeros in IPv4 and zone names are refused.
    package init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count <= 45 else { return nil }
        if let value = Self.parseV4(bytes[...]) {
            self = .v4(value)
        } else if let value = Self.parseV6(bytes) {
            self = value
        } else {
            return nil
        }
    }

    /// The text of the address, such as `192.0.2.1` or `2001:db8::1`.
    package var description: String {
        switch self {
        case .v4(let value): Self.text(v4: value)
        case .v6(let high, let low): Self.text(high: high, low: low)
        }
    }

    /// An IPv4 address that came mapped into IPv6 (`::ffff:a.b.c.d`), as itself; any other address unchanged.
    package var unmapped: IPAddress {
        if case .v6(0, let low) = self, low >> 32 == 0xffff { return .v4(UInt32(truncatingIfNeeded: low)) }
        return self
    }

    private static func parseV4(_ bytes: ArraySlice<UInt8>) -> UInt32? {
        var value: UInt32 = 0
        var partCount = 0
        var index = bytes.startIndex
        while partCount < 4 {
            if partCount > 0 {
                guard index < bytes.endIndex, bytes[index] == 0x2e else { return nil }
                index += 1
            }
            let first = index
            var part: UInt32 = 0
            while index < bytes.endIndex, (0x30...0x39).contains(bytes[index]), index - first < 3 {
                part = part * 10 + UInt32(bytes[index] - 0x30)
                index += 1
            }
            guard index > first, part <= 255, index - first == 1 || bytes[first] != 0x30 else { return nil }
            value = value << 8 | part
            partCount += 1
        }
        return index == bytes.endIndex ? value : nil
    }

    private static func parseV6(_ bytes: [UInt8]) -> IPAddress? {
        var groups: [UInt16] = []
        var gap: Int?
        var index = 0
        if bytes.starts(with: [0x3a, 0x3a]) {
            gap = 0
            index = 2
        }
        while index < bytes.count {
            guard groups.count < 8 else { return nil }
            let first = index
            var value: UInt16 = 0
            while index < bytes.count, index - first < 4, let digit = hexValue(bytes[index]) {
                value = value << 4 | UInt16(digit)
                index += 1
            }
            guard index > first else { return nil }
            if index < bytes.count, bytes[index] == 0x2e {
                guard groups.count <= 6, let tail = parseV4(bytes[first...]) else { return nil }
                groups += [UInt16(tail >> 16), UInt16(tail & 0xffff)]
                break
            }
            groups.append(value)
            if index == bytes.count { break }
            guard bytes[index] == 0x3a else { return nil }
            index += 1
            guard index < bytes.count else { return nil }
            if bytes[index] == 0x3a {
                guard gap == nil else { return nil }
                gap = groups.count
                index += 1
            }
        }
        if let gap {
            // `::` stands for at least one group of zeros.
            guard groups.count < 8 else { return nil }
            groups.insert(contentsOf: repeatElement(0, count: 8 - groups.count), at: gap)
        }
        guard groups.count == 8 else { return nil }
        let high = groups[..<4].reduce(0) { $0 << 16 | UInt64($1) }
        let low = groups[4...].reduce(0) { $0 << 16 | UInt64($1) }
        return .v6(high: high, low: low)
    }

    private static func hexValue(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x61...0x66: digit - 0x57
        case 0x41...0x46: digit - 0x37
        default: nil
        }
    }

    private static func text(v4 value: UInt32) -> String {
        "\(value >> 24).\(value >> 16 & 255).\(value >> 8 & 255).\(value & 255)"
    }

    private static func text(high: UInt64, low: UInt64) -> String {
        if high == 0, low >> 32 == 0xffff { return "::ffff:" + text(v4: UInt32(truncatingIfNeeded: low)) }
        var groups: [UInt64] = []
        for value in [high, low] {
            for shift in [48, 32, 16, 0] as [UInt64] { groups.append(value >> shift & 0xffff) }
        }
        // RFC 5952 section 4.2: the longest run of two or more zeros is shortened, the first of equals.
        var best = 0..<0
        var start = 0
        while start < 8 {
            var end = start
            while end < 8, groups[end] == 0 { end += 1 }
            if end - start >= 2, end - start > best.count { best = start..<end }
            start = max(end, start + 1)
        }
        func join(_ part: ArraySlice<UInt64>) -> String {
            part.map { String($0, radix: 16) }.joined(separator: ":")
        }
        if best.isEmpty { return join(groups[...]) }
        return join(groups[..<best.lowerBound]) + "::" + join(groups[best.upperBound...])
    }
}
