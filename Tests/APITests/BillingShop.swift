import Billing
import Fields
import Gateways
import HTTP
import JSON
import Runtime
import Simulation
import Storage

@testable import API

/// A shop that sells subscriptions, by a clock of its own that stands at the beginning of 2025.
struct BillingShop: Sendable {
    let shop: Shop
    private let clockwork: Clockwork

    init(_ doors: Doors) async throws {
        shop = try await Shop(doors)
        let (store, ledger, engine) = (shop.store, shop.services.ledger, shop.services.engine)
        clockwork = Clockwork(
            store: store, doors: doors,
            sources: [
                SubscriptionWork(store: store, ledger: ledger), InvoiceWork(store: store, ledger: ledger),
                Collector(engine), engine,
            ])
        let application = shop.application
        try await store.transact { transaction in
            _ = try TestClocks(ledger).freeze(
                application, at: Timestamp(seconds: 1_735_689_600), by: .system, in: transaction)
        }
        try await plan("plan_basic", "30.00")
    }

    private var ledger: Ledger { shop.services.ledger }

    func plan(_ id: String, _ price: String, currency: Currency = .usd) async throws {
        var input = PlanInput()
        input.id = id
        input.name = id
        input.price = DecimalAmount(decimal: JSONDecimal(price))
        input.currency = currency
        input.billingCycle = .monthly
        let (ledger, application, ready) = (ledger, shop.application, input)
        try await shop.store.transact(for: application.id) {
            _ = try Plans(ledger).create(ready, application: application, by: .system, in: $0)
        }
    }

    /// A subscription of a customer with a saved method, whose first invoice is settled as its token says.
    func subscribe(
        _ email: String = "ada@example.com", plan: String = "plan_basic", token: String? = FakeGateway.goodToken,
        _ change: (inout SubscriptionInput) -> Void = { _ in }
    ) async throws -> SubscriptionID {
        var input = SubscriptionInput()
        input.plan = plan
        input.customerEmail = email
        if let token {
            input.customerEmail = nil
            input.customerID = try await shop.saveMethod(token, of: email).customer
        }
        change(&input)
        let (ledger, application, ready) = (ledger, shop.application, input)
        let made = try await shop.store.transact(for: application.id) {
            try Subscriptions(ledger).create(ready, application: application, by: .system, in: $0).subscription
        }
        try await settle()
        return made.id
    }

    /// One whose invoices are sent rather than charged.
    func subscribeBySending(
        _ email: String = "ada@example.com", token: String? = FakeGateway.goodToken
    ) async throws -> SubscriptionID {
        try await subscribe(email, token: token) { $0.collection = .sendInvoice }
    }

    /// Does all that is due now.
    func settle() async throws {
        let (id, clock) = (shop.application.id, shop.doors.clock)
        try await advance(to: try await shop.store.read { $0.now(of: id, clock) })
    }

    func advance(to text: String) async throws {
        guard let target = Timestamp(text) else { throw Refusal.notFound("time") }
        try await advance(to: target)
    }

    private func advance(to target: Timestamp) async throws {
        let deadline = shop.doors.clock.instant().adding(seconds: 600)
        _ = try await clockwork.advance(shop.application.id, to: target, deadline: deadline)
    }

    // MARK: What the API says

    /// The objects of a list, oldest first, following its cursors.
    func all(_ target: String, _ name: String = "invoices") async -> [JSONValue] {
        var found: [JSONValue] = []
        var cursor = ""
        for _ in 0..<100 {
            let separator = target.contains("?") ? "&" : "?"
            let answer = await shop.send(.get, target + separator + "limit=2&sort=created_at" + cursor)
            found += answer[name]?.items ?? []
            guard answer["pagination", "has_more"] == .bool(true), let next = answer["pagination", "next_cursor"]?.text
            else { break }
            cursor = "&cursor=" + next
        }
        return found
    }

    func invoices(of subscription: SubscriptionID) async -> [JSONValue] {
        await all("/subscription-invoices?subscription_id=\(subscription)")
    }

    /// The path of a subscription's oldest invoice.
    func firstInvoice(of subscription: SubscriptionID) async -> String {
        "/subscription-invoices/" + (await invoices(of: subscription).first?["id"]?.text ?? "")
    }
}

extension JSONValue {
    /// The text of each element's member.
    func texts(_ name: String) -> [String] { items.compactMap { $0[name]?.text } }
}
