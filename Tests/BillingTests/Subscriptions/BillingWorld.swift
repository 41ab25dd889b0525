import Fields
import JSON
import Runtime
import Simulation
import Storage
import Testing

@testable import Billing

/// A ledger world with a clock, plans, and payments that end as a test says.
final class BillingWorld {
    let world: LedgerWorld
    private(set) var application: Application

    var ledger: Ledger { world.ledger }

    init(at time: String = "2025-01-01T12:00:00Z", seed: UInt64 = 1) throws {
        world = try LedgerWorld(seed: seed, at: try Self.time(time))
        application = world.application
    }

    static func time(_ text: String) throws -> Timestamp { try #require(Timestamp(text)) }

    func settings(_ change: (inout BillingSettings) -> Void) throws {
        var changed = application.billing
        change(&changed)
        let (ledger, id, billing) = (ledger, application.id, changed)
        application = try world.transact { transaction in
            var change = ApplicationChange()
            change.billing = billing
            return try Applications(ledger).update(id, change, by: .system, in: transaction)
        }
    }

    // MARK: Time

    /// Does all that is due up to `time`, each item at its own time.
    func advance(to text: String) throws {
        try advance(to: try Self.time(text))
    }

    func advance(to target: Timestamp) throws {
        while let due = try nextDue(), due <= target {
            if due > world.world.clock.now() { world.world.clock.set(due) }
            try runDue()
        }
        if target > world.world.clock.now() { world.world.clock.set(target) }
    }

    /// Moves the clock without doing anything: the server stood still.
    func sleep(until text: String) throws {
        world.world.clock.set(try Self.time(text))
    }

    func nextDue() throws -> Timestamp? {
        let (works, id) = (works, application.id)
        return try world.read { snapshot in works.compactMap { $0.nextDue(of: id, in: snapshot) }.min() }
    }

    /// Does one round of what is due now.
    func runDue() throws {
        let (works, id, now) = (works, application.id, world.world.clock.now())
        try world.world.run { _ in
            for work in works { _ = await work.runDue(of: id, now: now, waits: true) }
        }
    }

    private var works: [any DueSource] {
        [SubscriptionWork(store: world.store, ledger: ledger), InvoiceWork(store: world.store, ledger: ledger)]
    }

    // MARK: Objects

    @discardableResult
    func plan(
        _ id: String, _ price: String, _ cycle: BillingCycle = .monthly, currency: String = "USD", trial: Int64 = 0,
        fee: String? = nil
    ) throws -> Plan {
        var input = PlanInput()
        input.id = id
        input.name = id.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined(separator: " ")
        input.price = DecimalAmount(decimal: JSONDecimal(price))
        input.currency = try #require(Currency(currency))
        input.billingCycle = cycle
        input.trialDays = trial
        input.setupFee = fee.map { DecimalAmount(decimal: JSONDecimal($0)) }
        let (ledger, application, ready) = (ledger, application, input)
        return try world.transact {
            try Plans(ledger).create(ready, application: application, by: .system, in: $0)
        }
    }

    func customer(_ email: String = "ada@example.com") throws -> Customer {
        let (ledger, application) = (ledger, application)
        return try world.transact {
            Customers(ledger).findOrCreate(
                email: email, name: "Ada", application: application, by: .system, in: $0)
        }
    }

    /// Saves a card, as the customer's default.
    @discardableResult
    func card(of id: CustomerID) throws -> PaymentMethod {
        let (ledger, application) = (ledger, application)
        return try world.transact { transaction in
            var method = PaymentMethod()
            method.id = PaymentMethodID(in: transaction, purpose: "payment method")
            method.application = application.id
            method.customer = id
            method.type = "card"
            method.gateway = "sandbox_alpha"
            let saved = ledger.save(method, before: nil, mode: .test, by: .system, in: transaction)
            var patch = CustomerPatch()
            patch.defaultPaymentMethod = .set(saved.id)
            _ = try Customers(ledger).update(id, patch, application: application, by: .system, in: transaction)
            return saved
        }
    }

    func create(
        _ plan: String, by customer: CustomerID? = nil, _ change: (inout SubscriptionInput) throws -> Void = { _ in }
    ) throws -> (subscription: Subscription, invoice: Invoice?) {
        var input = SubscriptionInput()
        input.plan = plan
        if let customer { input.customerID = customer } else { input.customerEmail = "ada@example.com" }
        try change(&input)
        let (ledger, application, ready) = (ledger, application, input)
        return try world.transact {
            try Subscriptions(ledger).create(ready, application: application, by: .system, in: $0)
        }
    }

    /// A subscription whose first invoice is paid by a saved card.
    func active(
        _ plan: String, _ change: (inout SubscriptionInput) throws -> Void = { _ in }
    ) throws -> Subscription {
        let customer = try customer()
        if customer.defaultPaymentMethod == nil { try card(of: customer.id) }
        let created = try create(plan, by: customer.id, change)
        if let invoice = created.invoice, invoice.status == .open { try pay(invoice.id) }
        return try subscription(created.subscription.id)
    }

    func subscription(_ id: SubscriptionID) throws -> Subscription {
        try #require(try world.read { $0.get(Subscription.self, Key(id)) })
    }

    func invoice(_ id: InvoiceID) throws -> Invoice {
        try #require(try world.read { $0.get(Invoice.self, Key(id)) })
    }

    /// All invoices of a subscription, oldest first.
    func invoices(of id: SubscriptionID) throws -> [Invoice] {
        try world.read { snapshot in
            var invoices: [Invoice] = []
            snapshot.scan(Invoice.bySubscription, prefix: Key(id)) { invoice, _ in
                invoices.append(invoice)
                return true
            }
            return invoices.sorted { ($0.number ?? "") < ($1.number ?? "") }
        }
    }

    func balance(of id: CustomerID) throws -> Int64 {
        try world.read { $0.get(Customer.self, Key(id))?.balance(in: .usd).units ?? 0 }
    }

    // MARK: Acts

    /// Runs an act of a service as one transaction.
    func act<Answer: Sendable>(
        _ body: @escaping @Sendable (Ledger, Application, Transaction) throws -> Answer
    ) throws -> Answer {
        let (ledger, application) = (ledger, application)
        return try world.transact { try body(ledger, application, $0) }
    }

    @discardableResult
    func change(_ id: SubscriptionID, _ change: (inout ChangeInput) -> Void) throws -> ChangeOutcome {
        var input = ChangeInput()
        change(&input)
        let ready = input
        return try act { try Subscriptions($0).changePlan(id, ready, application: $1, by: .system, in: $2) }
    }

    func preview(_ id: SubscriptionID, _ change: (inout ChangeInput) -> Void) throws -> ChangePreview {
        var input = ChangeInput()
        change(&input)
        let now = world.world.clock.now()
        return try world.read { snapshot in
            try Subscriptions(ledger).previewChange(id, input, application: application, now: now, in: snapshot)
        }
    }

    @discardableResult
    func cancel(_ id: SubscriptionID, _ change: (inout CancelInput) -> Void = { _ in }) throws -> CancelOutcome {
        var input = CancelInput()
        change(&input)
        let ready = input
        return try act { try Subscriptions($0).cancel(id, ready, application: $1, by: .system, in: $2) }
    }

    @discardableResult
    func pause(_ id: SubscriptionID, until resume: String? = nil) throws -> Subscription {
        var input = PauseInput()
        input.resumeAt = try resume.map { try Self.time($0) }
        let ready = input
        return try act { try Subscriptions($0).pause(id, ready, application: $1, by: .system, in: $2) }
    }

    @discardableResult
    func resume(_ id: SubscriptionID) throws -> Subscription {
        try act { try Subscriptions($0).resume(id, application: $1, by: .system, in: $2) }
    }

    func upcoming(_ id: SubscriptionID) throws -> Invoice {
        try world.read { try Subscriptions(ledger).upcoming(id, application: application, in: $0) }
    }

    @discardableResult
    func generate(_ id: SubscriptionID, _ change: (inout GenerateInput) -> Void = { _ in }) throws -> Invoice {
        var input = GenerateInput()
        change(&input)
        let ready = input
        return try act { try Subscriptions($0).generate(id, ready, application: $1, by: .system, in: $2) }
    }

    @discardableResult
    func credit(_ id: InvoiceID, _ change: (inout CreditInput) -> Void = { _ in }) throws -> CreditOutcome {
        var input = CreditInput()
        change(&input)
        let ready = input
        return try act { try Invoices($0).credit(id, ready, application: $1, by: .system, in: $2) }
    }

    @discardableResult
    func void(_ id: InvoiceID) throws -> Invoice {
        try act { try Invoices($0).void(id, application: $1, by: .system, in: $2) }
    }

    @discardableResult
    func giveUp(_ id: InvoiceID) throws -> Invoice {
        try act { try Invoices($0).markUncollectible(id, application: $1, by: .system, in: $2) }
    }

    // MARK: Payments

    /// A payment of an invoice whose call has left.
    func begin(_ id: InvoiceID, isScheduled: Bool = true) throws -> Payment {
        try act { ledger, application, transaction in
            let invoice = try #require(transaction.get(Invoice.self, Key(id)))
            var payment = Payment()
            payment.hash = PaymentHash(in: transaction, purpose: "payment")
            payment.application = application.id
            payment.amount = invoice.amountDue
            payment.customer = invoice.customer
            payment.invoice = id
            payment.createdAt = transaction.now
            payment.expiresAt = transaction.now.adding(seconds: 86_400)
            payment.token = Blob(transaction.random(16, purpose: "checkout token"))
            let number = try payment.beginAttempt(at: "sandbox_alpha", now: transaction.now)
            try payment.sessionOpened(
                number, reference: "s", url: "https://pay.example/1", now: transaction.now)
            try payment.beginCapture(number, now: transaction.now)
            _ = try Invoices(ledger).attach(payment, isScheduled: isScheduled, by: .system, in: transaction)
            let saved = ledger.save(payment, before: nil, action: "payment.create", by: .system, in: transaction)
            Invoices(ledger).follow(saved, before: nil, by: .system, in: transaction)
            return saved
        }
    }

    /// Ends a payment: with money, or with a decline that leaves no try.
    @discardableResult
    func end(_ hash: PaymentHash, failure: Failure? = nil, units: Int64? = nil) throws -> Payment {
        try act { ledger, _, transaction in
            let before = try #require(transaction.get(Payment.self, Key(hash)))
            var payment = before
            let paid = Money(units ?? payment.amount.units, payment.amount.currency)
            payment.amount = paid
            let outcome: Outcome =
                failure.map { .declined($0) }
                ?? .succeeded(Charge(reference: "ch-\(hash)", amount: paid, method: nil))
            _ = try payment.settle(
                1, outcome, decision: "Because.", refund: RefundID(in: transaction, purpose: "refund"),
                now: transaction.now)
            if failure != nil { payment.status = .failed }
            let saved = ledger.save(payment, before: before, action: "payment.settle", by: .system, in: transaction)
            Invoices(ledger).follow(saved, before: before, by: .system, in: transaction)
            return saved
        }
    }

    @discardableResult
    func pay(_ id: InvoiceID, isScheduled: Bool = true) throws -> Payment {
        try end(try begin(id, isScheduled: isScheduled).hash)
    }

    @discardableResult
    func decline(_ id: InvoiceID, _ code: String = "insufficient_funds", isScheduled: Bool = true) throws -> Payment {
        let payment = try begin(id, isScheduled: isScheduled)
        return try end(payment.hash, failure: Failure(code, "The card was declined.", .issuer))
    }

    /// Collects like a gateway at which every card works: all tries that are due, and what falls due meanwhile, up to
    /// `text`.
    func run(to text: String) throws {
        let target = try Self.time(text)
        while true {
            let id = application.id
            let attempt = try world.read { $0.first(Invoice.byAttempt, Key(id)) }
            let due = try [nextDue(), attempt?.attemptDueAt].compactMap { $0 }.min()
            guard let due, due <= target else { break }
            if due > world.world.clock.now() { world.world.clock.set(due) }
            if let attempt, attempt.attemptDueAt == due { try pay(attempt.id) } else { try runDue() }
        }
        if target > world.world.clock.now() { world.world.clock.set(target) }
    }
}

/// The code of the refusal that `body` throws; nil when it does not.
func refusal(_ body: () throws -> Void) -> Refusal.Code? {
    do {
        try body()
        return nil
    } catch {
        return (error as? Refusal)?.code
    }
}

/// The issues of the refusal that `body` throws, as field and code.
func issues(_ body: () throws -> Void) -> [String] {
    do {
        try body()
        return []
    } catch {
        return (error as? Refusal)?.issues.map { "\($0.field) \($0.code)" } ?? ["\(error)"]
    }
}
