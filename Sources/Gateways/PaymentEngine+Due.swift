package import Billing
package import Runtime
package import Storage

/// Lookups, automatic refunds and expiry, when their time has come.
extension PaymentEngine: DueSource {
    package var kind: StaticString { "payments" }

    /// Payments whose due work may go on at once.
    private static let concurrencyLimit = 32

    package func nextDue(of application: ApplicationID, in snapshot: Snapshot) -> Timestamp? {
        var next: Timestamp?
        snapshot.scan(Payment.byDue, prefix: Key().adding(application), limit: 1) { payment, _ in
            next = payment.dueAt
            return false
        }
        return next
    }

    package func runDue(of application: ApplicationID, now: Timestamp, waits: Bool) async -> Int {
        let due = try? await store.read { snapshot in
            var due: [PaymentHash] = []
            snapshot.scan(Payment.byDue, prefix: Key().adding(application), limit: 100) { payment, _ in
                guard let time = payment.dueAt, time <= now else { return false }
                due.append(payment.hash)
                return true
            }
            return due
        }
        let mine = (due ?? []).filter { hash in
            busy.withLock { $0.count < Self.concurrencyLimit && $0.insert(hash).inserted }
        }
        if waits {
            await doors.scheduler.forEach(mine, width: Self.concurrencyLimit) { await self.runDue($0) }
        } else {
            for hash in mine {
                doors.scheduler.spawn(on: doors.scheduler.currentLoop) { await self.runDue(hash) }
            }
        }
        return mine.count
    }

    private func runDue(_ hash: PaymentHash) async {
        do {
            try await doDue(hash)
        } catch {
            doors.log.write(.warning, "due_payment", [("payment", hash.description), ("error", "\(error)")])
            guard await postpone(hash) else {
                // Not even that could be written: rest in memory, so that nothing is asked again and again.
                doors.scheduler.spawn(on: doors.scheduler.currentLoop) {
                    await self.doors.scheduler.sleep(until: self.doors.clock.instant().adding(seconds: 30))
                    _ = self.busy.withLock { $0.remove(hash) }
                }
                return
            }
        }
        _ = busy.withLock { $0.remove(hash) }
    }

    private func doDue(_ hash: PaymentHash) async throws {
        let payment = try await load(hash)
        let now = try await store.read { $0.now(of: payment.application, doors.clock) }
        for attempt in payment.attempts {
            if let time = attempt.nextLookAt, time <= now {
                _ = try await look(hash, attempt: attempt.number, by: .system)
            }
        }
        for refund in payment.refunds {
            if let time = refund.nextLookAt, time <= now { try await lookRefund(hash, refund.id, by: .system) }
        }
        let after = try await load(hash)
        if after.status == .pending, after.expiresAt <= now, after.dueAt == after.expiresAt {
            _ = try await cancel(hash, application: after.application, reason: .expired, by: .system)
        }
    }

    /// Puts off what was due and failed, such as a lookup at a gateway that is not configured any more.
    ///
    /// - Returns: whether nothing of the payment is due now.
    private func postpone(_ hash: PaymentHash) async -> Bool {
        let changed = try? await change(hash, "payment.postpone", by: .system) { payment, transaction in
            payment.postpone(now: transaction.now)
            return payment.dueAt.map { $0 > transaction.now } ?? true
        }
        return changed?.answer ?? false
    }
}
