package import Billing
package import Gateways
package import HTTP
package import Runtime
package import Storage
import Synchronization

/// What the API stands on.
package final class Services: Sendable {
    package let doors: Doors
    package let store: Store
    package let ledger: Ledger
    package let engine: PaymentEngine
    package let notices: InboundNotices
    package let options: APIOptions
    /// Long walks of lists run here, beside the loops.
    let readers: WorkPool
    let replayCount: ReplayCount
    /// Milliseconds up to which expired rows are swept.
    let sweptUntil = Atomic<Int64>(0)
    let keys: KeyCache
    /// Answers an invoice as a page that needs no other file, with the policy that holds for it. It comes from a room
    /// that this one does not know.
    let invoiceDocument: @Sendable (InvoiceDocument) -> Response
    let requestIDs: RequestIDs
    let documents: Documents
    let counters = RequestCounters()
    /// Deletes the data of test applications; the server runs it as due work too.
    package let reset: TestDataReset
    /// What runs due work, once the server has one.
    private let work = Guarded<Clockwork?>(nil)
    /// What ran in advances of test clocks and was not answered yet.
    private let tallies = Guarded<[ApplicationID: AdvanceTally]>([:])
    /// Requests that were running before this moment are not running any more.
    let startedAt: Timestamp

    /// - Parameter invoiceDocument: Answers an invoice as HTML that needs no other file, with the headers that hold for
    ///   it.
    /// - Throws: `StoreError` when the store cannot be read.
    package init(
        doors: Doors, store: Store, ledger: Ledger, engine: PaymentEngine, notices: InboundNotices,
        options: APIOptions = APIOptions(),
        invoiceDocument: @escaping @Sendable (InvoiceDocument) -> Response = { _ in Response(status: 200) }
    ) throws {
        self.doors = doors
        self.store = store
        self.ledger = ledger
        self.engine = engine
        self.notices = notices
        self.options = options
        self.invoiceDocument = invoiceDocument
        readers = WorkPool("api-readers", priority: .normal, scheduler: doors.scheduler, queueLimit: 256)
        requestIDs = RequestIDs(doors.entropy)
        reset = TestDataReset(store: store, ledger: ledger, doors: doors)
        documents = Documents(publicURL: ledger.links.publicURL)
        keys = KeyCache(store: store, vault: ledger.vault, doors: doors, options: options)
        startedAt = doors.clock.now()
        replayCount = ReplayCount(
            try store.readSync { snapshot in
                var count = 0
                snapshot.rawScan(table: ReplayRecord.tableNumber, index: 0) { _, _ in
                    count += 1
                    return true
                }
                return count
            })
    }

    /// Gives the requests that move clocks what runs due work.
    package func use(_ clockwork: Clockwork) {
        work.withLock { $0 = clockwork }
    }

    /// - Throws: `unavailable` while the server starts.
    func clockwork() throws(Refusal) -> Clockwork {
        guard let clockwork = work.withLock({ $0 }) else {
            throw Refusal(.unavailable, "The server is starting; try again in a second.", retryAfterSeconds: 1)
        }
        return clockwork
    }

    func tally(of application: ApplicationID) -> AdvanceTally {
        tallies.withLock { tallies in
            if let known = tallies[application] { return known }
            let fresh = AdvanceTally()
            tallies[application] = fresh
            return fresh
        }
    }
}
