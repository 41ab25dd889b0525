import Crypto
import Runtime
import Simulation
import Storage

@testable import Billing

/// A store with a ledger and one test application, in a simulated world.
final class LedgerWorld {
    let world: World
    let store: Store
    let ledger: Ledger
    let application: Application

    init(seed: UInt64 = 1, at start: Timestamp? = nil) throws {
        var situation = WorldOptions()
        if let start { situation.startTime = start }
        world = World(seed: seed, options: situation)
        var options = Self.storeOptions
        options.seed = seed
        let sealer = try Sealer(masterKey: Secret([UInt8](repeating: 7, count: Sealer.keyByteCount)))
        let ledger = Ledger(vault: Vault(sealer), links: Links(publicURL: "https://pay.example"))
        let opened = options
        let doors = world.doors
        store = try Store.open(directory: "store", doors: doors, options: opened)
        self.ledger = ledger
        let store = self.store
        application = try world.run { _ in
            try await store.transact {
                try Applications(ledger).create(name: "Shop", mode: .test, by: .system, in: $0).application
            }
        }
    }

    /// Small files, no reserve.
    static var storeOptions: StoreOptions {
        var options = StoreOptions()
        options.logFileByteCount = 4 << 20
        options.logAheadByteCount = 64 << 10
        options.transactionByteLimit = 512 << 10
        options.memtableByteCount = 4 << 20
        options.ballastByteCount = 0
        options.freeSpaceReserve = 0
        return options
    }

    @discardableResult
    func transact<Answer: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> Answer
    ) throws -> Answer {
        let store = self.store
        return try world.run { _ in try await store.transact(body) }
    }

    func read<Answer: Sendable>(_ body: (Snapshot) throws -> Answer) throws -> Answer {
        try store.readSync(body)
    }

    /// Creates a payment as a request would.
    func createPayment(_ change: @Sendable @escaping (inout PaymentInput) -> Void = { _ in }) throws -> Payment {
        let (ledger, application) = (self.ledger, self.application)
        return try transact { transaction in
            var input = PaymentInput.sample
            change(&input)
            return try Payments(ledger).create(input, application: application, by: .system, in: transaction)
        }
    }

    /// Everything that `Invariants` finds broken.
    func findings() throws -> [String] {
        try read { Invariants(of: $0, recoveredDigest: nil).findings }
    }

    /// All events of the application, in order.
    func events() throws -> [Event] {
        let id = application.id
        return try read { snapshot in
            var events: [Event] = []
            snapshot.scan(Event.self, prefix: Key(id)) { event, _ in
                events.append(event)
                return true
            }
            return events
        }
    }

    /// All audit entries, in order.
    func audit() throws -> [AuditEntry] {
        try read { snapshot in
            var entries: [AuditEntry] = []
            snapshot.scan(AuditEntry.self) { entry, _ in
                entries.append(entry)
                return true
            }
            return entries
        }
    }
}
