package import Runtime

/// An absolute `http` or `https` URL (RFC 3986), strictly read: visible ASCII, no user information, valid escapes, a host
/// that every parser reads alike.
package struct URL: Sendable, Equatable, CustomStringConvertible {
    /// The schemes that are spoken here.
    package enum Scheme: String, Sendable {
        case http, https
    }

    package let scheme: Scheme
    /// A name in lower case, an IPv4 address, or an IPv6 address without brackets.
    package let host: String
    /// The address, when `host` spells one.
    package let address: IPAddress?
    /// 1 to 65,535; 80 or 443 when the text names none.
    package let port: UInt16
    /// The raw path, beginning with `/`.
    package let path: String
    /// The raw query without `?`; nil when there is no `?`.
    package let query: String?
    /// The raw fragment without `#`; nil when there is no `#`. It is never sent.
    package let fragment: String?

    /// Reads at most 8,192 bytes.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count <= 8192, bytes.allSatisfy(ASCII.isVisible) else { return nil }
        let lower = bytes.prefix(8).map(ASCII.lowercased)
        let authorityStart: Int
        if lower.starts(with: "https://".utf8) {
            (scheme, authorityStart) = (.https, 8)
        } else if lower.starts(with: "http://".utf8) {
            (scheme, authorityStart) = (.http, 7)
        } else {
            return nil
        }
        func isEnd(_ byte: UInt8) -> Bool { byte == 0x2f || byte == 0x3f || byte == 0x23 }
        let authorityEnd = bytes[authorityStart...].firstIndex(where: isEnd) ?? bytes.count
        guard let authority = Authority(bytes[authorityStart..<authorityEnd]) else { return nil }
        host = authority.host
        address = authority.address
        port = authority.port ?? (scheme == .https ? 443 : 80)

        let fragmentMark = bytes[authorityEnd...].firstIndex(of: 0x23) ?? bytes.count
        let queryMark = bytes[authorityEnd..<fragmentMark].firstIndex(of: 0x3f) ?? fragmentMark
        guard Self.isValid(bytes[authorityEnd...]) else { return nil }
        path = authorityEnd == queryMark ? "/" : String(decoding: bytes[authorityEnd..<queryMark], as: UTF8.self)
        query = queryMark == fragmentMark ? nil : String(decoding: bytes[(queryMark + 1)..<fragmentMark], as: UTF8.self)
        fragment =
            fragmentMark == bytes.count ? nil : String(decoding: bytes[(fragmentMark + 1)...], as: UTF8.self)
    }

    /// The URL as text, normalized in scheme, host and port.
    package var text: String {
        origin + target + (fragment.map { "#" + $0 } ?? "")
    }

    package var description: String { text }

    /// Path and query, as they stand in a request line.
    package var target: String {
        path + (query.map { "?" + $0 } ?? "")
    }

    /// Host, and port unless it is the scheme's own, as in a `Host` field.
    package var authority: String {
        var isV6 = false
        if case .v6 = address { isV6 = true }
        let name = isV6 ? "[\(host)]" : host
        return port == (scheme == .https ? 443 : 80) ? name : "\(name):\(port)"
    }

    /// Scheme and authority (RFC 6454), such as `https://example.com`.
    package var origin: String {
        "\(scheme.rawValue)://\(authority)"
    }

    /// Whether the host means this machine: `localhost` and names under it, 127.0.0.0/8, ::1.
    package var isLoopback: Bool {
        switch address?.unmapped {
        case .v4(let number): number >> 24 == 127
        case .v6(let high, let low): high == 0 && low == 1
        case nil:
            ["localhost", "localhost."].contains(host) || host.hasSuffix(".localhost") || host.hasSuffix(".localhost.")
        }
    }

    /// Whether path, query and fragment hold only what RFC 3986 allows, escapes complete. `#` may stand once.
    private static func isValid(_ bytes: ArraySlice<UInt8>) -> Bool {
        var index = bytes.startIndex
        var fragmentCount = 0
        while index < bytes.endIndex {
            switch bytes[index] {
            case 0x25:
                guard index + 2 < bytes.endIndex, PercentEncoding.hexValue(bytes[index + 1]) != nil,
                    PercentEncoding.hexValue(bytes[index + 2]) != nil
                else { return false }
                index += 2
            case 0x23:
                fragmentCount += 1
                if fragmentCount > 1 { return false }
            // " < > \ ^ ` { | } are in no production of RFC 3986.
            case 0x22, 0x3c, 0x3e, 0x5c, 0x5e, 0x60, 0x7b, 0x7c, 0x7d: return false
            default: break
            }
            index += 1
        }
        return true
    }
}

extension URL {
    /// The host and port of a URL.
    private struct Authority {
        let host: String
        let address: IPAddress?
        let port: UInt16?

        init?(_ bytes: ArraySlice<UInt8>) {
            var hostBytes = bytes
            var portBytes: ArraySlice<UInt8>?
            if bytes.first == 0x5b {
                guard let close = bytes.firstIndex(of: 0x5d) else { return nil }
                hostBytes = bytes[(bytes.startIndex + 1)..<close]
                let rest = bytes[(close + 1)...]
                if let colon = rest.first {
                    guard colon == 0x3a else { return nil }
                    portBytes = rest.dropFirst()
                }
                guard hostBytes.contains(0x3a),
                    let address = IPAddress(String(decoding: hostBytes, as: UTF8.self))
                else { return nil }
                self.address = address
                host = address.description
            } else {
                if let colon = bytes.firstIndex(of: 0x3a) {
                    hostBytes = bytes[..<colon]
                    portBytes = bytes[(colon + 1)...]
                }
                let name = String(decoding: hostBytes.map(ASCII.lowercased), as: UTF8.self)
                guard Self.isName(hostBytes) else { return nil }
                address = IPAddress(name)
                // A last label of digits means an IPv4 address to every parser; any other spelling is refused.
                let lastLabel = name.split(separator: ".").last ?? ""
                if address == nil, Self.looksNumeric(lastLabel) { return nil }
                host = name
            }
            if let portBytes {
                guard (1...5).contains(portBytes.count), portBytes.allSatisfy(ASCII.isDigit),
                    let number = UInt16(String(decoding: portBytes, as: UTF8.self)), number > 0
                else { return nil }
                port = number
            } else {
                port = nil
            }
        }

        /// Labels of 1 to 63 letters, digits, hyphens and underscores, 253 bytes in all; a dot may end it.
        private static func isName(_ bytes: ArraySlice<UInt8>) -> Bool {
            guard (1...253).contains(bytes.count) else { return false }
            var labels = bytes.split(separator: 0x2e, omittingEmptySubsequences: false)
            if labels.count > 1, labels[labels.count - 1].isEmpty { labels.removeLast() }
            return labels.allSatisfy { label in
                (1...63).contains(label.count) && label.first != 0x2d && label.last != 0x2d
                    && label.allSatisfy { ASCII.isLetter($0) || ASCII.isDigit($0) || $0 == 0x2d || $0 == 0x5f }
            }
        }

        private static func looksNumeric(_ label: Substring) -> Bool {
            label.utf8.allSatisfy(ASCII.isDigit)
                || (label.hasPrefix("0x") && label.dropFirst(2).utf8.allSatisfy { PercentEncoding.hexValue($0) != nil })
        }
    }
}
