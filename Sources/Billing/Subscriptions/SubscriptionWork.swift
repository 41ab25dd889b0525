package import Runtime
package import Storage

/// The time-driven work of subscriptions: starts, trial ends, renewals, ends, resumptions. A few items share one
/// transaction; each missed period is an item of its own, in order of time.
package struct SubscriptionWork: DueSource {
    private let store: Store
    private let ledger: Ledger
    package init(store: Store, ledger: Ledger) {
        self.store = store
        self.ledger = ledger
    }

    package var kind: StaticString { "subscriptions" }

    /// Items of one run.
    private static let runLimit = 200
    /// Items of one transaction: it stays short enough for whoever comes behind it.
    private static let batch = 16

    package func nextDue(of application: ApplicationID, in snapshot: Snapshot) -> Timestamp? {
        snapshot.first(Subscription.byDue, Key(application))?.dueAt
    }

    package func runDue(of application: ApplicationID, now: Timestamp, waits: Bool) async -> Int {
        let ledger = self.ledger
        var count = 0
        var batch = Self.batch
        while count < Self.runLimit {
            do {
                let size = batch
                let ran = try await store.transact(for: application) { transaction in
                    var ran = 0
                    while ran < size, try Self.runFirst(of: application, ledger, in: transaction) { ran += 1 }
                    return ran
                }
                guard ran > 0 else { break }
                count += ran
            } catch {
                // Nothing of the batch was done: whatever stands in the way is met alone.
                guard batch == 1 else {
                    batch = 1
                    continue
                }
                // A bill beyond what can be counted: it is for people to look at, and not to be tried in a circle.
                guard let refusal = error as? Refusal,
                    (try? await store.transact(for: application) {
                        Self.postponeFirst(of: application, refusal, ledger, in: $0)
                    }) != nil
                else { break }
                count += 1
            }
        }
        return count
    }

    /// Does the item that is due first.
    ///
    /// - Returns: whether there was one.
    static func runFirst(
        of application: ApplicationID, _ ledger: Ledger, in transaction: Transaction
    ) throws(Refusal) -> Bool {
        guard let (subscription, application) = first(of: application, ledger, in: transaction) else { return false }
        return try Subscriptions(ledger).advance(
            subscription, application: application, by: .system, in: transaction)
    }

    /// Puts the item that is due first off.
    static func postponeFirst(
        of application: ApplicationID, _ refusal: Refusal, _ ledger: Ledger, in transaction: Transaction
    ) {
        guard let (subscription, application) = first(of: application, ledger, in: transaction) else { return }
        Subscriptions(ledger).postpone(
            subscription, application, by: Act.system.because(refusal.message), in: transaction)
    }

    private static func first(
        of id: ApplicationID, _ ledger: Ledger, in transaction: Transaction
    ) -> (Subscription, Application)? {
        guard let subscription = transaction.first(Subscription.byDue, Key(id)), let due = subscription.dueAt,
            due <= ledger.now(of: id, in: transaction),
            let application = transaction.get(Application.self, Key(id))
        else { return nil }
        return (subscription, application)
    }
}
