import Billing
import Crypto
import Fields
import Gateways
import JSON
import Runtime
import Storage

/// A test application that bills subscriptions, without a network: the domain, the engine, a sandbox gateway, the store
/// and the clockwork.
struct BillingHouse: Sendable {
    let doors: Doors
    let store: Store
    let ledger: Ledger
    let engine: PaymentEngine
    let clockwork: Clockwork
    let application: Application

    /// Where the application's clock begins.
    static let start = Timestamp(seconds: 1_735_689_600)  // 2025-01-01
    static let plan = "plan"

    /// Opens the store; a new one gets the application, with a clock of its own if asked for.
    init(_ doors: Doors, directory: String, cycle: BillingCycle = .daily, hasClock: Bool = true) async throws {
        let store = try Store.open(directory: directory, doors: doors, options: StoreOptions())
        let vault = Vault(try Sealer(masterKey: Secret([UInt8](repeating: 7, count: 32))))
        let ledger = Ledger(vault: vault, links: Links(publicURL: "https://pay.example"))
        let adapters: [any GatewayAdapter] = [
            SandboxGateway.alpha(store: store, vault: vault), SandboxGateway.beta(store: store, vault: vault),
        ]
        let engine = PaymentEngine(
            store: store, ledger: ledger, doors: doors, adapters: adapters, breaker: CircuitBreaker())
        let inbound = InboundNotices(store: store, ledger: ledger, doors: doors, adapters: adapters, actions: engine)
        let sources: [any DueSource] = [
            SubscriptionWork(store: store, ledger: ledger), InvoiceWork(store: store, ledger: ledger),
            Collector(engine), engine, SavedMethodWork(engine),
            SandboxNotices(store: store, vault: vault, doors: doors, inbound: inbound), inbound,
        ]
        (self.doors, self.store, self.ledger, self.engine) = (doors, store, ledger, engine)
        clockwork = Clockwork(store: store, doors: doors, sources: sources)
        application = try await store.transact { transaction in
            if let known = Applications.list(in: transaction).first { return known }
            let made = try Applications(ledger).create(name: "Shop", mode: .test, by: .system, in: transaction)
            if hasClock {
                _ = try TestClocks(ledger).freeze(made.application, at: Self.start, by: .system, in: transaction)
            }
            guard let price = JSONDecimal("29.99") else { return made.application }
            var plan = PlanInput()
            plan.id = Self.plan
            plan.name = "Plan"
            plan.price = DecimalAmount(decimal: price)
            plan.currency = .usd
            plan.billingCycle = cycle
            _ = try Plans(ledger).create(plan, application: made.application, by: .system, in: transaction)
            return made.application
        }
    }

    /// Subscribes customer `number`, who has left a card that always pays.
    func subscribe(_ number: Int) async throws {
        let (ledger, application) = (self.ledger, self.application)
        let (token, customer) = try await store.transact(for: application.id) { transaction in
            let customer = Customers(ledger).findOrCreate(
                email: "buyer\(number)@example.com", name: "Buyer", application: application, by: .system,
                in: transaction)
            let setup = try PaymentMethodSetups(ledger).create(for: customer, by: .buyer, in: transaction)
            return (setup.token.bytes, customer.id)
        }
        _ = try await engine.beginSetup(token, gateway: "sandbox_alpha", by: .buyer)
        let card = SandboxCard(number: "4242424242424242", expiryMonth: 12, expiryYear: 2060, holder: "Ada")
        _ = try await engine.submitSetup(token, attempt: 1, .card(card), by: .buyer)
        try await store.transact(for: application.id) { transaction in
            var input = SubscriptionInput()
            input.customerID = customer
            input.plan = Self.plan
            _ = try Subscriptions(ledger).create(input, application: application, by: .system, in: transaction)
        }
    }

    /// Subscribes `count` customers, some at a time.
    func subscribe(count: Int, from first: Int = 0) async throws {
        let lanes = 32
        let left = Guarded(lanes)
        let failure = Guarded<(any Error)?>(nil)
        let house = self
        for lane in 0..<lanes {
            doors.scheduler.spawn(on: lane) {
                for number in stride(from: first + lane, to: first + count, by: lanes) {
                    do { try await house.subscribe(number) } catch { failure.withLock { $0 = error } }
                }
                left.withLock { $0 -= 1 }
            }
        }
        while left.withLock({ $0 }) > 0 {
            await doors.scheduler.sleep(until: doors.clock.instant().adding(milliseconds: 20))
        }
        if let error = failure.withLock({ $0 }) { throw error }
    }
}
