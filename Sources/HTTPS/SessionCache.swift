import Runtime
import TLS

/// What can resume connections to servers seen lately. Each session serves once (RFC 8446 appendix C.4).
final class SessionCache: Sendable {
    private struct Entry: Sendable {
        let origin: String
        let session: Session
    }

    private static let perOrigin = 2
    private static let limit = 256

    /// The oldest first.
    private let entries = Guarded<[Entry]>([])

    func put(_ session: Session, for origin: String) {
        entries.withLock { entries in
            if entries.count(where: { $0.origin == origin }) >= Self.perOrigin,
                let oldest = entries.firstIndex(where: { $0.origin == origin })
            {
                entries.remove(at: oldest)
            } else if entries.count >= Self.limit {
                entries.removeFirst()
            }
            entries.append(Entry(origin: origin, session: session))
        }
    }

    /// The newest for `origin`, which is forgotten.
    func take(_ origin: String) -> Session? {
        entries.withLock { entries in
            guard let newest = entries.lastIndex(where: { $0.origin == origin }) else { return nil }
            return entries.remove(at: newest).session
        }
    }
}
