import Billing
import Crypto
import Fields
import Gateways
import HTTP
import JSON
import Peers
import Runtime
import Simulation
import Storage

/// One application whose payments go to Stripe twice, at two accounts with a peer each: `cards` first, then `spare`.
struct StripeStory: Sendable {
    let doors: Doors
    let store: Store
    let ledger: Ledger
    let engine: PaymentEngine
    let inbound: InboundNotices
    let cards: StripePeer
    let spare: StripePeer

    static let application = StripeFixture.application
    private static let webhookSecret = "whsec_Story"

    /// Runs `body` in a world of its own, and checks then that both sides tell the same of the money.
    static func run<Value: Sendable>(
        seed: UInt64 = 1, cards script: @escaping @Sendable (PeerCall) -> PeerFault? = { _ in nil },
        _ body: @escaping @Sendable (StripeStory) async throws -> Value
    ) throws -> Value {
        let vault = try StripeFixture.vault
        var options = WorldOptions()
        options.startTime = StripeFixture.startTime
        options.network = .plain
        let world = World(seed: seed, options: options)
        let places: [(host: String, address: IPAddress)] = [
            ("cards.example", .v4(0x0a00_0005)), ("spare.example", .v4(0x0a00_0006)),
        ]
        world.network.hosts = Dictionary(uniqueKeysWithValues: places.map { ($0.host, [$0.address]) })
        return try world.run { doors in
            let peers = places.map { _ in StripePeer(doors: doors) }
            peers[0].setScript(script)
            for (peer, place) in zip(peers, places) { try peer.server.start(on: .ip(place.address, port: 80)) }
            let story = try await StripeStory(doors, vault, peers)
            let value = try await body(story)
            await story.store.close()
            return value
        }
    }

    private init(_ doors: Doors, _ vault: Vault, _ peers: [StripePeer]) async throws {
        self.doors = doors
        (cards, spare) = (peers[0], peers[1])
        var options = StoreOptions()
        options.seed = 7
        options.logFileByteCount = 4 << 20
        options.logAheadByteCount = 64 << 10
        options.transactionByteLimit = 512 << 10
        options.memtableByteCount = 4 << 20
        options.ballastByteCount = 0
        options.freeSpaceReserve = 0
        store = try Store.open(directory: "/data", doors: doors, options: options)
        ledger = Ledger(vault: vault, links: Links(publicURL: "https://pay.example"))
        let line = GatewayLine(doors: doors, transport: nil, manners: StripeGateway.manners)
        let gateway = StripeGateway(vault: vault, line: line)
        engine = PaymentEngine(
            store: store, ledger: ledger, doors: doors, adapters: [gateway], breaker: CircuitBreaker())
        inbound = InboundNotices(
            store: store, ledger: ledger, doors: doors, adapters: [gateway], actions: engine)
        try await store.transact { transaction in
            var owner = Application()
            owner.id = Self.application
            owner.mode = .test
            transaction.put(owner)
            for (order, name) in ["cards", "spare"].enumerated() {
                var configuration = GatewayConfiguration()
                configuration.application = Self.application
                configuration.gateway = name
                configuration.adapter = "stripe"
                configuration.order = Int64(order)
                configuration.baseURL = "http://\(name).example"
                var credentials = GatewayCredentials()
                credentials.secretKey = "sk_test_peer"
                credentials.webhookSecret = Self.webhookSecret
                configuration.seal(credentials, vault, in: transaction)
                transaction.put(configuration)
            }
        }
    }

    // MARK: Doing

    func createPayment(saves: Bool = false) async throws -> Payment {
        let ledger = ledger
        return try await store.transact(for: Self.application) { transaction in
            guard let application = transaction.get(Application.self, Key(Self.application)) else {
                throw StripeFixture.Unexpected()
            }
            var input = PaymentInput()
            input.amount = DecimalAmount(decimal: JSONDecimal("99.99"))
            input.currency = .usd
            input.description = "Order 1"
            input.customerEmail = "ada@example.com"
            input.savesMethod = saves
            return try Payments(ledger).create(input, application: application, by: .system, in: transaction)
        }
    }

    /// Sends the buyer to a gateway's page; the session there.
    func open(_ payment: Payment, _ gateway: String = "cards") async throws -> String {
        guard case .buyer = try await engine.start(payment.hash, gateway: gateway, by: .buyer),
            let session = try await now(payment).currentAttempt?.gatewayReference
        else { throw StripeFixture.Unexpected() }
        return session
    }

    func now(_ payment: Payment) async throws -> Payment {
        guard let now = try await store.read({ $0.get(Payment.self, Key(payment.hash)) }) else {
            throw StripeFixture.Unexpected()
        }
        return now
    }

    /// Delivers what a peer has to say, and acts on it.
    func deliver(_ peer: StripePeer, to gateway: String = "cards") async throws {
        for notice in peer.takeNotices() {
            let signature = notice.signature(secrets: [Self.webhookSecret], at: doors.clock.now())
            let answer = await inbound.receive(
                gateway: gateway, application: Self.application,
                request: Request(
                    method: .post, target: "/webhooks/\(gateway)/\(Self.application)",
                    headers: Headers([("Stripe-Signature", signature)]), body: notice.body))
            guard answer.status == 200 else { throw StripeFixture.Unexpected() }
        }
        _ = await inbound.runDue(of: Self.application, now: doors.clock.now(), waits: true)
    }

    /// Lets time pass, doing what becomes due at its own time.
    func wait(seconds: Int64) async throws {
        let end = doors.clock.now().adding(seconds: seconds)
        let sources: [any DueSource] = [engine, inbound]
        while true {
            let next = try await store.read { snapshot in
                sources.compactMap { $0.nextDue(of: Self.application, in: snapshot) }.min()
            }
            let time = max(doors.clock.now(), min(end, next ?? end))
            let pause = Int(time.milliseconds - doors.clock.now().milliseconds)
            await doors.scheduler.sleep(until: doors.clock.instant().adding(milliseconds: pause + 1))
            let now = doors.clock.now()
            for source in sources { _ = await source.runDue(of: Self.application, now: now, waits: true) }
            if now >= end { return }
        }
    }

    // MARK: Invoices

    /// A customer with a method saved at each gateway whose card is given; the one at `cards` is the default.
    func customer(cards first: StripePeerCard?, spare second: StripePeerCard? = nil) async throws -> CustomerID {
        let tokens = [
            ("cards", first.map { cards.savedMethod($0) }), ("spare", second.map { spare.savedMethod($0) }),
        ]
        let ledger = ledger
        return try await store.transact(for: Self.application) { transaction in
            guard let application = transaction.get(Application.self, Key(Self.application)) else {
                throw StripeFixture.Unexpected()
            }
            let customer = Customers(ledger).findOrCreate(
                email: "ada@example.com", name: nil, application: application, by: .system, in: transaction)
            for (gateway, token) in tokens {
                guard let token else { continue }
                let saved = SavedMethod(token: token, summary: MethodSummary(type: "card", last4: "4242"))
                PaymentMethods(ledger).keep(
                    saved, of: customer.id, gateway: gateway, mode: .test, becomesDefault: false, by: .system,
                    in: transaction)
            }
            return customer.id
        }
    }

    /// Charges the customer's method for a new invoice.
    func collect(_ customer: CustomerID) async throws -> Payment {
        let ledger = ledger
        let invoice = try await store.transact(for: Self.application) { transaction in
            var invoice = Invoice()
            invoice.id = InvoiceID(in: transaction, purpose: "invoice")
            invoice.application = Self.application
            invoice.number = "INV-2025-000001"
            invoice.customer = customer
            invoice.status = .open
            invoice.total = Money(2999, .usd)
            invoice.subtotal = invoice.total
            var line = InvoiceLine()
            line.description = "A month"
            line.unitPrice = invoice.total
            line.amount = invoice.total
            invoice.lines = [line]
            invoice.issuedAt = transaction.now
            for path in [\Invoice.tax, \.creditApplied, \.credited, \.amountPaid] {
                invoice[keyPath: path] = .zero(.usd)
            }
            invoice.createdAt = transaction.now
            invoice.collection = .automatic
            invoice.token = Blob(transaction.random(16, purpose: "invoice token"))
            return ledger.save(invoice, before: nil, action: "invoice.open", by: .system, in: transaction).id
        }
        return try await engine.collect(invoice: invoice, application: Self.application, by: .system)
    }

    // MARK: Checking

    /// Where the peers' ledgers and ours disagree about a payment that is settled.
    func disagreements(_ payment: Payment) async throws -> [String] {
        let payment = try await now(payment)
        let name = payment.hash.description
        let theirs = (cards.taken + spare.taken).filter { $0.payment == name }
        let ours = payment.attempts.filter { $0.captured != nil }
        var found: [String] = []
        let (taken, recorded) = (theirs.map(\.intent).sorted(), ours.compactMap(\.chargeReference).sorted())
        if taken != recorded { found.append("taken \(taken), recorded \(recorded)") }
        let kept = theirs.reduce(into: 0 as Int64) { $0 += $1.amount - $1.refunded }
        let back = payment.refunds.filter { $0.status == .succeeded }.reduce(into: 0 as Int64) { $0 += $1.amount.units }
        let counted = ours.reduce(into: 0 as Int64) { $0 += $1.captured?.units ?? 0 }
        if kept != counted - back { found.append("kept \(kept), recorded \(counted) less \(back)") }
        if kept > payment.amount.units { found.append("kept \(kept) of \(payment.amount.units)") }
        return found
    }
}
