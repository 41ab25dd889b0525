import Runtime
import Storage

/// What is due next in each application, kept in memory so that looking costs nothing where nothing changed.
struct Agenda: Sendable {
    /// One application.
    struct Entry: Sendable {
        /// When the next item of each source is due.
        let next: [Timestamp?]
        /// The application's own clock, where it has one.
        let ownTime: Timestamp?
    }

    /// Something that is due.
    struct Item: Sendable {
        let time: Timestamp
        let source: Int
        let application: ApplicationID
        /// The time of the application.
        let now: Timestamp
    }

    private var entries: [ApplicationID: Entry] = [:]
    private var stale: Set<ApplicationID> = []
    private var isUnread = true
    private var readAt: Instant?

    /// Takes in what transactions told; a word about nothing in particular is about everything.
    mutating func hear(_ topics: Set<StoreTopic>) {
        for topic in topics {
            if let subject = topic.subject { stale.insert(ApplicationID(subject)) } else { isUnread = true }
        }
    }

    /// Whether all applications are to be read: at first, when told so, and when the last time is so long ago.
    mutating func mustReadAll(_ now: Instant, _ milliseconds: Int64) -> Bool {
        let isOld = readAt.map { now >= $0.adding(milliseconds: Int(milliseconds)) } ?? true
        guard isUnread || isOld else { return false }
        isUnread = false
        readAt = now
        return true
    }

    mutating func takeStale() -> Set<ApplicationID> {
        defer { stale = [] }
        return stale
    }

    mutating func forget(_ application: ApplicationID) { stale.insert(application) }

    mutating func readFailed() { isUnread = true }

    mutating func note(_ entry: Entry, of application: ApplicationID) {
        entries[application] = entry.next.contains { $0 != nil } ? entry : nil
    }

    /// What is due by each application's clock, soonest first, and when the next is by the server's.
    func due(_ now: Timestamp) -> (items: [Item], next: Timestamp?) {
        var items: [Item] = []
        var next: Timestamp?
        for (application, entry) in entries {
            let time = entry.ownTime ?? now
            for (source, due) in entry.next.enumerated() {
                guard let due else { continue }
                if due <= time {
                    items.append(Item(time: due, source: source, application: application, now: time))
                } else if entry.ownTime == nil {
                    next = next.map { min($0, due) } ?? due
                }
            }
        }
        items.sort { ($0.time, $0.source, $0.application) < ($1.time, $1.source, $1.application) }
        return (items, next)
    }
}
