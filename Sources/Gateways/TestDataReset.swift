package import Billing
import Fields
package import Runtime
package import Storage

/// Deletes everything that happened in a test application, while a mark keeps everybody else from writing there. What
/// the operator and the merchant set up stays: the application, its keys, gateways and webhook endpoints, the answers
/// kept for idempotency keys, and the audit trail.
package final class TestDataReset: Sendable, DueSource {
    private let store: Store
    private let ledger: Ledger
    private let doors: Doors
    /// Applications at which this server is working.
    private let busy = Guarded<Set<ApplicationID>>([])
    /// What the last reset of each application deleted.
    private let counts = Guarded<[ApplicationID: Int64]>([:])

    /// Rows that one reading looks at.
    private static let readLimit = 500
    /// Rows that one transaction deletes.
    private static let batch = 50
    /// Calls that were on their way when the mark was set end within this time: none of their transactions is taken.
    private static let restMilliseconds = 200

    package init(store: Store, ledger: Ledger, doors: Doors) {
        self.store = store
        self.ledger = ledger
        self.doors = doors
    }

    package var kind: StaticString { "resets" }
    package var worksDuringReset: Bool { true }

    package func nextDue(of application: ApplicationID, in snapshot: Snapshot) -> Timestamp? {
        snapshot.isResetting(application) ? Timestamp(milliseconds: 0) : nil
    }

    package func runDue(of application: ApplicationID, now: Timestamp, waits: Bool) async -> Int {
        guard !busy.withLock({ $0.contains(application) }) else { return 0 }
        do {
            _ = try await run(application)
            return 1
        } catch {
            doors.log.write(.warning, "reset_waits", [("error", "\(error)")])
            return 0
        }
    }

    /// Deletes all that is left, and takes the mark away.
    ///
    /// - Returns: how many rows were deleted since the mark was set.
    package func run(_ application: ApplicationID) async throws -> Int64 {
        while !busy.withLock({ $0.insert(application).inserted }) { await pause() }
        defer { _ = busy.withLock { $0.remove(application) } }
        // Whoever comes while another is at it hears the same.
        guard try await store.read({ $0.isResetting(application) }) else {
            return counts.withLock { $0[application] ?? 0 }
        }
        await pause()
        try await sweep(application)
        let ledger = self.ledger
        let count = try await store.transact { transaction -> Int64 in
            guard let mark = transaction.get(DataReset.self, Key(application)) else { return 0 }
            Self.settleEndpoints(of: application, in: transaction)
            transaction.delete(mark)
            ledger.audit(
                "test_data.reset", on: application.description, application: application, by: mark.act,
                in: transaction)
            transaction.announceWork(of: application)
            return mark.deletedCount
        }
        counts.withLock { $0[application] = count }
        return count
    }

    private func pause() async {
        await doors.scheduler.sleep(until: doors.clock.instant().adding(milliseconds: Self.restMilliseconds))
    }

    /// Whatever hangs on something else goes before it.
    private func sweep(_ application: ApplicationID) async throws {
        try await delete(Delivery.self, of: application, in: Delivery.byApplication) { one, _ in one.application }
        try await delete(Event.self, of: application) { one, _ in one.application }
        try await delete(GatewayEvent.self, of: application, in: GatewayEvent.byApplication) { one, _ in one.application
        }
        try await delete(SandboxNotice.self, of: application) { one, _ in one.application }
        try await delete(SandboxCall.self, of: application) { one, _ in one.application }
        try await delete(SandboxCharge.self, of: application) { one, _ in one.application }
        try await delete(SandboxSession.self, of: application) { one, _ in one.application }
        try await delete(SandboxMethod.self, of: application) { one, _ in one.application }
        try await delete(CreditNote.self, of: application, in: CreditNote.byApplication) { one, _ in one.application }
        try await delete(Invoice.self, of: application, in: Invoice.byApplication) { one, _ in one.application }
        try await delete(Payment.self, of: application, in: Payment.byApplication) { one, _ in one.application }
        try await delete(Subscription.self, of: application, in: Subscription.byApplication) { one, _ in one.application
        }
        try await delete(Plan.self, of: application) { one, _ in one.application }
        try await delete(RecurringTotal.self, of: application) { one, _ in one.application }
        try await delete(RecurringDay.self, of: application) { one, _ in one.application }
        try await delete(InvoiceDay.self, of: application) { one, _ in one.application }
        try await delete(InvoiceDueDay.self, of: application) { one, _ in one.application }
        try await delete(CreditEntry.self, of: application, isScattered: true) { one, _ in one.application }
        try await delete(PaymentMethodSetup.self, of: application, isScattered: true) { one, _ in one.application }
        try await delete(PaymentMethod.self, of: application, isScattered: true) { one, _ in one.application }
        try await delete(PortalSession.self, of: application, isScattered: true) { one, _ in one.application }
        try await delete(TrialGrant.self, of: application, isScattered: true) { Self.owner(of: $0.customer, in: $1) }
        try await delete(CustomerKey.self, of: application, isScattered: true) { Self.owner(of: $0.customer, in: $1) }
        try await delete(Customer.self, of: application, isScattered: true) { one, _ in one.application }
        try await delete(WebhookEndpoint.self, of: application, isScattered: true) { one, _ in
            one.deletedAt == nil ? nil : one.application
        }
        try await delete(Counters.self, of: application) { one, _ in one.application }
        try await delete(TestClock.self, of: application) { one, _ in one.application }
    }

    /// Deletes the rows of one table that belong to the application, from the first to the last.
    ///
    /// - Parameters:
    ///   - index: Holds them behind the application; nil where the table itself does.
    ///   - isScattered: Whether nothing does, so that the whole table is walked.
    private func delete<Record: Entity>(
        _: Record.Type, of application: ApplicationID, in index: Index<Record>? = nil, isScattered: Bool = false,
        _ owner: @escaping @Sendable (Record, Snapshot) -> ApplicationID?
    ) async throws {
        let prefix = isScattered ? Key() : Key(application)
        var last: Key?
        while true {
            let after = last
            let found = try await store.read { snapshot -> (keys: [Key], last: Key?) in
                var keys: [Key] = []
                var last: Key?
                func take(_ record: Record, _ entry: Key) -> Bool {
                    last = entry
                    if owner(record, snapshot) == application { keys.append(record.primaryKey) }
                    return true
                }
                if let index {
                    snapshot.scan(index, prefix: prefix, after: after, limit: Self.readLimit, take)
                } else {
                    snapshot.scan(Record.self, prefix: prefix, after: after, limit: Self.readLimit, take)
                }
                return (keys, last)
            }
            guard let end = found.last else { return }
            last = end
            for start in stride(from: 0, to: found.keys.count, by: Self.batch) {
                let keys = Array(found.keys[start..<min(start + Self.batch, found.keys.count)])
                try await store.transact { transaction in
                    guard var mark = transaction.get(DataReset.self, Key(application)) else { return }
                    for key in keys {
                        guard let record = transaction.get(Record.self, key), owner(record, transaction) == application
                        else { continue }
                        mark.deletedCount += 1
                        transaction.delete(record)
                    }
                    transaction.put(mark)
                }
            }
        }
    }

    /// The application of a customer, for what tells its customer alone.
    private static func owner(of customer: CustomerID, in snapshot: Snapshot) -> ApplicationID? {
        snapshot.get(Customer.self, Key(customer))?.application
    }

    /// Endpoints stay, and begin as if nothing had been sent to them.
    private static func settleEndpoints(of application: ApplicationID, in transaction: Transaction) {
        var endpoints: [WebhookEndpoint] = []
        transaction.scan(
            WebhookEndpoint.byApplication, prefix: Key(application), limit: WebhookEndpoint.limit
        ) { endpoint, _ in
            endpoints.append(endpoint)
            return true
        }
        for var endpoint in endpoints {
            if endpoint.state == .failing { endpoint.state = .delivering }
            endpoint.consecutiveFailures = 0
            endpoint.failingSince = nil
            endpoint.lastSuccessAt = nil
            endpoint.backlogSince = nil
            endpoint.backlogCursor = Blob()
            transaction.put(endpoint)
        }
    }
}
