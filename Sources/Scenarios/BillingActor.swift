import Billing
import Fields
import Gateways
import Runtime
import Simulation
import Storage

/// A merchant and the customers of one, who do things at random while time leaps.
final class BillingActor: Sendable {
    private let node: ServerNode
    private let dice: Guarded<Dice>
    /// What is wrong after a step, a sentence each; it outlives crashes.
    private let journal: BillingJournal

    static let plans = ["daily", "weekly", "monthly", "quarterly", "yearly"]
    static let controlPlan = "control"

    init(_ node: ServerNode, seed: UInt64, _ journal: BillingJournal) {
        self.node = node
        self.journal = journal
        dice = Guarded(Dice(seed: seed))
    }

    private func roll(_ sides: Int) -> Int { dice.withLock { $0.roll(sides) } }
    private func pick<Element: Sendable>(_ elements: [Element]) -> Element? { dice.withLock { $0.pick(elements) } }

    /// Acts and lets time leap until `end`, or until the world ends.
    func live(until end: Timestamp) async {
        while journal.isClean {
            for _ in 0..<(1 + roll(4)) {
                // Refusals and stores that are busy are part of life.
                try? await act()
            }
            guard let now = try? await node.now(), now < end else { return }
            let leap: Int64 =
                switch roll(4) {
                case 0: Int64(1 + roll(7200))
                case 1: Int64(1 + roll(86_400))
                case 2: Int64(1 + roll(10 * 86_400))
                default: Int64(1 + roll(45 * 86_400))
                }
            guard (try? await advance(to: now.adding(seconds: leap))) != nil else { continue }
            journal.note(step: (try? BillingAudit(node).findings) ?? ["the audit could not read"])
        }
    }

    /// Moves the application's clock, and looks whether everything due was done.
    func advance(to target: Timestamp) async throws {
        while true {
            let deadline = node.world.doors.clock.instant().adding(seconds: 600)
            let result = try await node.clockwork.advance(node.application, to: target, deadline: deadline)
            journal.note(ran: result.ran)
            if result.isDone { return }
        }
    }

    private func act() async throws {
        switch roll(20) {
        case 0, 1: try await saveCard(try await customer())
        case 2...5: try await subscribe()
        case 6: try await cancel()
        case 7: try await pauseOrResume()
        case 8, 9: try await changePlan()
        case 10: try await collect()
        case 11, 12: try await payByHand()
        case 13: try await closeInvoice()
        case 14: try await refund()
        case 15: try await removeCard()
        case 16: try await generate()
        case 17: try await reactivate()
        default: try await script()
        }
    }

    // MARK: Looking

    private func all<Record: Entity>(_ type: Record.Type, where isMeant: (Record) -> Bool) throws -> [Record] {
        try node.store.readSync { snapshot in
            var found: [Record] = []
            snapshot.scan(type) { record, _ in
                if isMeant(record) { found.append(record) }
                return true
            }
            return found
        }
    }

    /// A subscription that the merchant plays with; the control is left alone.
    private func subscription(where isMeant: (Subscription) -> Bool = { _ in true }) throws -> Subscription? {
        pick(try all(Subscription.self) { $0.plan.id != Self.controlPlan && $0.status != .cancelled && isMeant($0) })
    }

    private func openInvoice() throws -> Invoice? {
        pick(try all(Invoice.self) { $0.isPayable && $0.subscription != nil })
    }

    /// One transaction for the application.
    private func write<Answer: Sendable>(
        _ body: @escaping @Sendable (Ledger, Application, Transaction) throws -> Answer
    ) async throws -> Answer {
        let (ledger, id) = (node.ledger, node.application)
        return try await node.store.transact(for: id) { transaction in
            try body(ledger, try Applications.find(id, in: transaction), transaction)
        }
    }

    // MARK: Acts

    private func customer() async throws -> Customer {
        let email = "buyer\(roll(4))@example.com"
        return try await write { ledger, application, transaction in
            Customers(ledger).findOrCreate(
                email: email, name: nil, application: application, by: .system, in: transaction)
        }
    }

    /// Leaves a card on a setup page of the portal, or of a subscription.
    private func saveCard(_ customer: Customer) async throws {
        var token: [UInt8]
        if roll(2) == 0, let subscription = try subscription() {
            token = subscription.setupToken.bytes
        } else {
            token = try await write { ledger, _, transaction in
                try PaymentMethodSetups(ledger).create(for: customer, by: .buyer, in: transaction)
            }.token.bytes
        }
        let gateway = roll(3) == 0 ? "sandbox_beta" : "sandbox_alpha"
        _ = try await node.engine.beginSetup(token, gateway: gateway, by: .buyer)
        guard let attempt = try await node.engine.setup(token)?.setup.flow.currentAttempt else { return }
        var step = try await node.engine.submitSetup(
            token, attempt: attempt.number, instrument(attempt.gateway), by: .buyer)
        if case .buyer = step {
            step = try await node.engine.submitSetup(
                token, attempt: attempt.number, roll(5) == 0 ? .refusal : .approval, by: .buyer)
        }
    }

    private func instrument(_ gateway: String) -> Instrument {
        guard gateway == "sandbox_alpha" else { return roll(6) == 0 ? .refusal : .approval }
        let numbers = ["4242424242424242", "4000002500003155", "4000000000000341", "4000000000000002"]
        let number = roll(2) == 0 ? numbers[0] : numbers[roll(numbers.count)]
        return .card(SandboxCard(number: number, expiryMonth: 12, expiryYear: 2035, holder: "Ada"))
    }

    private func subscribe() async throws {
        let customer = try await customer()
        let (plan, quantity, trial, sends) = (
            Self.plans[roll(Self.plans.count)], 1 + roll(3), roll(3) == 0 ? 7 : 0, roll(8) == 0
        )
        _ = try await write { ledger, application, transaction in
            var input = SubscriptionInput()
            input.customerID = customer.id
            input.plan = plan
            input.quantity = Int64(quantity)
            input.trialDays = Int64(trial)
            if sends { input.collection = .sendInvoice }
            return try Subscriptions(ledger).create(
                input, application: application, by: .system, in: transaction
            ).subscription
        }
    }

    private func cancel() async throws {
        guard let subscription = try subscription() else { return }
        let (atEnd, proration) = (roll(2) == 0, roll(3))
        try await write { ledger, application, transaction in
            var input = CancelInput()
            input.atPeriodEnd = atEnd
            if !atEnd { input.proration = [CancelProration.none, .credit, .refund][proration] }
            _ = try Subscriptions(ledger).cancel(
                subscription.id, input, application: application, by: .system, in: transaction)
        }
    }

    private func reactivate() async throws {
        guard let subscription = try subscription(where: { $0.cancelsAtPeriodEnd || $0.status == .trialing }) else {
            return
        }
        _ = try await write { ledger, application, transaction in
            let service = Subscriptions(ledger)
            return subscription.cancelsAtPeriodEnd
                ? try service.reactivate(subscription.id, application: application, by: .system, in: transaction).id
                : try service.activate(subscription.id, application: application, by: .system, in: transaction).id
        }
    }

    private func pauseOrResume() async throws {
        guard let subscription = try subscription() else { return }
        let days = roll(60)
        _ = try await write { ledger, application, transaction in
            let service = Subscriptions(ledger)
            guard subscription.status != .paused else {
                return try service.resume(subscription.id, application: application, by: .system, in: transaction)
            }
            var input = PauseInput()
            if days > 10 { input.resumeAt = transaction.now.adding(seconds: Int64(days) * 86_400) }
            return try service.pause(subscription.id, input, application: application, by: .system, in: transaction)
        }
    }

    private func changePlan() async throws {
        guard let subscription = try subscription() else { return }
        let (plan, quantity, isLater) = (Self.plans[roll(Self.plans.count)], 1 + roll(3), roll(2) == 0)
        try await write { ledger, application, transaction in
            var input = ChangeInput()
            input.plan = plan
            input.quantity = Int64(quantity)
            input.effective = isLater ? .periodEnd : .now
            _ = try Subscriptions(ledger).changePlan(
                subscription.id, input, application: application, by: .system, in: transaction)
        }
    }

    private func generate() async throws {
        guard let subscription = try subscription() else { return }
        try await write { ledger, application, transaction in
            _ = try Subscriptions(ledger).generate(
                subscription.id, GenerateInput(), application: application, by: .system, in: transaction)
        }
    }

    private func collect() async throws {
        guard let invoice = try openInvoice() else { return }
        _ = try await node.engine.collect(invoice: invoice.id, application: node.application, by: .system)
    }

    /// A buyer pays on the invoice's page, or begins to.
    private func payByHand() async throws {
        guard let invoice = try openInvoice() else { return }
        let payment = try await node.engine.hostedPayment(
            for: invoice.id, application: node.application, by: .buyer)
        let gateway = roll(2) == 0 ? "sandbox_alpha" : "sandbox_beta"
        guard case .buyer = try await node.engine.start(payment.hash, gateway: gateway, by: .buyer), roll(4) != 0,
            let attempt = try await node.engine.openAttempt(of: payment.hash)
        else { return }
        _ = try await node.engine.submit(
            payment.hash, attempt: attempt.number, instrument(attempt.gateway), by: .buyer)
    }

    private func closeInvoice() async throws {
        guard let invoice = try openInvoice() else { return }
        let kind = roll(4)
        try await write { ledger, application, transaction in
            let service = Invoices(ledger)
            switch kind {
            case 0:
                _ = try service.void(invoice.id, application: application, by: .system, in: transaction)
            case 1:
                _ = try service.markUncollectible(invoice.id, application: application, by: .system, in: transaction)
            case 2:
                _ = try service.credit(
                    invoice.id, CreditInput(), application: application, by: .system, in: transaction)
            default:
                _ = try service.recordOffline(
                    invoice.id, OfflineInput(), application: application, by: .system, in: transaction)
            }
        }
    }

    private func refund() async throws {
        guard let payment = pick(try all(Payment.self) { $0.status == .completed && $0.amountRefundable.isPositive })
        else { return }
        _ = try await node.engine.refund(
            payment.hash, application: node.application, amount: .minor(Int64(1 + roll(500))), reason: nil,
            by: .system)
    }

    private func removeCard() async throws {
        let control = try all(Subscription.self) { $0.plan.id == Self.controlPlan }.first?.customer
        guard let method = pick(try all(PaymentMethod.self) { $0.removedAt == nil && $0.customer != control }) else {
            return
        }
        try await node.engine.removeMethod(
            method.id, of: method.customer, application: node.application, by: .buyer)
    }

    private func script() async throws {
        let faults = Fault.allCases.filter { _ in roll(8) == 0 }
        try await node.setFaults(faults, of: roll(2) == 0 ? "sandbox_alpha" : "sandbox_beta")
    }
}
