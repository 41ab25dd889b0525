import Billing
import Crypto
import Fields
import HTTP
import Runtime
import Simulation
import Storage
import Webhooks

/// A server with one test application in a simulated world, and a receiver at `receiver.example`.
final class Scene: Sendable {
    static let publicAddress = IPAddress.v4(0x5db8_d822)
    static let privateAddress = IPAddress.v4(0x0a00_0001)

    let world: World
    let store: Store
    let ledger: Ledger
    let dispatcher: WebhookDispatcher
    let clockwork: Clockwork
    let manualClock: ManualClock?
    let inbox = Inbox()
    let act = Act(actor: "test")

    var doors: Doors { world.doors }
    var endpoints: WebhookEndpoints { WebhookEndpoints(ledger) }
    var deliveries: Deliveries { Deliveries(ledger) }

    init(
        seed: UInt64 = 1, disk: DiskImage = DiskImage(), network: NetworkOptions = .plain,
        policy: OutboundPolicy = OutboundPolicy(), isManual: Bool = false
    ) throws {
        var options = WorldOptions()
        options.network = network
        world = World(seed: seed, options: options, disk: disk)
        world.network.hosts = ["receiver.example": [Self.publicAddress], "other.example": [Self.publicAddress]]
        var storeOptions = StoreOptions()
        storeOptions.seed = 7
        storeOptions.transactionByteLimit = 512 << 10
        storeOptions.logFileByteCount = 4 << 20
        storeOptions.logAheadByteCount = 256 << 10
        storeOptions.ballastByteCount = 0
        storeOptions.freeSpaceReserve = 0
        storeOptions.memtableByteCount = 4 << 20
        let manualClock = isManual ? ManualClock(world.clock.now(), base: world.clock) : nil
        self.manualClock = manualClock
        let real = world.doors
        let doors =
            manualClock.map {
                Doors(
                    clock: $0, entropy: real.entropy, files: real.files, network: real.network,
                    scheduler: real.scheduler, log: real.log)
            } ?? real
        store = try Store.open(directory: "store", doors: doors, options: storeOptions)
        let sealer = try Sealer(masterKey: Secret([UInt8](repeating: 7, count: 32)))
        ledger = Ledger(vault: Vault(sealer), links: Links(publicURL: "https://pay.example"))
        dispatcher = WebhookDispatcher(store: store, ledger: ledger, doors: doors, policy: policy)
        clockwork = Clockwork(store: store, doors: doors, sources: [dispatcher], manualClock: manualClock)
        let inbox = self.inbox
        for address in [Self.publicAddress, Self.privateAddress] {
            let server = Server(doors: real) { await inbox.receive($0, real) }
            server.start(try world.network.listen(on: .ip(address, port: 80)))
        }
    }

    static var application: Application {
        var application = Application()
        application.id = ApplicationID(value: 42)
        application.name = "Shop"
        return application
    }

    /// Runs the server and `body` in the world, until `body` ends.
    @discardableResult
    func run<Value: Sendable>(_ body: @escaping @Sendable (Scene) async throws -> Value) throws -> Value {
        try world.run { _ in try await self.serve(body) }
    }

    /// The same on a task of the world.
    func serve<Value: Sendable>(_ body: @escaping @Sendable (Scene) async throws -> Value) async throws -> Value {
        try await store.transact { transaction in
            if !transaction.exists(Application.self, Self.application.primaryKey) {
                transaction.put(Self.application)
            }
        }
        if manualClock == nil { doors.scheduler.spawn(on: 0) { await self.clockwork.run() } }
        return try await body(self)
    }

    /// Lets time pass: the world's, or that of the clock that is moved by hand.
    func wait(seconds: Int) async {
        guard let manualClock else {
            return await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: seconds))
        }
        let target = manualClock.now().adding(seconds: Int64(seconds))
        let deadline = doors.clock.instant().adding(seconds: 3600)
        _ = await clockwork.advance(to: target, deadline: deadline)
    }

    var now: Timestamp { manualClock?.now() ?? doors.clock.now() }

    // MARK: Acts

    func addEndpoint(
        _ url: String = "http://receiver.example/hook", events: [String] = [], ordering: DeliveryOrdering = .relaxed
    ) async throws -> WebhookEndpoint {
        try await store.transact { transaction in
            var input = WebhookEndpointInput()
            input.url = url
            input.events = events
            input.ordering = ordering
            return try self.endpoints.create(
                input, application: Self.application, by: self.act, in: transaction)
        }
    }

    /// Makes the event `customer.created`.
    func addCustomer(_ name: String) async throws -> CustomerID {
        try await store.transact { transaction in
            var input = CustomerInput()
            input.email = "\(name)@shop.example"
            input.name = name
            return try Customers(self.ledger).create(
                input, application: Self.application, by: self.act, in: transaction
            ).id
        }
    }

    /// Makes the event `customer.updated`.
    func rename(_ id: CustomerID, _ name: String) async throws {
        try await store.transact { transaction in
            var patch = CustomerPatch()
            patch.name = .set(name)
            _ = try Customers(self.ledger).update(
                id, patch, application: Self.application, by: self.act, in: transaction)
        }
    }

    func change<Answer: Sendable>(
        _ body: @escaping @Sendable (WebhookEndpoints, Transaction) throws -> Answer
    ) async throws -> Answer {
        try await store.transact { try body(self.endpoints, $0) }
    }

    // MARK: Looks

    /// All deliveries, oldest first.
    func allDeliveries(to endpoint: WebhookEndpointID? = nil) async throws -> [Delivery] {
        try await store.read { snapshot in
            var all: [Delivery] = []
            snapshot.scan(Delivery.byApplication, prefix: Key(Self.application.id)) { delivery, _ in
                if endpoint == nil || delivery.endpoint == endpoint { all.append(delivery) }
                return true
            }
            return all.sorted { ($0.eventSequence, $0.id) < ($1.eventSequence, $1.id) }
        }
    }

    func endpoint(_ id: WebhookEndpointID) async throws -> WebhookEndpoint {
        try await store.read { try self.endpoints.find(id, application: Self.application.id, in: $0) }
    }

    func events() async throws -> [Event] {
        try await store.read { snapshot in
            var all: [Event] = []
            snapshot.scan(Event.self, prefix: Key(Self.application.id)) { event, _ in
                all.append(event)
                return true
            }
            return all
        }
    }
}
