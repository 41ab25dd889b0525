import Runtime

/// What `/etc/resolv.conf` says, within limits.
struct ResolverConfiguration: Equatable {
    /// 1 to 3 servers.
    var servers: [SocketAddress] = []
    /// For one answer, 1 to 30.
    var timeoutSeconds = 5
    /// Rounds over all servers, 1 to 5.
    var attempts = 2
    /// Domains in which a name without a dot is looked for, at most 6.
    var search: [String] = []

    /// Reads `text`; what it does not know it ignores, as the C library does.
    init(_ text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            guard let keyword = words.first else { continue }
            switch keyword {
            case "nameserver":
                if servers.count < 3, words.count > 1, let address = IPAddress(words[1]) {
                    servers.append(.ip(address, port: 53))
                }
            case "search", "domain": search = words.dropFirst().prefix(6).map(String.init)
            case "options":
                for option in words.dropFirst() {
                    if let value = Self.value(of: "timeout:", in: option) { timeoutSeconds = min(max(value, 1), 30) }
                    if let value = Self.value(of: "attempts:", in: option) { attempts = min(max(value, 1), 5) }
                }
            default: continue
            }
        }
        if servers.isEmpty { servers = [.ip(.v4(0x7f00_0001), port: 53)] }
    }

    /// The full names to ask for, in order.
    func candidates(for name: String) -> [String] {
        name.contains(".") ? [name] : search.map { "\(name).\($0)" } + [name]
    }

    private static func value(of prefix: String, in option: Substring) -> Int? {
        option.hasPrefix(prefix) ? Int(option.dropFirst(prefix.count)) : nil
    }
}
