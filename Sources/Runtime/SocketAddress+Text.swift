/// Text forms: `192.0.2.1:80`, `[2001:db8::1]:80`, and an absolute path for a Unix-domain socket.
extension SocketAddress: CustomStringConvertible {
    /// Reads a text form; nil for anything else, host names among it.
    package init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        if bytes.first == 0x2f {
            guard bytes.count <= 107, !bytes.contains(0) else { return nil }
            self = .unix(path: String(text))
            return
        }
        guard let colon = bytes.lastIndex(of: 0x3a), let port = Self.port(bytes[(colon + 1)...]) else { return nil }
        let host = bytes[..<colon]
        if host.first == 0x5b {
            guard host.count > 2, host.last == 0x5d,
                let address = IPAddress(String(decoding: host.dropFirst().dropLast(), as: UTF8.self)),
                case .v6 = address
            else { return nil }
            self = .ip(address, port: port)
        } else {
            guard let address = IPAddress(String(decoding: host, as: UTF8.self)), case .v4 = address else {
                return nil
            }
            self = .ip(address, port: port)
        }
    }

    package var description: String {
        switch self {
        case .ip(let address, let port):
            if case .v6 = address { "[\(address)]:\(port)" } else { "\(address):\(port)" }
        case .unix(let path): path
        }
    }

    private static func port(_ digits: ArraySlice<UInt8>) -> UInt16? {
        guard (1...5).contains(digits.count) else { return nil }
        var value = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            value = value * 10 + Int(digit - 0x30)
        }
        return UInt16(exactly: value)
    }
}
