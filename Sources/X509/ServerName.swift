/// Whom a client means to talk to: a host by name, or an address.
public enum ServerName: Sendable, Hashable {
    /// Lower case, A-labels, no dot at the end.
    case dns(String)
    /// 4 or 16 bytes.
    case ip([UInt8])

    /// A host name or an IP address, in text without brackets or zone; one dot at the end of a name is dropped.
    ///
    /// Nil for names with empty labels or labels over 63 bytes, over 253 bytes, with anything but letters, digits,
    /// hyphens and underscores, and for those that end in a number and so are neither name nor address. Other scripts
    /// must come as A-labels (`xn--`).
    public init?(_ text: String) {
        if let address = AddressText.bytes(text) {
            self = .ip(address)
            return
        }
        guard text.utf8.count <= 254 else { return nil }
        var bytes = Array(text.utf8)
        if bytes.last == UInt8(ascii: ".") { bytes.removeLast() }
        guard let name = ServerName.lowercased(bytes), ServerName.isHostName(name[...]) else { return nil }
        self = .dns(String(decoding: name, as: UTF8.self))
    }

    /// Whether a certificate with these names is for this host (RFC 9525 section 6).
    ///
    /// A wildcard is the whole leftmost label, stands for exactly one label, and has two or more behind it. Addresses
    /// match only names that are addresses, and hosts only those that are hosts.
    public func matches(_ names: [GeneralName]) -> Bool {
        names.contains { name in
            switch (self, name) {
            case (.ip(let wanted), .ip(let address)): wanted == address
            case (.dns(let wanted), .dns(let pattern)):
                ServerName.matches(Array(wanted.utf8), pattern: Array(pattern.utf8))
            default: false
            }
        }
    }

    private static func matches(_ name: [UInt8], pattern: [UInt8]) -> Bool {
        guard let pattern = lowercased(pattern) else { return false }
        guard pattern.starts(with: [UInt8(ascii: "*"), UInt8(ascii: ".")]) else {
            return name == pattern && isHostName(pattern[...])
        }
        let rest = pattern[2...]
        guard rest.contains(UInt8(ascii: ".")), isHostName(rest), let dot = name.firstIndex(of: UInt8(ascii: ".")),
            dot > 0
        else { return false }
        return name[(dot + 1)...] == rest
    }

    /// ASCII in lower case, or nil when there is anything else.
    static func lowercased(_ text: [UInt8]) -> [UInt8]? {
        var result = text
        for (index, byte) in text.enumerated() {
            guard byte < 0x80 else { return nil }
            if byte >= UInt8(ascii: "A"), byte <= UInt8(ascii: "Z") { result[index] = byte | 0x20 }
        }
        return result
    }

    /// Labels of 1 to 63 letters, digits, hyphens (not at an end) and underscores; the last is no number.
    static func isHostName(_ name: ArraySlice<UInt8>) -> Bool {
        guard !name.isEmpty, name.count <= 253 else { return false }
        let labels = name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        for label in labels {
            guard label.count >= 1, label.count <= 63, label.first != UInt8(ascii: "-"),
                label.last != UInt8(ascii: "-"), label.allSatisfy(isNameCharacter)
            else { return false }
        }
        return labels.last?.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") } == false
    }

    private static func isNameCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

extension ServerName: CustomStringConvertible {
    /// The name, or the usual text of the address.
    public var description: String {
        switch self {
        case .dns(let name): name
        case .ip(let bytes): AddressText.of(bytes)
        }
    }
}
