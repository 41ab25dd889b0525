import Billing
import Fields
import Gateways
import Runtime
import Scenarios
import Simulation
import Storage

/// A server with two far gateways, a customer with saved methods, and open invoices.
final class CollectionStory: Sendable {
    let engineStory: EngineStory

    var node: ServerNode { engineStory.node }
    var engine: PaymentEngine { node.engine }
    var alpha: FarBooks { engineStory.alpha }
    var beta: FarBooks { engineStory.beta }

    init(
        seed: UInt64 = 1, disk: DiskImage = DiskImage(), alpha: FarBooks = FarBooks("far_alpha"),
        beta: FarBooks = FarBooks("far_beta")
    ) throws {
        engineStory = try EngineStory(seed: seed, disk: disk, alpha: alpha, beta: beta)
    }

    @discardableResult
    func run<Answer: Sendable>(
        _ body: @escaping @Sendable (CollectionStory) async throws -> Answer
    ) throws -> Answer {
        try node.world.run { _ in try await body(self) }
    }

    func wait(seconds: Int) async { await engineStory.wait(seconds: seconds) }

    /// A customer whose methods have these tokens at far_alpha and far_beta; the first is the default.
    func customer(alpha: String? = FarBooks.goodToken, beta: String? = nil) async throws -> CustomerID {
        let (ledger, id) = (node.ledger, node.application)
        return try await node.store.transact(for: id) { transaction in
            guard let application = transaction.get(Application.self, Key(id)) else {
                throw Refusal.notFound("application")
            }
            let customer = Customers(ledger).findOrCreate(
                email: "ada@example.com", name: nil, application: application, by: .system, in: transaction)
            for (gateway, token) in [("far_alpha", alpha), ("far_beta", beta)] {
                guard let token else { continue }
                let saved = SavedMethod(token: token, summary: MethodSummary(type: "card", last4: "4242"))
                PaymentMethods(ledger).keep(
                    saved, of: customer.id, gateway: gateway, mode: .test, becomesDefault: false, by: .system,
                    in: transaction)
            }
            return customer.id
        }
    }

    /// An open invoice over so many cents.
    func invoice(of customer: CustomerID, units: Int64 = 2999) async throws -> Invoice {
        let (ledger, id) = (node.ledger, node.application)
        return try await node.store.transact(for: id) { transaction in
            var invoice = Invoice()
            invoice.id = InvoiceID(in: transaction, purpose: "invoice")
            invoice.application = id
            var counters = transaction.get(Counters.self, Key(id)) ?? Counters()
            counters.application = id
            counters.invoices += 1
            transaction.put(counters)
            let digits = String(counters.invoices)
            invoice.number = "INV-2025-" + String(repeating: "0", count: 6 - digits.utf8.count) + digits
            invoice.customer = customer
            invoice.status = .open
            invoice.total = Money(units, .usd)
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
            return ledger.save(invoice, before: nil, action: "invoice.open", by: .system, in: transaction)
        }
    }

    func now(_ invoice: Invoice) throws -> Invoice {
        guard let found = try node.store.readSync({ $0.get(Invoice.self, Key(invoice.id)) }) else {
            throw Refusal.notFound("invoice")
        }
        return found
    }

    func collect(
        _ invoice: Invoice, method: PaymentMethodID? = nil, gateway: String? = nil
    ) async throws -> Payment {
        try await engine.collect(
            invoice: invoice.id, application: node.application, method: method, gateway: gateway, by: .system)
    }

    func hosted(_ invoice: Invoice) async throws -> Payment {
        try await engine.hostedPayment(for: invoice.id, application: node.application, by: .buyer)
    }

    /// Makes the automatic try of an invoice due; the server's clockwork makes it at once.
    func makeDue(_ invoice: Invoice) async throws {
        let ledger = node.ledger
        try await node.store.transact(for: node.application) { transaction in
            guard let before = transaction.get(Invoice.self, Key(invoice.id)) else { return }
            var after = before
            after.nextPaymentAttempt = transaction.now
            ledger.save(after, before: before, action: "invoice.due", by: .system, in: transaction)
        }
    }

    func findings() throws -> [String] { try engineStory.findings(isSettled: false) }
}
