import Billing
import Bytes
import Fields
import Gateways
import HTTP
import JSON
import Pages
import Runtime
import Scenarios
import Simulation
import Storage
import Testing

/// A server with the sandbox gateways and all hosted pages, visited by a browser without scripts.
final class PageStory: Sendable {
    let node: ServerNode
    private let checkout: CheckoutHandler
    private let invoices: InvoiceHandler
    private let setups: SetupHandler
    private let portal: PortalHandler

    init(seed: UInt64 = 1) throws {
        var options = WorldOptions()
        options.network = .plain
        node = try ServerNode(World(seed: seed, options: options), usesSandbox: true)
        let doors = node.world.doors
        checkout = CheckoutHandler(engine: node.engine, doors: doors)
        invoices = InvoiceHandler(engine: node.engine, doors: doors)
        setups = SetupHandler(engine: node.engine, doors: doors)
        portal = PortalHandler(engine: node.engine, doors: doors)
    }

    func run(_ body: @escaping @Sendable (PageStory) async throws -> Void) throws {
        try node.world.run { _ in try await body(self) }
    }

    func wait(seconds: Int) async { await node.wait(milliseconds: seconds * 1000) }

    // MARK: Visiting

    /// What a browser shows.
    struct Visit: Sendable {
        let path: String
        let status: Int
        let text: String
        let location: String?
        let refresh: String?

        var csrf: String {
            guard let start = text.firstRange(of: "name=\"csrf\" value=\"") else { return "" }
            return String(text[start.upperBound...].prefix { $0 != "\"" })
        }

        var heading: String {
            guard let start = text.firstRange(of: "<h1") else { return "" }
            let rest = text[start.upperBound...]
            return rest.firstRange(of: "</h1>").map { String(rest[..<$0.lowerBound]) } ?? ""
        }

        func says(_ phrase: Phrase) -> Bool { text.contains(Language.english.text(phrase)) }
    }

    private func send(_ method: Method, _ target: String, _ body: String = "", site: String? = nil) async -> Visit {
        var headers: [(name: String, value: String)] = []
        if let site { headers.append(("Sec-Fetch-Site", site)) }
        let request = Request(
            method: method, target: target, headers: Headers(headers), body: Array(body.utf8))
        var response = await checkout.handle(request)
        if response == nil { response = await invoices.handle(request) }
        if response == nil { response = await setups.handle(request) }
        if response == nil { response = await portal.handle(request) }
        func header(_ name: String) -> String? { response?.headers.first { $0.name == name }?.value }
        return Visit(
            path: target, status: response?.status ?? 0,
            text: response.map { String(decoding: $0.body, as: UTF8.self) } ?? "", location: header("Location"),
            refresh: header("Refresh"))
    }

    func get(_ target: String) async -> Visit { await send(.get, target) }

    /// Sends a form of `page`, and follows where that leads.
    func post(_ target: String, from page: Visit, _ fields: [(String, String)] = []) async -> Visit {
        let answer = await postOnly(target, csrf: page.csrf, fields)
        guard let location = answer.location else { return answer }
        return await get(location)
    }

    func postOnly(
        _ target: String, csrf: String, _ fields: [(String, String)] = [], site: String? = nil
    ) async -> Visit {
        var items = QueryItems()
        items.append("csrf", csrf)
        for (name, value) in fields { items.append(name, value) }
        return await send(.post, target, items.text, site: site)
    }

    static func card(_ number: String) -> [(String, String)] {
        [
            ("method", "sandbox_alpha"), ("number", number), ("name", "Ada Lovelace"), ("expiry", "12/39"),
            ("code", "123"),
        ]
    }

    // MARK: The merchant

    /// Changes something as the merchant would, in the application's time.
    @discardableResult
    func merchant<Answer: Sendable>(
        _ body: @escaping @Sendable (Ledger, Application, Transaction) throws -> Answer
    ) async throws -> Answer {
        let (ledger, id) = (node.ledger, node.application)
        return try await node.store.transact(for: id) { transaction in
            try body(ledger, try Applications.find(id, in: transaction), transaction)
        }
    }

    @discardableResult
    func plan(_ id: String, _ price: String, trialDays: Int64? = nil) async throws -> Plan {
        try await merchant { ledger, application, transaction in
            var input = PlanInput()
            input.id = id
            input.name = "Plan \(id)"
            input.price = DecimalAmount(decimal: JSONDecimal(price))
            input.currency = .usd
            input.trialDays = trialDays
            return try Plans(ledger).create(input, application: application, by: .system, in: transaction)
        }
    }

    func subscribe(
        to plan: String, email: String = "ada@example.com", trialDays: Int64? = nil, returnURL: String? = nil
    ) async throws -> Subscription {
        try await merchant { ledger, application, transaction in
            var input = SubscriptionInput()
            input.customerEmail = email
            input.plan = plan
            input.trialDays = trialDays
            input.returnURL = returnURL
            return try Subscriptions(ledger).create(
                input, application: application, by: .system, in: transaction
            ).subscription
        }
    }

    func now(_ subscription: Subscription) throws -> Subscription {
        try #require(try node.store.readSync { $0.get(Subscription.self, Key(subscription.id)) })
    }

    func invoices(of subscription: Subscription) throws -> [Invoice] {
        try node.store.readSync { snapshot in
            var found: [Invoice] = []
            snapshot.scan(Invoice.bySubscription, prefix: Key(subscription.id)) { invoice, _ in
                found.append(invoice)
                return true
            }
            return found
        }
    }

    func setupPath(_ subscription: Subscription) -> String {
        "/setup/" + Hex.encode(subscription.setupToken.bytes)
    }

    static func path(_ invoice: Invoice) -> String { "/invoice/" + Hex.encode(invoice.token.bytes) }

    /// The account of a customer, opened by its one-time link.
    func account(of customer: CustomerID) async throws -> Visit {
        let token = try await merchant { _, application, transaction in
            var session = PortalSession()
            session.token = Blob(transaction.random(16, purpose: "portal token"))
            session.application = application.id
            session.customer = customer
            session.createdAt = transaction.storeTime
            session.expiresAt = transaction.storeTime.adding(seconds: 1800)
            session.returnURL = "https://shop.example/account"
            transaction.put(session)
            return session.token.bytes
        }
        let link = "/portal/" + Hex.encode(token)
        return await post(link, from: await get(link))
    }

    /// A subscription with a saved card, and its customer's account.
    func subscribed(to plan: String) async throws -> (subscription: Subscription, account: Visit) {
        let made = try await subscribe(to: plan)
        let path = setupPath(made)
        _ = await post(path + "/pay", from: await get(path), Self.card("4242424242424242"))
        await wait(seconds: 5)
        return (try now(made), try await account(of: made.customer))
    }
}
