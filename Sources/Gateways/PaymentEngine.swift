package import Billing
import Fields
package import Runtime
package import Storage

/// Brings payments through their gateways: each decision is a transaction of `Billing`, each call happens between
/// two of them, and what came back is recorded before anything follows from it.
///
/// Every operation throws `Refusal`, or `StoreError` from the transaction that failed; what was durable before stays
/// so, and the due work goes on from there.
package final class PaymentEngine: Sendable {
    /// Runs inside the first transaction of an operation, as the request's replay and idempotency checks do.
    package typealias Gate = @Sendable (Transaction) throws -> Void

    package let store: Store
    package let ledger: Ledger
    package let breaker: CircuitBreaker
    let doors: Doors
    private let adapters: [any GatewayAdapter]
    /// Payments whose due work is going on, so that it is not begun twice.
    let busy = Guarded<Set<PaymentHash>>([])
    /// The keys of money-moving calls that have left and not come back.
    let outgoing = Guarded<Set<String>>([])

    package init(
        store: Store, ledger: Ledger, doors: Doors, adapters: [any GatewayAdapter], breaker: CircuitBreaker
    ) {
        self.store = store
        self.ledger = ledger
        self.doors = doors
        self.adapters = adapters
        self.breaker = breaker
    }

    package func adapter(_ name: String) -> (any GatewayAdapter)? {
        adapters.first { $0.name == name }
    }

    package func health(_ application: ApplicationID, _ gateway: String) -> GatewayHealth {
        let now = try? store.readSync { $0.now(of: application, doors.clock) }
        return breaker.health(application, gateway, now: now ?? doors.clock.now())
    }

    /// Writes a payment, and what follows from it for its invoice.
    static func save(
        _ payment: Payment, before: Payment?, _ action: String, _ ledger: Ledger, by act: Act,
        in transaction: Transaction
    ) -> Payment {
        let saved = ledger.save(payment, before: before, action: action, by: act, in: transaction)
        if saved.invoice != nil { Invoices(ledger).follow(saved, before: before, by: act, in: transaction) }
        return saved
    }

    /// Changes a payment in one transaction, in its application's time, with its events and audit entry. A body that changes nothing writes
    /// nothing.
    func change<Answer: Sendable>(
        _ hash: PaymentHash, application: ApplicationID? = nil, _ action: String, by act: Act,
        first: @escaping Gate = { _ in },
        _ body: @escaping @Sendable (inout Payment, Transaction) throws -> Answer
    ) async throws -> (payment: Payment, answer: Answer) {
        let ledger = self.ledger
        return try await store.transact { transaction in
            try first(transaction)
            guard let before = transaction.get(Payment.self, Key().adding(hash)),
                application == nil || before.application == application
            else { throw Refusal.notFound("payment") }
            try transaction.keepTime(of: before.application)
            var payment = before
            let answer = try body(&payment, transaction)
            if payment != before {
                payment = Self.save(payment, before: before, action, ledger, by: act, in: transaction)
            }
            return (ledger.dressed(payment, in: transaction), answer)
        }
    }

    func load(_ hash: PaymentHash) async throws -> Payment {
        let ledger = self.ledger
        return try await store.read { snapshot in
            guard let payment = snapshot.get(Payment.self, Key().adding(hash)) else {
                throw Refusal.notFound("payment")
            }
            return ledger.dressed(payment, in: snapshot)
        }
    }

    /// What a call about attempt `number` needs: its adapter, the order, and the attempt.
    struct Call: Sendable {
        let adapter: any GatewayAdapter
        let order: Order
        var attempt: Attempt
        /// The application's time.
        let now: Timestamp
        /// The gateway's token of the saved method that is charged; empty where the buyer acts.
        var token = ""
        var session: String { attempt.gatewayReference ?? "" }
        /// Whether a saved method is charged without the buyer.
        var isCharge: Bool { attempt.savedMethod != nil }
    }

    func prepare(_ payment: Payment, _ number: Int64, in snapshot: Snapshot) throws -> Call {
        guard let attempt = payment.attempt(number) else { throw Refusal.notFound("attempt") }
        let key = Key().adding(payment.application).adding(attempt.gateway)
        guard let configuration = snapshot.get(GatewayConfiguration.self, key),
            let adapter = adapter(configuration.adapter)
        else { throw Refusal(.unavailable, "The gateway \(attempt.gateway) is not configured any more.") }
        let customer = snapshot.get(Customer.self, Key().adding(payment.customer))
        let order = Order(
            account: Account(application: payment.application, configuration: configuration), payment: payment,
            attempt: number, customerEmail: customer?.email, customerName: customer?.name,
            checkoutURL: ledger.links.checkout(payment))
        let now = (snapshot as? Transaction)?.now ?? snapshot.now(of: payment.application, doors.clock)
        var call = Call(adapter: adapter, order: order, attempt: attempt, now: now)
        if let id = attempt.savedMethod, let method = snapshot.get(PaymentMethod.self, Key(id)) {
            call.token = ledger.vault.openText(method.token, for: id.description) ?? ""
        }
        return call
    }

    func prepare(_ hash: PaymentHash, _ number: Int64) async throws -> Call {
        try await store.read { snapshot in
            guard let payment = snapshot.get(Payment.self, Key().adding(hash)) else {
                throw Refusal.notFound("payment")
            }
            return try prepare(payment, number, in: snapshot)
        }
    }

    /// Whether nothing that moves money may leave for the application.
    func isHeld(_ application: ApplicationID) async throws -> Bool {
        try await store.read { Holds.isHeld(application, in: $0) }
    }

    /// Whether a call may leave now, by its gateway's circuit.
    func allows(_ call: Call) -> Bool {
        let account = call.order.account
        return breaker.allows(account.application, account.configuration.gateway, now: call.now)
    }

    static let circuitOpen = Failure(
        "gateway_unavailable", "The gateway failed repeatedly; calls to it pause for a moment.", .network)

    /// Tells the circuit how a call went, and tells the merchant when it opens or closes.
    func note(_ call: Call, reached: Bool) async {
        let (application, configuration) = (call.order.account.application, call.order.account.configuration)
        let type: EventType
        if reached {
            guard breaker.answered(application, configuration.gateway) else { return }
            type = .gatewayRecovered
        } else {
            guard breaker.failed(application, configuration.gateway, now: call.now) else { return }
            type = .gatewayDegraded
        }
        doors.log.write(
            type == .gatewayDegraded ? .error : .info, "gateway_health",
            [("gateway", configuration.gateway), ("application", application.description), ("event", type.rawValue)])
        let ledger = self.ledger
        do {
            try await store.transact(for: application) { transaction in
                let key = Key().adding(application).adding(configuration.gateway)
                guard let current = transaction.get(GatewayConfiguration.self, key),
                    let owner = transaction.get(Application.self, Key().adding(application))
                else { return }
                ledger.gatewayChanged(type, current, mode: owner.mode, in: transaction)
            }
        } catch {
            doors.log.write(.warning, "gateway_health_not_recorded", [("error", "\(error)")])
        }
    }

    /// Whether an outcome shows that the gateway answered.
    func wasReached(_ outcome: Outcome) -> Bool {
        switch outcome {
        case .unknown: false
        case .notExecuted(let failure): failure.category != .network
        case .succeeded, .requiresAction, .approved, .declined, .settling: true
        }
    }
}
