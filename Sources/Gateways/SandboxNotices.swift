package import Billing
import HTTP
package import Runtime
package import Storage

/// Delivers the notices of the sandbox gateways to this server's own door, as a gateway would from outside.
package final class SandboxNotices: Sendable, DueSource {
    private let store: Store
    private let vault: Vault
    private let doors: Doors
    private let inbound: InboundNotices

    /// Notices delivered at once.
    private static let batch = 50
    /// Deliveries that were not answered 2xx, before a notice is given up.
    private static let tryLimit: Int64 = 8

    package init(store: Store, vault: Vault, doors: Doors, inbound: InboundNotices) {
        self.store = store
        self.vault = vault
        self.doors = doors
        self.inbound = inbound
    }

    package var kind: StaticString { "sandbox_notices" }

    package func nextDue(of application: ApplicationID, in snapshot: Snapshot) -> Timestamp? {
        snapshot.first(SandboxNotice.byDue, Key(application))?.dueAt
    }

    package func runDue(of application: ApplicationID, now: Timestamp, waits: Bool) async -> Int {
        let due = try? await store.read { snapshot in
            var due: [SandboxNotice] = []
            snapshot.scan(
                SandboxNotice.byDue, prefix: Key(application),
                upTo: Key(application, now.adding(milliseconds: 1)), limit: Self.batch
            ) { notice, _ in
                due.append(notice)
                return true
            }
            return due
        }
        guard let due, !due.isEmpty else { return 0 }
        // Notices of one payment go one after another.
        var places: [PaymentHash: Int] = [:]
        var groups: [[SandboxNotice]] = []
        for notice in due {
            if let place = places[notice.payment] {
                groups[place].append(notice)
            } else {
                places[notice.payment] = groups.count
                groups.append([notice])
            }
        }
        let answers = Guarded<[String: Bool]>([:])
        await doors.scheduler.forEach(groups, width: Self.batch) { group in
            for notice in group {
                let isAccepted = await self.deliver(notice)
                answers.withLock { $0[notice.id] = isAccepted }
            }
        }
        return await record(due, answers.withLock { $0 }, now)
    }

    /// - Returns: whether it was accepted.
    private func deliver(_ notice: SandboxNotice) async -> Bool {
        let body = notice.body
        let signature = SandboxSignature(vault, notice.application, notice.gateway)
        let request = Request(
            method: .post, target: "/webhooks/\(notice.gateway)/\(notice.application)",
            headers: Headers([
                ("Content-Type", "application/json"),
                ("Sandbox-Signature", signature.header(body, at: doors.clock.now())),
            ]), body: body)
        let answer = await inbound.receive(gateway: notice.gateway, application: notice.application, request: request)
        return (200..<300).contains(answer.status)
    }

    /// - Returns: the count of notices for which was written what came of them.
    private func record(_ notices: [SandboxNotice], _ answers: [String: Bool], _ now: Timestamp) async -> Int {
        guard let application = notices.first?.application else { return 0 }
        let written = try? await store.transact(for: application) { transaction -> Int in
            for notice in notices {
                guard var kept = transaction.get(SandboxNotice.self, notice.primaryKey), kept.dueAt == notice.dueAt,
                    kept.copies == notice.copies, let isAccepted = answers[notice.id]
                else { continue }
                if isAccepted { kept.copies -= 1 } else { kept.tries += 1 }
                guard kept.copies > 0, kept.tries < Self.tryLimit else {
                    transaction.delete(kept)
                    continue
                }
                kept.dueAt = isAccepted ? now : now.adding(seconds: Self.delay(after: kept.tries))
                transaction.put(kept)
            }
            return notices.count
        }
        return written ?? 0
    }

    /// Seconds until a notice is sent again after `tries` refusals: 10 s, 1 min, 10 min, then hourly.
    private static func delay(after tries: Int64) -> Int64 {
        switch tries {
        case ...1: 10
        case 2: 60
        case 3: 600
        default: 3600
        }
    }
}
