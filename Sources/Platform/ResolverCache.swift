import Runtime

/// Answers of the resolver, kept for at most a minute so that an address taken out of service is soon forgotten.
final class ResolverCache: Sendable {
    private struct Entry: Sendable {
        let addresses: [IPAddress]
        let expiry: Instant
    }

    private static let entryLimit = 256
    private static let longestSeconds = 60

    private let entries = Guarded<[String: Entry]>([:])

    func addresses(of name: String, at now: Instant) -> [IPAddress]? {
        entries.withLock { entries in
            guard let entry = entries[name], now < entry.expiry else { return nil }
            return entry.addresses
        }
    }

    func store(_ addresses: [IPAddress], of name: String, seconds: UInt32, at now: Instant) {
        guard seconds > 0 else { return }
        let entry = Entry(
            addresses: addresses, expiry: now.adding(seconds: min(Int(seconds), Self.longestSeconds)))
        entries.withLock { entries in
            // Rare, and simpler than ranking entries by age.
            if entries.count >= Self.entryLimit, entries[name] == nil { entries.removeAll() }
            entries[name] = entry
        }
    }
}
