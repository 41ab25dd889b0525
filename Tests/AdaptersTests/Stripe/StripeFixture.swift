import Billing
import Crypto
import Fields
import Gateways
import HTTP
import Peers
import Runtime
import Simulation
import Storage

/// Stripe's adapter and a peer of it, in a world of their own.
struct StripeFixture: Sendable {
    let doors: Doors
    let peer: StripePeer
    let gateway: StripeGateway
    let account: Account

    static let application = ApplicationID(value: 0xa11)
    static let secret = "whsec_MadeUpTestSecret0123456789"
    static let previousSecret = "whsec_Previous"
    static let startTime = Timestamp(seconds: 1_736_899_200)  // 2025-01-15

    static var vault: Vault {
        get throws { Vault(try Sealer(masterKey: Secret([UInt8](repeating: 7, count: 32)))) }
    }

    /// The account with its credentials sealed, which takes a store; made once.
    static let sealed: Result<Account, any Error> = Result {
        try World(seed: 1).run { doors in
            var options = StoreOptions()
            options.seed = 7
            options.logFileByteCount = 4 << 20
            options.logAheadByteCount = 64 << 10
            options.transactionByteLimit = 512 << 10
            options.memtableByteCount = 4 << 20
            options.ballastByteCount = 0
            options.freeSpaceReserve = 0
            let store = try Store.open(directory: "/data", doors: doors, options: options)
            let vault = try Self.vault
            let configuration = try await store.transact { transaction in
                var configuration = GatewayConfiguration()
                configuration.application = Self.application
                configuration.gateway = "cards"
                configuration.adapter = "stripe"
                configuration.baseURL = "http://stripe.example/"
                var credentials = GatewayCredentials()
                credentials.secretKey = "sk_test_peer"
                credentials.webhookSecret = Self.secret
                credentials.previousWebhookSecret = Self.previousSecret
                configuration.seal(credentials, vault, in: transaction)
                return configuration
            }
            await store.close()
            return Account(application: Self.application, configuration: configuration)
        }
    }

    /// Runs `body` with a peer that answers on port 80.
    static func run<Value: Sendable>(
        seed: UInt64 = 1, script: @escaping @Sendable (PeerCall) -> PeerFault? = { _ in nil },
        _ body: @escaping @Sendable (StripeFixture) async throws -> Value
    ) throws -> Value {
        let account = try sealed.get()
        let vault = try vault
        let address = IPAddress.v4(0x0a00_0005)
        var options = WorldOptions()
        options.startTime = startTime
        let world = World(seed: seed, options: options)
        world.network.hosts = ["stripe.example": [address]]
        return try world.run { doors in
            let peer = StripePeer(doors: doors)
            peer.setScript(script)
            try peer.server.start(on: .ip(address, port: 80))
            let line = GatewayLine(doors: doors, transport: nil, manners: StripeGateway.manners)
            let fixture = StripeFixture(
                doors: doors, peer: peer, gateway: StripeGateway(vault: vault, line: line), account: account)
            return try await body(fixture)
        }
    }

    /// An order of its own for every `number`.
    static func order(
        _ number: UInt64 = 1, _ amount: Money = Money(9999, .usd), saves: Bool = false, account: Account,
        email: String? = nil, locale: String? = nil, description: String = "Order #7 & café"
    ) -> Order {
        var payment = Payment()
        payment.hash = PaymentHash(value: UInt128(number))
        payment.application = account.application
        payment.amount = amount
        payment.description = description
        payment.savesMethod = saves
        payment.locale = locale
        payment.createdAt = startTime
        payment.expiresAt = startTime.adding(seconds: 3600)
        return Order(
            account: account, payment: payment, attempt: 1, customerEmail: email,
            checkoutURL: "https://pay.example/checkout/t\(number)")
    }

    func order(_ number: UInt64 = 1, _ amount: Money = Money(9999, .usd), saves: Bool = false) -> Order {
        Self.order(number, amount, saves: saves, account: account)
    }

    /// An order that leaves a method and pays nothing.
    func setup(_ number: UInt64 = 1) -> Order { order(number, .zero(.usd), saves: true) }

    /// Opens a session.
    func open(_ order: Order, key: String = "start-1") async throws -> String {
        guard case .opened(let session, _) = await gateway.startCheckout(order, key: key) else { throw Unexpected() }
        return session
    }

    /// Opens a session and pays it; the intent.
    func pay(_ order: Order, with card: StripePeerCard = .good) async throws -> (session: String, intent: String) {
        let session = try await open(order, key: "start-\(order.payment)")
        guard let intent = peer.pay(session, with: card) else { throw Unexpected() }
        return (session, intent)
    }

    /// Makes the charge of a saved method.
    func prepare(_ token: String, _ order: Order, key: String = "start-1") async throws -> String {
        guard case .opened(let intent, "") = await gateway.prepareCharge(token, order, key: key) else {
            throw Unexpected()
        }
        return intent
    }

    /// What a test builds on did not happen.
    struct Unexpected: Error {}
}

extension Currency {
    /// A currency that exists.
    static func named(_ code: String) throws -> Currency {
        guard let currency = Currency(code) else { throw StripeFixture.Unexpected() }
        return currency
    }
}

extension Outcome {
    /// The charge of a success.
    var charge: Charge? {
        guard case .succeeded(let charge) = self else { return nil }
        return charge
    }

    var failure: Failure? {
        switch self {
        case .declined(let failure), .notExecuted(let failure): failure
        default: nil
        }
    }

    var isUnknown: Bool {
        guard case .unknown = self else { return false }
        return true
    }
}
