import Billing
import Crypto
import Fields
import HTTP
import Peers
import Runtime
import Simulation
import Storage
import X509

@testable import Gateways

/// PayPal's adapter and the engine above it, in a world in which something that speaks PayPal answers.
struct PayPalFixture: Sendable {
    let doors: Doors
    let store: Store
    let ledger: Ledger
    let peer: PayPalPeer
    let server: PeerServer
    let gateway: PayPalGateway
    let engine: PaymentEngine
    let inbound: InboundNotices
    let account: Account

    static let base = "http://paypal.localhost"
    static let application = ApplicationID(value: 0xa11)
    static let customer = CustomerID(value: 0xc1)

    /// Stands for TLS: the world's network is private.
    private struct PlainTransport: SecureTransport {
        func secure(
            _ stream: any ByteStream, host: String, deadline: Instant
        ) async throws(SecureTransportError) -> any ByteStream { stream }
    }

    /// Runs `body` in a world of its own.
    ///
    /// - Parameters:
    ///   - isSigning: Whether the peer signs notices, which takes a while.
    ///   - isTrusted: Whether the root above the peer's certificate is trusted.
    @discardableResult
    static func run<Value: Sendable>(
        seed: UInt64 = 1, isSigning: Bool = false, isTrusted: Bool = true,
        _ body: @escaping @Sendable (PayPalFixture) async throws -> Value
    ) throws -> Value {
        var options = WorldOptions()
        options.network = .plain
        let world = World(seed: seed, options: options)
        world.network.hosts = [
            "paypal.localhost": [.v4(0x0a00_0005)], "api.sandbox.paypal.com": [.v4(0x0a00_0006)],
        ]
        return try world.run { doors in
            let fixture = try await PayPalFixture(doors, isSigning: isSigning, isTrusted: isTrusted)
            let value = try await body(fixture)
            await fixture.store.close()
            return value
        }
    }

    private init(_ doors: Doors, isSigning: Bool, isTrusted: Bool) async throws {
        self.doors = doors
        let random: @Sendable (Int) -> [UInt8] = { doors.entropy.bytes($0) }
        let signer =
            isSigning ? try PayPalPeerSigner(now: doors.clock.now().seconds, random: random) : nil
        let peer = PayPalPeer(doors: doors, baseURL: Self.base, signer: signer)
        self.peer = peer
        server = PeerServer(doors: doors) { await peer.handle($0) }
        try server.start(on: .ip(.v4(0x0a00_0005), port: 80))
        try PeerServer(doors: doors) { await peer.handle($0) }.start(on: .ip(.v4(0x0a00_0006), port: 443))
        store = try Store.open(directory: "/data", doors: doors, options: Self.options)
        ledger = Ledger(
            vault: Vault(try Sealer(masterKey: Secret([UInt8](repeating: 7, count: 32)))),
            links: Links(publicURL: "https://pay.example"))
        let line = GatewayLine(doors: doors, transport: PlainTransport(), manners: PayPalGateway.manners)
        let trust = TrustStore(certificates: isTrusted ? signer.map { [$0.root] } ?? [] : [])
        gateway = PayPalGateway(vault: ledger.vault, line: line, doors: doors) { trust }
        let adapters: [any GatewayAdapter] = [gateway, ManualGateway()]
        engine = PaymentEngine(
            store: store, ledger: ledger, doors: doors, adapters: adapters, breaker: CircuitBreaker())
        inbound = InboundNotices(store: store, ledger: ledger, doors: doors, adapters: adapters, actions: engine)
        account = Account(
            application: Self.application, configuration: try await Self.furnish(store, ledger))
    }

    private static var options: StoreOptions {
        var options = StoreOptions()
        options.seed = 7
        options.logFileByteCount = 4 << 20
        options.logAheadByteCount = 64 << 10
        options.transactionByteLimit = 512 << 10
        options.ballastByteCount = 0
        options.freeSpaceReserve = 0
        options.memtableByteCount = 4 << 20
        return options
    }

    /// One test application with a customer, PayPal, and bank transfers.
    private static func furnish(_ store: Store, _ ledger: Ledger) async throws -> GatewayConfiguration {
        try await store.transact { transaction in
            var owner = Application()
            owner.id = application
            transaction.put(owner)
            ledger.vault.makeKey(for: customer, in: transaction)
            var buyer = Customer()
            buyer.id = customer
            buyer.application = application
            transaction.put(buyer)
            var manual = GatewayConfiguration()
            manual.application = application
            manual.gateway = "bank"
            manual.adapter = "manual"
            manual.order = 2
            manual.instructions = "Account 12345 at Example Bank."
            transaction.put(manual)
            var configuration = GatewayConfiguration()
            configuration.application = application
            configuration.gateway = "paypal"
            configuration.adapter = "paypal"
            configuration.order = 1
            configuration.baseURL = base
            var credentials = GatewayCredentials()
            credentials.clientID = "client"
            credentials.secretKey = "secret"
            credentials.webhookID = PayPalPeer.webhookID
            configuration.seal(credentials, ledger.vault, in: transaction)
            transaction.put(configuration)
            return configuration
        }
    }

    // MARK: Payments

    /// A payment of its own for every `number`.
    func payment(_ number: UInt64 = 1, units: Int64 = 9_999, currency: Currency = .usd, saves: Bool = false) -> Payment
    {
        var payment = Payment()
        payment.hash = PaymentHash(value: UInt128(number))
        payment.application = Self.application
        payment.customer = Self.customer
        payment.amount = Money(units, currency)
        payment.description = "Order \(number)"
        payment.token = Blob([UInt8(truncatingIfNeeded: number)])
        payment.createdAt = doors.clock.now()
        payment.expiresAt = doors.clock.now().adding(seconds: 86_400)
        payment.savesMethod = saves
        return payment
    }

    func order(_ payment: Payment, attempt: Int64 = 1) -> Order {
        Order(
            account: account, payment: payment, attempt: attempt, customerEmail: nil,
            checkoutURL: "https://pay.example/checkout/\(payment.hash)")
    }

    /// Writes a payment down.
    func keep(_ payment: Payment) async throws {
        try await store.transact { $0.put(payment) }
    }

    func now(_ payment: Payment) async throws -> Payment {
        try await store.read { $0.get(Payment.self, Key().adding(payment.hash)) } ?? payment
    }

    /// Opens a session at the adapter, and says its name.
    func opened(_ order: Order, key: String = "start") async -> String {
        guard case .opened(let session, _) = await gateway.startCheckout(order, key: key) else { return "" }
        return session
    }

    func wait(seconds: Int) async {
        await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: seconds))
    }

    /// Sends what the peer has to tell, and acts on it.
    ///
    /// - Returns: the statuses of the answers.
    func deliver(_ notices: [PayPalPeerNotice]) async -> [Int] {
        var statuses: [Int] = []
        for notice in notices {
            let request = Request(
                method: .post, target: "/webhooks/paypal/x", headers: Headers(notice.headers), body: notice.body)
            let answer = await inbound.receive(
                gateway: "paypal", application: Self.application, request: request)
            statuses.append(answer.status)
        }
        await due()
        return statuses
    }

    /// Does what is due.
    func due() async {
        for _ in 0..<4 {
            _ = await inbound.runDue(of: Self.application, now: doors.clock.now(), waits: true)
            _ = await engine.runDue(of: Self.application, now: doors.clock.now(), waits: true)
        }
    }
}
