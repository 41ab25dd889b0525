import Runtime

extension IPAddress {
    /// Whether it means the machine itself.
    var isLoopback: Bool {
        switch self {
        case .v4(let value): value >> 24 == 127
        case .v6(let high, let low): high == 0 && low == 1
        }
    }

    /// The address `text` spells: dotted IPv4, or IPv6 in hexadecimal groups (RFC 4291, section 2.2, forms 1 and 2).
    init?(text: String) {
        if let value = Self.v4Value(text) {
            self = .v4(value)
            return
        }
        let halves = text.split(separator: "::", omittingEmptySubsequences: false)
        guard text.contains(":"), halves.count <= 2, let front = Self.groups(halves[0]),
            let back = halves.count == 2 ? Self.groups(halves[1]) : []
        else { return nil }
        let gap = 8 - front.count - back.count
        guard halves.count == 2 ? gap >= 1 : gap == 0 else { return nil }
        let all = front + Array(repeating: 0, count: gap) + back
        self = .v6(
            high: all[0..<4].reduce(0) { $0 << 16 | UInt64($1) }, low: all[4..<8].reduce(0) { $0 << 16 | UInt64($1) })
    }

    private static func v4Value(_ text: String) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var value: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.utf8.count), part.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let byte = UInt8(part)
            else { return nil }
            value = value << 8 | UInt32(byte)
        }
        return value
    }

    private static func groups(_ text: Substring) -> [UInt16]? {
        if text.isEmpty { return [] }
        var groups: [UInt16] = []
        for part in text.split(separator: ":", omittingEmptySubsequences: false) {
            guard (1...4).contains(part.utf8.count), let group = UInt16(part, radix: 16) else { return nil }
            groups.append(group)
        }
        return groups.count <= 8 ? groups : nil
    }
}
