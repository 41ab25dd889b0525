package import Billing
import Fields
package import Runtime
package import Storage

/// Makes the automatic tries of invoices when their time has come, a bounded number at once.
package final class Collector: Sendable, DueSource {
    private let engine: PaymentEngine
    private let doors: Doors
    /// Invoices whose try is going on.
    private let busy = Guarded<Set<InvoiceID>>([])

    private static let concurrencyLimit = 16
    /// The same where a clock is advanced, on which no call takes long.
    private static let awaitedLimit = 64
    private static let batch = 64

    package init(_ engine: PaymentEngine) {
        self.engine = engine
        doors = engine.doors
    }

    package var kind: StaticString { "collection" }

    package func nextDue(of application: ApplicationID, in snapshot: Snapshot) -> Timestamp? {
        snapshot.first(Invoice.byAttempt, Key(application))?.attemptDueAt
    }

    package func runDue(of application: ApplicationID, now: Timestamp, waits: Bool) async -> Int {
        let due = try? await engine.store.read { snapshot in
            var due: [InvoiceID] = []
            snapshot.scan(
                Invoice.byAttempt, prefix: Key(application), upTo: Key(application, now.adding(milliseconds: 1)),
                limit: Self.batch
            ) { invoice, _ in
                due.append(invoice.id)
                return true
            }
            return due
        }
        let limit = waits ? Self.awaitedLimit : Self.concurrencyLimit
        let mine = (due ?? []).filter { invoice in
            busy.withLock { $0.count < limit && $0.insert(invoice).inserted }
        }
        if waits {
            await doors.scheduler.forEach(mine, width: limit) { await self.collect($0, application) }
        } else {
            for invoice in mine {
                doors.scheduler.spawn(on: doors.scheduler.currentLoop) { await self.collect(invoice, application) }
            }
        }
        return mine.count
    }

    private func collect(_ invoice: InvoiceID, _ application: ApplicationID) async {
        do {
            _ = try await engine.collectDue(invoice, application: application)
        } catch {
            doors.log.write(.info, "collection_waits", [("invoice", invoice.description), ("error", "\(error)")])
            if await !postpone(invoice, application) {
                // Not even that could be written: rest in memory, so that nothing is asked again and again.
                doors.scheduler.spawn(on: doors.scheduler.currentLoop) {
                    await self.doors.scheduler.sleep(until: self.doors.clock.instant().adding(seconds: 30))
                    _ = self.busy.withLock { $0.remove(invoice) }
                }
                return
            }
        }
        _ = busy.withLock { $0.remove(invoice) }
    }

    /// Puts off a try that could not be made, as while a buyer's payment is being confirmed: ten minutes first, and
    /// ever longer the longer that takes.
    ///
    /// - Returns: whether the try is not due now.
    private func postpone(_ id: InvoiceID, _ application: ApplicationID) async -> Bool {
        let ledger = engine.ledger
        let written = try? await engine.store.transact(for: application) { transaction -> Bool in
            guard let before = transaction.get(Invoice.self, Key(id)), let due = before.attemptDueAt,
                due <= transaction.now
            else { return true }
            let open = Payments.open(of: id, in: transaction)
            let waited = open.map { (transaction.now.seconds - $0.createdAt.seconds) / 4 } ?? 3600
            var after = before
            after.nextPaymentAttempt = transaction.now.adding(seconds: min(86_400, max(600, waited)))
            ledger.save(after, before: before, action: "invoice.collection_waits", by: .system, in: transaction)
            return true
        }
        return written ?? false
    }
}
