package import Runtime
package import Storage

/// The time-driven work of invoices but their collection: the flag of an overdue one, and the end of a wait for a card.
package struct InvoiceWork: DueSource {
    private let store: Store
    private let ledger: Ledger

    package init(store: Store, ledger: Ledger) {
        self.store = store
        self.ledger = ledger
    }

    package var kind: StaticString { "invoices" }

    /// Items of one run.
    private static let runLimit = 100
    /// Items of one transaction: it stays short enough for whoever comes behind it.
    private static let batch = 8

    package func nextDue(of application: ApplicationID, in snapshot: Snapshot) -> Timestamp? {
        snapshot.first(Invoice.byOverdue, Key(application))?.overdueDueAt
    }

    package func runDue(of application: ApplicationID, now: Timestamp, waits: Bool) async -> Int {
        let ledger = self.ledger
        var count = 0
        while count < Self.runLimit {
            let ran = try? await store.transact(for: application) { transaction in
                var ran = 0
                while ran < Self.batch, Self.runFirst(of: application, ledger, in: transaction) { ran += 1 }
                return ran
            }
            guard let ran, ran > 0 else { break }
            count += ran
        }
        return count
    }

    /// Does the item that is due first.
    ///
    /// - Returns: whether there was one.
    static func runFirst(of application: ApplicationID, _ ledger: Ledger, in transaction: Transaction) -> Bool {
        guard let invoice = transaction.first(Invoice.byOverdue, Key(application)), let due = invoice.overdueDueAt,
            due <= ledger.now(of: application, in: transaction)
        else { return false }
        Invoices(ledger).advance(invoice, by: .system, in: transaction)
        return true
    }
}
