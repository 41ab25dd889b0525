import Billing
import Bytes
import Crypto
import Fields
import Gateways
import HTTP
import JSON
import Runtime
import Simulation
import Storage
import Synchronization

@testable import API

/// A server with one application, its key and one gateway, in a simulated world.
final class Shop: Sendable {
    let doors: Doors
    let store: Store
    let services: Services
    let server: APIServer
    let gateway: FakeGateway
    let application: Application
    /// Makes timestamps differ, as milliseconds do.
    private let counter: Atomic<Int>

    static let key = "pk_test_first"
    static let secret = "sk_test_first"

    /// Opens the store in the world's disk; the application is made when there is none.
    init(_ doors: Doors, options: APIOptions = Shop.freeOptions, counter: Int = 0) async throws {
        self.doors = doors
        var storeOptions = StoreOptions()
        storeOptions.ballastByteCount = 0
        storeOptions.freeSpaceReserve = 0
        storeOptions.logFileByteCount = 8 << 20
        store = try Store.open(directory: "/data", doors: doors, options: storeOptions)
        let vault = Vault(try Sealer(masterKey: Secret([UInt8](repeating: 7, count: 32))))
        let ledger = Ledger(vault: vault, links: Links(publicURL: "https://pay.example"))
        gateway = FakeGateway("sandbox_alpha", doors)
        let engine = PaymentEngine(
            store: store, ledger: ledger, doors: doors, adapters: [gateway], breaker: CircuitBreaker())
        application = try await Self.makeApplication(store, vault, key: Self.key, secret: Self.secret, seed: 1)
        let notices = InboundNotices(
            store: store, ledger: ledger, doors: doors, adapters: [gateway], actions: engine)
        services = try Services(
            doors: doors, store: store, ledger: ledger, engine: engine, notices: notices, options: options,
            invoiceDocument: { document in
                Response(
                    status: 200,
                    headers: [
                        ("Content-Type", "text/html; charset=utf-8"),
                        ("Content-Security-Policy", "default-src 'none'; style-src 'sha256-A'"),
                    ], body: Array("<!doctype html>\(document.invoice.number ?? "")".utf8))
            })
        server = APIServer(services)
        self.counter = Atomic(counter)
    }

    /// No rate limit, so that tests can send what they like.
    static var freeOptions: APIOptions {
        var options = APIOptions()
        options.rateLimit = 0
        return options
    }

    /// An application with one key and the gateway `sandbox_alpha`; what is there already stays.
    @discardableResult
    static func makeApplication(
        _ store: Store, _ vault: Vault, key text: String, secret: String, seed: UInt64,
        _ change: @escaping @Sendable (inout Application, inout APIKey) -> Void = { _, _ in }
    ) async throws -> Application {
        try await store.transact { transaction in
            let id = ApplicationID(value: UInt128(seed))
            if let found = transaction.get(Application.self, Key(id)) { return found }
            var application = Application()
            application.id = id
            application.name = "Shop"
            application.createdAt = transaction.now
            var key = APIKey()
            key.key = text
            key.application = id
            key.secret = vault.seal(Array(secret.utf8), for: text, in: transaction)
            key.createdAt = transaction.now
            change(&application, &key)
            transaction.put(application)
            transaction.put(key)
            var gateway = GatewayConfiguration()
            gateway.application = id
            gateway.gateway = "sandbox_alpha"
            gateway.adapter = "sandbox_alpha"
            gateway.displayName = "Card (sandbox)"
            gateway.order = 1
            gateway.methods = ["card"]
            gateway.createdAt = transaction.now
            transaction.put(gateway)
            transaction.notify(Topics.configuration)
            return application
        }
    }

    // MARK: Requests

    /// A signed request. Each has a timestamp of its own unless one is given.
    func request(
        _ method: Method, _ target: String, _ body: String? = nil, key: String = Shop.key,
        secret: String = Shop.secret, timestamp: String? = nil, version: Int = 1, idempotencyKey: String? = nil,
        fields: [(name: String, value: String)] = [], peer: SocketAddress = .ip(.v4(0x7f00_0001), port: 9)
    ) -> Request {
        let number = counter.add(1, ordering: .relaxed).newValue
        let digits = String(number % 1_000_000)
        let fraction = String(repeating: "0", count: 6 - digits.utf8.count) + digits
        let time = timestamp ?? "\(doors.clock.now().seconds).\(fraction)"
        let content = Array((body ?? "").utf8)
        var payload = Array("\(time).".utf8)
        if version == 2 { payload = Array("v2.\(time).\(method.text).\(target).".utf8) }
        let signature = Hex.encode(HMACSHA256.authenticate(payload + content, key: Array(secret.utf8)))
        var headers: [(name: String, value: String)] = [
            ("X-Api-Key", key), ("X-Timestamp", time), ("X-Signature", signature),
        ]
        if version == 2 { headers.append(("X-Signature-Version", "2")) }
        if body != nil { headers.append(("Content-Type", "application/json")) }
        if let idempotencyKey { headers.append(("Idempotency-Key", idempotencyKey)) }
        return Request(
            method: method, target: target, headers: Headers(headers + fields), body: content, peer: peer)
    }

    func send(
        _ method: Method, _ target: String, _ body: String? = nil, idempotencyKey: String? = nil
    ) async -> Answer {
        await send(request(method, "/api/v1" + target, body, idempotencyKey: idempotencyKey))
    }

    func send(_ request: Request) async -> Answer {
        Answer(await server.handle(request))
    }

    static let order = #"{"amount":99.99,"currency":"USD","description":"Order","customer_email":"ada@example.com"}"#

    /// A customer with a saved method, whose token says what becomes of its charges. The first one is the default.
    @discardableResult
    func saveMethod(
        _ token: String = FakeGateway.goodToken, of email: String = "ada@example.com"
    ) async throws -> (customer: CustomerID, method: PaymentMethodID) {
        let (ledger, application) = (services.ledger, self.application)
        return try await store.transact(for: application.id) { transaction in
            let customer = Customers(ledger).findOrCreate(
                email: email, name: "Ada Lovelace", application: application, by: .system, in: transaction)
            let saved = SavedMethod(
                token: token, summary: MethodSummary(type: "card", brand: "visa", last4: "4242"))
            let method = PaymentMethods(ledger).keep(
                saved, of: customer.id, gateway: "sandbox_alpha", mode: application.mode, becomesDefault: false,
                by: .system, in: transaction)
            guard let method else { throw Refusal.notFound("customer") }
            return (customer.id, method.id)
        }
    }

    /// A payment whose money came.
    func paidPayment(_ body: String = Shop.order) async throws -> PaymentHash {
        let answer = await send(.post, "/payments", body)
        guard let hash = PaymentHash(answer["payment", "hash"]?.text ?? "") else { throw Refusal.notFound("payment") }
        let engine = services.engine
        _ = try await engine.start(hash, gateway: "sandbox_alpha", by: .buyer)
        _ = try await engine.submit(hash, attempt: 1, .approval, by: .buyer)
        return hash
    }
}

/// An answer, read.
struct Answer: Sendable {
    let status: Int
    let headers: [(name: String, value: String)]
    let body: [UInt8]
    let json: JSONValue

    init(_ response: Response) {
        status = response.status
        headers = response.headers
        body = response.body
        // The largest answer is the document of all operations.
        let limits = JSONLimits(depth: 64, byteCount: 4 << 20, memberCount: 100_000)
        json = (try? JSON.parse(response.body, limits: limits)) ?? .null
    }

    subscript(path: String...) -> JSONValue? {
        var value: JSONValue? = json
        for name in path {
            guard case .object(let object)? = value else { return nil }
            value = object[name]
        }
        return value
    }

    func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }

    /// The error's code, or nil for a success.
    var code: String? { self["error", "code"]?.text }
    var issues: [String] {
        guard case .array(let items)? = self["error", "errors"] else { return [] }
        return items.map { item in
            guard case .object(let object) = item else { return "" }
            return (object["field"]?.text ?? "") + ":" + (object["code"]?.text ?? "")
        }
    }
}

extension JSONValue {
    var text: String? { if case .string(let text) = self { text } else { nil } }
    var numberText: String? { if case .number(let number) = self { number.text } else { nil } }
    var items: [JSONValue] { if case .array(let items) = self { items } else { [] } }
    subscript(name: String) -> JSONValue? { if case .object(let object) = self { object[name] } else { nil } }
}
