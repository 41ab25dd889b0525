package import Billing
import Bytes
import Fields
package import Runtime
package import Storage
import Synchronization

/// The API's own due work: signatures that left the window, answers older than a day, portal links that ended, and the
/// last use of keys.
package struct Housekeeping: DueSource {
    private let services: Services

    package init(_ services: Services) {
        self.services = services
    }

    package var kind: StaticString { "housekeeping" }

    /// Rows of one transaction.
    private static let batchSize = 500
    /// Transactions of one run.
    private static let batchLimit = 40
    /// Expired rows wait a little, so that one run takes many.
    private static let patienceSeconds: Int64 = 10
    /// A key's last use is written at most so often.
    private static let useSeconds: Int64 = 60

    package func nextDue(of application: ApplicationID, in snapshot: Snapshot) -> Timestamp? {
        guard application == .none else { return nil }
        var due: Timestamp?
        func consider(_ time: Timestamp?) {
            guard let time else { return }
            due = due.map { min($0, time) } ?? time
        }
        let from = first
        snapshot.scan(ReplayRecord.self, from: from, limit: 1) { record, _ in
            consider(record.expiresAt.adding(seconds: Self.patienceSeconds))
            return false
        }
        snapshot.scan(IdempotencyRecord.byExpiry, from: from, limit: 1) { record, _ in
            consider(record.expiresAt.adding(seconds: Self.patienceSeconds))
            return false
        }
        snapshot.scan(PortalSession.byExpiry, from: from, limit: 1) { record, _ in
            consider(record.expiresAt.adding(seconds: Self.patienceSeconds))
            return false
        }
        for entry in services.keys.all {
            let use = entry.unsavedUse.load(ordering: .relaxed)
            if use > 0 { consider(Timestamp(milliseconds: use).adding(seconds: Self.useSeconds)) }
        }
        return due
    }

    package func runDue(of application: ApplicationID, now: Timestamp, waits: Bool) async -> Int {
        guard application == .none else { return 0 }
        var done = 0
        do {
            for _ in 0..<Self.batchLimit {
                let count = try await sweep(now)
                services.replayCount.note(-count.replays)
                done += count.replays + count.others
                if count.replays + count.others < Self.batchSize {
                    services.sweptUntil.store(now.milliseconds, ordering: .relaxed)
                    break
                }
            }
            done += try await saveUses(now)
        } catch {
            services.doors.log.write(.warning, "housekeeping_failed", [("error", "\(error)")])
        }
        return done
    }

    /// Where expired rows begin: those before were swept, and none is written with an end that has passed. Without
    /// this a walk would step over the marks of all rows removed so far.
    private var first: Key {
        Key(Timestamp(milliseconds: max(0, services.sweptUntil.load(ordering: .relaxed) - 5000)))
    }

    private func sweep(_ now: Timestamp) async throws -> (replays: Int, others: Int) {
        let from = first
        return try await services.store.transact { transaction in
            var replays: [Key] = []
            // A row must outlive the last moment at which its request is still in the window.
            transaction.scan(ReplayRecord.self, from: from, upTo: Key().adding(now), limit: Self.batchSize) { _, key in
                replays.append(key)
                return true
            }
            for key in replays { transaction.delete(ReplayRecord.self, key) }
            var left = Self.batchSize - replays.count
            var answers: [IdempotencyRecord] = []
            transaction.scan(IdempotencyRecord.byExpiry, from: from, upTo: Key().adding(now), limit: left) {
                record, _ in
                answers.append(record)
                return true
            }
            for record in answers { transaction.delete(record) }
            left -= answers.count
            var sessions: [PortalSession] = []
            transaction.scan(PortalSession.byExpiry, from: from, upTo: Key().adding(now), limit: max(0, left)) {
                session, _ in
                sessions.append(session)
                return true
            }
            for session in sessions { transaction.delete(session) }
            return (replays.count, answers.count + sessions.count)
        }
    }

    private func saveUses(_ now: Timestamp) async throws -> Int {
        var done = 0
        for entry in services.keys.all {
            let use = entry.unsavedUse.load(ordering: .relaxed)
            guard use > 0, Timestamp(milliseconds: use).adding(seconds: Self.useSeconds) <= now else { continue }
            entry.unsavedUse.store(0, ordering: .relaxed)
            let text = entry.key.key
            try await services.store.transact { transaction in
                guard var key = transaction.get(APIKey.self, Key().adding(text)) else { return }
                key.lastUsedAt = Timestamp(milliseconds: use)
                transaction.put(key)
            }
            done += 1
        }
        return done
    }
}
