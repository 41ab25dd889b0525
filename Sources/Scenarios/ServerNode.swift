package import Billing
import Crypto
import Fields
package import Gateways
import HTTP
import Runtime
package import Simulation
package import Storage
import Webhooks

/// One server in a simulated world, from its store to its clockwork, between two crashes.
///
/// It has one application, with both sandbox gateways, the far gateways it was given, and a webhook endpoint.
package final class ServerNode: Sendable {
    package let world: World
    package let store: Store
    package let ledger: Ledger
    package let breaker = CircuitBreaker()
    package let engine: PaymentEngine
    package let inbound: InboundNotices
    package let clockwork: Clockwork
    /// The application's id; it is there after `prepare`.
    package let application: ApplicationID
    private let farNames: [String]

    private static let receiverAddress = IPAddress.v4(0x5db8_d822)

    /// Opens the server on the world's disk.
    ///
    /// - Parameters:
    ///   - far: Gateways whose books are elsewhere.
    ///   - usesSandbox: Whether the application has the sandbox gateways too.
    ///   - mode: Live to see what is done with real money; its sandbox gateways then stand for real ones.
    ///   - hold: What decides whether live applications are held; nil to hold nothing whatever happens.
    package init(
        _ world: World, far: [FarBooks] = [], receiver: Receiver? = nil, usesSandbox: Bool = true,
        mode: Mode = .test, hold: HoldSigns? = nil
    ) throws {
        self.world = world
        let doors = world.doors
        var options = StoreOptions()
        options.seed = world.seed
        options.logFileByteCount = 4 << 20
        options.logAheadByteCount = 256 << 10
        options.transactionByteLimit = 512 << 10
        options.memtableByteCount = 4 << 20
        options.ballastByteCount = 0
        options.freeSpaceReserve = 0
        let store = try Store.open(directory: "store", doors: doors, options: options)
        let sealer = try Sealer(masterKey: Secret([UInt8](repeating: 7, count: Sealer.keyByteCount)))
        let vault = Vault(sealer)
        let ledger = Ledger(vault: vault, links: Links(publicURL: "https://pay.example"))
        self.store = store
        self.ledger = ledger
        farNames = far.map(\.name)
        var adapters: [any GatewayAdapter] = far.map { books in
            FarGateway(books, doors: doors) { record, order in Self.checkKey(record, order, store) }
        }
        if usesSandbox {
            adapters.append(SandboxGateway.alpha(store: store, vault: vault))
            adapters.append(SandboxGateway.beta(store: store, vault: vault))
        }
        engine = PaymentEngine(store: store, ledger: ledger, doors: doors, adapters: adapters, breaker: breaker)
        inbound = InboundNotices(store: store, ledger: ledger, doors: doors, adapters: adapters, actions: engine)
        let notices = SandboxNotices(store: store, vault: vault, doors: doors, inbound: inbound)
        var sources: [any DueSource] = [
            SubscriptionWork(store: store, ledger: ledger), InvoiceWork(store: store, ledger: ledger),
            Collector(engine), engine, SavedMethodWork(engine), notices, inbound,
        ]
        if let receiver {
            sources.append(WebhookDispatcher(store: store, ledger: ledger, doors: doors))
            world.network.hosts = ["shop.example": [Self.receiverAddress]]
            let server = Server(doors: doors) { await receiver.receive($0, doors) }
            server.start(try world.network.listen(on: .ip(Self.receiverAddress, port: 80)))
        }
        let watch = hold.map { signs in
            HoldWatch(
                store: store, ledger: ledger, doors: doors, machine: Array(signs.machine.utf8),
                restoredAt: signs.restoredAt)
        }
        clockwork = Clockwork(store: store, doors: doors, sources: sources, watch: watch)
        let clockwork = clockwork
        let name = "Shop"
        application = try world.run { _ in
            try await store.transact { transaction in
                if let known = Applications.list(in: transaction).first { return known.id }
                let made = try Applications(ledger).create(name: name, mode: .test, by: .system, in: transaction)
                let id = made.application.id
                if mode != made.application.mode {
                    var application = made.application
                    application.mode = mode
                    transaction.put(application)
                }
                if !usesSandbox {
                    for gateway in Payments.gateways(of: id, in: transaction) { transaction.delete(gateway) }
                }
                for (index, books) in far.enumerated() {
                    let gateway = NewGateway(
                        gateway: books.name, adapter: books.name, displayName: books.name, order: Int64(index),
                        methods: ["card"])
                    try GatewaySettings(ledger).add(gateway, application: id, by: .system, in: transaction)
                }
                if receiver != nil {
                    var input = WebhookEndpointInput()
                    input.url = "http://shop.example/hook"
                    _ = try WebhookEndpoints(ledger).create(
                        input, application: made.application, by: .system, in: transaction)
                }
                return id
            }
        }
        if let watch { try world.run { _ in await watch.start() } }
        doors.scheduler.spawn(on: 0) { await clockwork.run() }
    }

    /// The key of a money-moving call must be in the store before the call leaves.
    private static func checkKey(_ record: FarBooks.Record, _ order: Order, _ store: Store) {
        guard [.start, .capture, .prepare, .charge, .refund].contains(record.call) else { return }
        let isThere = try? store.readSync { snapshot -> Bool in
            let setup = snapshot.first(PaymentMethodSetup.byFlow, Key(order.payment))
            guard let payment = snapshot.get(Payment.self, Key(order.payment)) ?? setup?.flow else { return false }
            if record.call == .refund { return payment.refunds.contains { $0.callKey == record.key } }
            guard let attempt = payment.attempt(order.attempt) else { return false }
            let isStart = record.call == .start || record.call == .prepare
            return attempt.callKey(payment.hash, isStart ? .start : .capture) == record.key
        }
        precondition(isThere == true, "a call left before its key was durable: \(record)")
    }

    // MARK: Acts

    /// Creates a payment as a merchant would.
    package func createPayment(
        units: Int64 = 10_000, email: String = "ada@example.com", gateways: [String] = [], expiresIn: Int64? = nil
    ) async throws -> Payment {
        let (ledger, id) = (self.ledger, application)
        return try await store.transact { transaction in
            guard let application = transaction.get(Application.self, Key(id)) else {
                throw Refusal.notFound("application")
            }
            var input = PaymentInput()
            input.amount = .minor(units)
            input.currency = .usd
            input.description = "An order"
            input.customerEmail = email
            input.gateways = gateways
            input.expiresIn = expiresIn
            return try Payments(ledger).create(input, application: application, by: .system, in: transaction)
        }
    }

    package func payment(_ hash: PaymentHash) throws -> Payment {
        guard let payment = try store.readSync({ $0.get(Payment.self, Key(hash)) }) else {
            throw Refusal.notFound("payment")
        }
        return payment
    }

    /// Scripts the faults of a sandbox gateway.
    package func setFaults(_ faults: [Fault], of gateway: String) async throws {
        let (ledger, id) = (self.ledger, application)
        try await store.transact { transaction in
            var change = GatewayChange()
            change.faults = faults
            _ = try GatewaySettings(ledger).update(gateway, application: id, change, by: .system, in: transaction)
        }
    }

    /// Takes a gateway out of the application.
    package func removeGateway(_ name: String) async throws {
        let id = application
        try await store.transact { transaction in transaction.delete(GatewayConfiguration.self, Key(id, name)) }
    }

    /// Waits some virtual time.
    package func wait(milliseconds: Int) async {
        let doors = world.doors
        await doors.scheduler.sleep(until: doors.clock.instant().adding(milliseconds: milliseconds))
    }

    /// The application's time.
    func now() async throws -> Timestamp {
        let clock = world.doors.clock
        return try await store.read { $0.now(of: application, clock) }
    }

    /// All events of the application, in order.
    package func events() throws -> [Event] {
        let id = application
        return try store.readSync { snapshot in
            var events: [Event] = []
            snapshot.scan(Event.self, prefix: Key(id)) { event, _ in
                events.append(event)
                return true
            }
            return events
        }
    }

    /// All payments, oldest first.
    package func payments() throws -> [Payment] {
        try store.readSync { snapshot in
            var payments: [Payment] = []
            snapshot.scan(Payment.self) { payment, _ in
                payments.append(payment)
                return true
            }
            return payments
        }
    }
}
