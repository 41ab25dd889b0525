import Billing
import Crypto
import Fields
import Gateways
import HTTP
import Runtime
import Simulation
import Storage

/// A store, both sandbox gateways, one test application that uses them, and the door for their notices, in a world
/// whose wall clock is moved by hand.
struct SandboxFixture: Sendable {
    let doors: Doors
    let clock: ManualClock
    let store: Store
    let ledger: Ledger
    let alpha: SandboxGateway
    let beta: SandboxGateway
    let actions: RecordedActions
    let inbound: InboundNotices
    let notices: SandboxNotices
    let application: ApplicationID

    static let startTime = Timestamp(seconds: 1_736_899_200)  // 2025-01-15

    /// Runs `body` in a world of its own.
    static func run<Value: Sendable>(
        seed: UInt64 = 1, mode: Mode = .test, _ body: @escaping @Sendable (SandboxFixture) async throws -> Value
    ) throws -> Value {
        try World(seed: seed).run { doors in
            let fixture = try await SandboxFixture(doors, mode)
            let value = try await body(fixture)
            await fixture.store.close()
            return value
        }
    }

    private init(_ worldDoors: Doors, _ mode: Mode) async throws {
        clock = ManualClock(Self.startTime, base: worldDoors.clock)
        doors = Doors(
            clock: clock, entropy: worldDoors.entropy, files: worldDoors.files, network: worldDoors.network,
            scheduler: worldDoors.scheduler, log: worldDoors.log)
        var options = StoreOptions()
        options.seed = 7
        options.logFileByteCount = 4 << 20
        options.logAheadByteCount = 64 << 10
        options.transactionByteLimit = 512 << 10
        options.ballastByteCount = 0
        options.freeSpaceReserve = 0
        options.memtableByteCount = 4 << 20
        store = try Store.open(directory: "/data", doors: doors, options: options)
        ledger = Ledger(
            vault: Vault(try Sealer(masterKey: Secret([UInt8](repeating: 7, count: 32)))),
            links: Links(publicURL: "https://pay.example"))
        alpha = .alpha(store: store, vault: ledger.vault)
        beta = .beta(store: store, vault: ledger.vault)
        actions = RecordedActions()
        inbound = InboundNotices(
            store: store, ledger: ledger, doors: doors, adapters: [alpha, beta], actions: actions)
        notices = SandboxNotices(store: store, vault: ledger.vault, doors: doors, inbound: inbound)
        let application = ApplicationID(value: 0xa11)
        self.application = application
        try await store.transact { transaction in
            var owner = Application()
            owner.id = application
            owner.mode = mode
            transaction.put(owner)
            for name in ["sandbox_alpha", "sandbox_beta"] {
                transaction.put(Self.configuration(name, application))
            }
        }
    }

    static func configuration(
        _ name: String, _ application: ApplicationID, faults: [Fault] = []
    ) -> GatewayConfiguration {
        var configuration = GatewayConfiguration()
        configuration.application = application
        configuration.gateway = name
        configuration.adapter = name
        configuration.currencies = ["USD", "EUR"]
        configuration.faults = faults
        return configuration
    }

    func account(_ adapter: any GatewayAdapter, faults: [Fault] = []) -> Account {
        Account(
            application: application,
            configuration: Self.configuration(adapter.name, application, faults: faults))
    }

    /// A payment of its own for every `number`.
    func payment(_ number: UInt64 = 1, units: Int64 = 9999, currency: Currency = .usd) -> Payment {
        var payment = Payment()
        payment.hash = PaymentHash(value: UInt128(number))
        payment.application = application
        payment.amount = Money(units, currency)
        payment.description = "Order \(number)"
        payment.token = Blob([UInt8(truncatingIfNeeded: number)])
        payment.createdAt = Self.startTime
        payment.expiresAt = Self.startTime.adding(seconds: 3600)
        return payment
    }

    func order(
        _ adapter: any GatewayAdapter, _ payment: Payment, attempt: Int64 = 1, faults: [Fault] = []
    ) -> Order {
        Order(
            account: account(adapter, faults: faults), payment: payment, attempt: attempt, customerEmail: nil,
            checkoutURL: "https://pay.example/checkout/\(payment.hash)")
    }

    static func card(_ number: String) -> Instrument {
        .card(SandboxCard(number: number, expiryMonth: 12, expiryYear: 2030, holder: "Ada Lovelace"))
    }

    /// What pays at `adapter`.
    static func paying(_ adapter: any GatewayAdapter) -> Instrument {
        adapter.name == "sandbox_alpha" ? card("4242424242424242") : .approval
    }

    /// Writes a payment with one attempt that waits at `session`.
    func keep(_ payment: Payment, gateway: String, session: String, charge: String? = nil) async throws {
        let kept = payment
        try await store.transact { transaction in
            var payment = kept
            var attempt = Attempt()
            attempt.number = 1
            attempt.gateway = gateway
            attempt.status = .requiresAction
            attempt.gatewayReference = session
            attempt.chargeReference = charge
            payment.attempts = [attempt]
            transaction.put(payment)
        }
    }

    /// Opens a session and pays it.
    func paid(
        _ adapter: any GatewayAdapter, _ order: Order, with instrument: Instrument? = nil
    ) async -> (session: String, outcome: Outcome) {
        guard case .opened(let session, _) = await adapter.startCheckout(order, key: "start-\(order.payment)") else {
            return ("", .unknown("not opened"))
        }
        let outcome = await adapter.capture(
            session, order, with: instrument ?? Self.paying(adapter), key: "capture-\(order.payment)")
        return (session, outcome)
    }

    /// Delivers and acts on everything that is due until `seconds` from now, each at its own time.
    func advance(seconds: Int64) async throws {
        let target = clock.now().adding(seconds: seconds)
        let sources: [any DueSource] = [notices, inbound]
        while true {
            let application = application
            let next = try await store.read { snapshot in
                sources.enumerated().compactMap { index, source in
                    source.nextDue(of: application, in: snapshot).map { ($0, index) }
                }.min { $0 < $1 }
            }
            guard let (time, index) = next, time <= target else { break }
            clock.set(max(time, clock.now()))
            _ = await sources[index].runDue(of: application, now: clock.now(), waits: true)
        }
        clock.set(target)
    }

    /// Every stored notice, oldest first.
    func events() async throws -> [GatewayEvent] {
        try await store.read { snapshot in
            var events: [GatewayEvent] = []
            snapshot.scan(GatewayEvent.byApplication) { event, _ in
                events.append(event)
                return true
            }
            return events
        }
    }
}
