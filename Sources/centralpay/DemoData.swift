import Billing
import Fields
import Gateways
import JSON
import Pages
import Runtime
import Storage

/// Fills new data of the demonstration with a shop, customers and payments in several states, all through the same
/// doors that requests use.
struct DemoData: Sendable {
    private let composition: Composition

    private static let colour = "#1d5c4d"
    private static let act = Act(actor: "key:" + Demo.apiKey)

    /// A payment that somebody made, and what became of it.
    private struct Story {
        enum End {
            case open
            case cancelled
            /// Paid with the sandbox card of that number.
            case card(String)
            case wallet
        }

        let amount: String
        let currency: Currency
        let description: String
        let email: String
        let name: String
        let end: End
        /// Given back afterwards; nil for nothing.
        var refund: String?
    }

    init(_ composition: Composition) {
        self.composition = composition
    }

    func fill() async throws {
        let isNew = try await composition.store.read { Applications.list(in: $0).isEmpty }
        guard isNew else { return }
        let applications = Applications(composition.ledger)
        let application = try await composition.store.transact { transaction -> Application in
            let new = try applications.create(
                name: "Demo Shop", mode: .test, pair: KeyPair(key: Demo.apiKey, secret: Demo.apiSecret),
                by: Composition.operatorAct, in: transaction)
            var change = ApplicationChange()
            change.brandColour = Self.passingColour
            return try applications.update(
                new.application.id, change, by: Composition.operatorAct, in: transaction)
        }
        for story in Self.stories { try await play(story, application) }
    }

    private static var passingColour: String {
        guard let colour = BrandColour(colour), case .accepted = BrandGuard.judge(colour, in: .light) else { return "" }
        return colour.description
    }

    private static var stories: [Story] {
        let euro = Currency("EUR") ?? .usd
        let yen = Currency("JPY") ?? .usd
        return [
            Story(
                amount: "129.00", currency: euro, description: "Order 1001: desk lamp", email: "ada@example.com",
                name: "Ada Lovelace", end: .card("4242424242424242")),
            Story(
                amount: "49.90", currency: .usd, description: "Order 1002: notebooks", email: "grace@example.com",
                name: "Grace Hopper", end: .card("4242424242424242"), refund: "9.90"),
            Story(
                amount: "18.50", currency: euro, description: "Order 1003: coffee beans", email: "alan@example.com",
                name: "Alan Turing", end: .wallet),
            Story(
                amount: "75.00", currency: .usd, description: "Order 1004: headphones", email: "katherine@example.com",
                name: "Katherine Johnson", end: .card("4000000000009995")),
            Story(
                amount: "12800", currency: yen, description: "Order 1005: tea set", email: "ada@example.com",
                name: "Ada Lovelace", end: .cancelled),
            Story(
                amount: "240.00", currency: euro, description: "Order 1006: bicycle service",
                email: "edsger@example.com", name: "Edsger Dijkstra", end: .open),
        ]
    }

    private func play(_ story: Story, _ application: Application) async throws {
        let payment = try await create(
            amount: story.amount, currency: story.currency, description: story.description, email: story.email,
            name: story.name, application)
        let engine = composition.engine
        switch story.end {
        case .open: break
        case .cancelled:
            _ = try await engine.cancel(
                payment.hash, application: application.id, reason: .requestedByMerchant, by: Self.act)
        case .card(let number):
            try await pay(
                payment, "sandbox_alpha",
                .card(SandboxCard(number: number, expiryMonth: 12, expiryYear: 2034, holder: story.name)))
        case .wallet: try await pay(payment, "sandbox_beta", .approval)
        }
        if let refund = story.refund {
            _ = try await engine.refund(
                payment.hash, application: application.id, amount: Self.amount(refund),
                reason: "requested_by_customer", by: Self.act)
        }
    }

    private func pay(_ payment: Payment, _ gateway: String, _ instrument: Instrument) async throws {
        let engine = composition.engine
        _ = try await engine.start(payment.hash, gateway: gateway, by: .buyer)
        guard let attempt = try await engine.openAttempt(of: payment.hash) else { return }
        _ = try await engine.submit(payment.hash, attempt: attempt.number, instrument, by: .buyer)
    }

    /// A new payment of the shop.
    func create(
        amount: String, currency: Currency, description: String, email: String, name: String,
        savesMethod: Bool = false, _ application: Application
    ) async throws -> Payment {
        var input = PaymentInput()
        input.amount = Self.amount(amount)
        input.currency = currency
        input.description = description
        input.customerEmail = email
        input.customerName = name
        input.savesMethod = savesMethod
        let payments = Payments(composition.ledger)
        let wanted = input
        return try await composition.store.transact { transaction in
            try payments.create(wanted, application: application, by: Self.act, in: transaction)
        }
    }

    private static func amount(_ text: String) -> DecimalAmount {
        var issues = InputIssues()
        return DecimalAmount.read(.string(text), &issues, .any) ?? .none
    }
}
