import Runtime

/// Answers of the resolver: addresses for at most a minute, so that one taken out of service is soon forgotten, and
/// that a name has none for at most ten seconds, so that a new one is soon found.
final class ResolverCache: Sendable {
    private struct Entry: Sendable {
        let addresses: [IPAddress]
        let expiry: Instant
    }

    private static let entryLimit = 256
    private static let longestSeconds = 60
    private static let longestAbsenceSeconds = 10

    private let entries = Guarded<[String: Entry]>([:])

    /// The addresses of `name`, empty when it is known to have none; nil when nothing is known.
    func addresses(of name: String, at now: Instant) -> [IPAddress]? {
        entries.withLock { entries in
            guard let entry = entries[name], now < entry.expiry else { return nil }
            return entry.addresses
        }
    }

    /// Remembers an answer that holds for `seconds`.
    func store(_ addresses: [IPAddress], of name: String, seconds: UInt32, at now: Instant) {
        guard seconds > 0 else { return }
        let longest = addresses.isEmpty ? Self.longestAbsenceSeconds : Self.longestSeconds
        let entry = Entry(addresses: addresses, expiry: now.adding(seconds: min(Int(seconds), longest)))
        entries.withLock { entries in
            // Rare, and simpler than ranking entries by age.
            if entries.count >= Self.entryLimit, entries[name] == nil { entries.removeAll() }
            entries[name] = entry
        }
    }
}
