package import Billing
import Fields
import Runtime
import Storage

extension PaymentEngine {
    /// The buyer acted on a page of attempt `number`: the money-moving call leaves, once its key is durable.
    ///
    /// An answer that is lost is asked for once more with the same key; after that the payment is `processing` and
    /// this gateway is asked until it tells. Never the next gateway.
    ///
    /// - Throws: `payment_in_flight` when a call of this payment is out already.
    package func submit(
        _ hash: PaymentHash, attempt number: Int64, _ instrument: Instrument, by act: Act
    ) async throws -> NextStep {
        let begun = try await change(hash, "payment.capture", by: act) { [self] payment, transaction -> Call in
            guard transaction.now < payment.expiresAt else {
                throw Refusal(.invalidState, "This payment has expired.")
            }
            try payment.beginCapture(number, now: transaction.now)
            return try prepare(payment, number, in: transaction)
        }
        let call = begun.answer
        let key = call.attempt.callKey(hash, .capture)
        outgoing.withLock { _ = $0.insert(key) }
        defer { outgoing.withLock { _ = $0.remove(key) } }
        var outcome: Outcome
        if allows(call.order) {
            outcome = await call.adapter.capture(call.session, call.order, with: instrument, key: key)
            await note(call.order, reached: wasReached(outcome))
            if case .unknown = outcome {
                let again = await call.adapter.capture(call.session, call.order, with: instrument, key: key)
                await note(call.order, reached: wasReached(again))
                // That the second call did nothing proves nothing about the first.
                if case .notExecuted = again {} else { outcome = again }
            }
        } else {
            outcome = .notExecuted(Self.circuitOpen)
        }
        let settlement = try await record(hash, number, outcome, by: act)
        return try await next(settlement, hash, number, by: act)
    }

    /// Records what is known of an attempt's money, with the method the buyer left, and tells the operator what needs
    /// a person.
    func record(_ hash: PaymentHash, _ number: Int64, _ outcome: Outcome, by act: Act) async throws -> Settlement {
        let ledger = self.ledger
        let changed = try await change(hash, Self.action(outcome), by: act) { payment, transaction in
            let refund = RefundID(in: transaction, purpose: "refund")
            let settlement = try payment.settle(
                number, outcome, decision: Self.decision(outcome), refund: refund, now: transaction.now)
            if case .succeeded(let charge) = outcome, let saved = charge.saved, settlement == .completed {
                Self.keep(saved, of: payment, gateway: payment.gateway ?? "", ledger, by: act, in: transaction)
            }
            return settlement
        }
        if case .notExecuted(let failure) = outcome, failure.category == .configuration {
            alert("gateway_refused_us", changed.payment)
        }
        switch changed.answer {
        case .amountDiffers:
            alert("payment_amount_differs", changed.payment)
        case .refundedAutomatically:
            alert("payment_refunded_automatically", changed.payment)
        case .completed where changed.payment.isLate:
            alert("payment_late", changed.payment)
        default:
            if changed.payment.isUnresolved { alert("payment_unresolved", changed.payment) }
        }
        return changed.answer
    }

    private func alert(_ event: StaticString, _ payment: Payment) {
        doors.log.write(
            .error, event,
            [("payment", payment.hash.description), ("application", payment.application.description)])
    }

    private static func keep(
        _ saved: SavedMethod, of payment: Payment, gateway: String, _ ledger: Ledger, by act: Act,
        in transaction: Transaction
    ) {
        guard let customer = transaction.get(Customer.self, Key().adding(payment.customer)), customer.deletedAt == nil
        else { return }
        var method = PaymentMethod()
        method.id = PaymentMethodID(in: transaction, purpose: "payment method")
        method.application = payment.application
        method.customer = payment.customer
        method.type = saved.summary.type
        method.brand = saved.summary.brand
        method.last4 = saved.summary.last4
        method.expiryMonth = saved.expiryMonth
        method.expiryYear = saved.expiryYear
        method.gateway = gateway
        method.token = ledger.vault.seal(Array(saved.token.utf8), for: method.id.description, in: transaction)
        method.createdAt = transaction.now
        method.isDefault = customer.defaultPaymentMethod == nil
        ledger.save(method, before: nil, mode: payment.mode, by: act, in: transaction)
        if method.isDefault {
            var changed = customer
            changed.defaultPaymentMethod = method.id
            ledger.save(changed, before: customer, mode: payment.mode, by: act, in: transaction)
        }
    }

    private static func action(_ outcome: Outcome) -> String {
        switch outcome {
        case .succeeded: "payment.succeed"
        case .requiresAction: "payment.await_buyer"
        case .declined: "payment.decline"
        case .notExecuted: "payment.not_executed"
        case .settling, .unknown: "payment.unknown"
        }
    }

    private static func decision(_ outcome: Outcome) -> String {
        switch outcome {
        case .succeeded: "The gateway confirmed the charge."
        case .requiresAction: "The buyer must confirm with their bank."
        case .declined(let failure):
            failure.allowsNextGateway
                ? "A processing error says nothing about the buyer; the next gateway tries at once."
                : "Declined; the buyer chooses how to go on."
        case .notExecuted: "Proven not executed; the next gateway tries at once."
        case .settling: "The gateway has it and is still deciding; this gateway is asked until it tells."
        case .unknown: "No conclusive answer came; this gateway is asked until it tells, and no other may charge."
        }
    }
}
