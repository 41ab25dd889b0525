package import Runtime

/// The text forms of IP addresses (RFC 4291 section 2.2, RFC 5952).
package enum AddressText {
    /// The address `text` spells: four decimal numbers without leading zeros, or an IPv6 address without brackets and
    /// zone. Nil for everything else, such as octal, hexadecimal and shortened IPv4 forms.
    package static func parse(_ text: some StringProtocol) -> IPAddress? {
        let bytes = Array(text.utf8)
        guard bytes.count <= 45 else { return nil }
        if let number = v4(bytes[...]) { return .v4(number) }
        return v6(bytes)
    }

    /// The canonical text, IPv6 compressed and in lower case, without brackets.
    package static func text(_ address: IPAddress) -> String {
        switch address {
        case .v4(let number):
            return "\(number >> 24).\(number >> 16 & 255).\(number >> 8 & 255).\(number & 255)"
        case .v6(let high, let low):
            let groups = (0..<8).map { UInt16(truncatingIfNeeded: ($0 < 4 ? high : low) >> UInt64(48 - $0 % 4 * 16)) }
            // RFC 5952 section 4.2: the first longest run of at least two zero groups is compressed.
            var best = 0..<0
            var index = 0
            while index < 8 {
                var end = index
                while end < 8, groups[end] == 0 { end += 1 }
                if end - index > max(best.count, 1) { best = index..<end }
                index = max(end, index + 1)
            }
            let texts = groups.map { String($0, radix: 16) }
            if best.isEmpty { return texts.joined(separator: ":") }
            return texts[..<best.lowerBound].joined(separator: ":") + "::"
                + texts[best.upperBound...].joined(separator: ":")
        }
    }

    private static func v4(_ bytes: ArraySlice<UInt8>) -> UInt32? {
        let parts = bytes.split(separator: 0x2e, omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var number: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.count), part.count == 1 || part.first != 0x30 else { return nil }
            var value: UInt32 = 0
            for byte in part {
                guard ASCII.isDigit(byte) else { return nil }
                value = value * 10 + UInt32(byte - 0x30)
            }
            guard value <= 255 else { return nil }
            number = number << 8 | value
        }
        return number
    }

    private static func v6(_ bytes: [UInt8]) -> IPAddress? {
        var head: [UInt16] = []
        var tail: [UInt16]?
        var index = 0
        if bytes.starts(with: [0x3a, 0x3a]) {
            tail = []
            index = 2
        }
        var expectsGroup = tail == nil
        while index < bytes.count {
            guard head.count + (tail?.count ?? 0) < 8 else { return nil }
            let end = bytes[index...].firstIndex(of: 0x3a) ?? bytes.count
            let part = bytes[index..<end]
            var groups: [UInt16] = []
            if part.contains(0x2e) {
                guard end == bytes.count, let number = v4(part) else { return nil }
                groups = [UInt16(number >> 16), UInt16(number & 0xffff)]
            } else {
                guard (1...4).contains(part.count),
                    let value = String(validating: part, as: UTF8.self).flatMap({ UInt16($0, radix: 16) }),
                    part.first != 0x2b
                else { return nil }
                groups = [value]
            }
            if tail == nil { head += groups } else { tail? += groups }
            expectsGroup = false
            index = end
            if index < bytes.count {
                index += 1
                expectsGroup = true
                if index < bytes.count, bytes[index] == 0x3a {
                    guard tail == nil else { return nil }
                    tail = []
                    index += 1
                    expectsGroup = false
                }
            }
        }
        guard !expectsGroup else { return nil }
        let count = head.count + (tail?.count ?? 0)
        // "::" stands for at least one group.
        guard tail == nil ? count == 8 : count <= 7 else { return nil }
        let groups = head + Array(repeating: 0, count: 8 - count) + (tail ?? [])
        var halves: [UInt64] = [0, 0]
        for (position, group) in groups.enumerated() {
            halves[position / 4] = halves[position / 4] << 16 | UInt64(group)
        }
        return .v6(high: halves[0], low: halves[1])
    }
}
