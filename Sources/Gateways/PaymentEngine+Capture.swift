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
        let settlement = try await take(hash, attempt: number, instrument, by: act)
        return try await next(settlement, hash, number, by: act)
    }

    /// The buyer came back from a gateway's page: what became of it is read, and taken where the buyer agreed.
    package func returned(_ hash: PaymentHash, by act: Act) async throws -> NextStep {
        let payment = try await load(hash)
        guard let attempt = payment.currentAttempt else { return payment.isOpen ? .confirming : .completed }
        return try await follow(hash, attempt.number, by: act)
    }

    /// Takes the money of an attempt on whose page the buyer acted.
    func take(
        _ hash: PaymentHash, attempt number: Int64, _ instrument: Instrument, by act: Act
    ) async throws -> Settlement {
        let begun = try await change(hash, "payment.capture", by: act) { [self] payment, transaction -> Call in
            guard transaction.now < payment.expiresAt else {
                throw Refusal(.invalidState, "This payment has expired.")
            }
            try Holds.check(payment.mode, in: transaction)
            try Payments.checkOwed(payment, in: transaction)
            try payment.beginCapture(number, now: transaction.now)
            return try prepare(payment, number, in: transaction)
        }
        let call = begun.answer
        let key = call.attempt.callKey(hash, .capture)
        outgoing.withLock { _ = $0.insert(key) }
        defer { outgoing.withLock { _ = $0.remove(key) } }
        var outcome: Outcome
        if allows(call) {
            outcome = await call.adapter.capture(call.session, call.order, with: instrument, key: key)
            await note(call, reached: wasReached(outcome))
            if case .unknown = outcome {
                let again = await call.adapter.capture(call.session, call.order, with: instrument, key: key)
                await note(call, reached: wasReached(again))
                // That the second call did nothing proves nothing about the first.
                if case .notExecuted = again {} else { outcome = again }
            }
        } else {
            outcome = .notExecuted(Self.circuitOpen)
        }
        return try await record(hash, number, outcome, by: act)
    }

    /// The buyer agreed, and the call that takes the money got lost on its way. While keys live the same one is made
    /// again, which takes the money once; after that the gateway is only asked.
    func takeAgain(_ hash: PaymentHash, _ call: Call, by act: Act) async throws -> Settlement {
        let attempt = call.attempt
        guard attempt.executed != .yes else { return .unchanged }
        let keysEnd = (attempt.unknownSince ?? attempt.startedAt).adding(seconds: Self.keyLifetimeSeconds)
        var outcome = Outcome.unknown("The buyer agreed, and nothing is taken yet.")
        if call.now < keysEnd, allows(call), try await !isHeld(call.order.account.application) {
            let key = attempt.callKey(hash, .capture)
            guard outgoing.withLock({ $0.insert(key).inserted }) else { return .confirming }
            defer { outgoing.withLock { _ = $0.remove(key) } }
            let again = await call.adapter.capture(call.session, call.order, with: .approval, key: key)
            await note(call, reached: wasReached(again))
            // That this call did nothing proves nothing about the one before.
            if case .notExecuted = again {} else { outcome = again }
        }
        return try await record(hash, attempt.number, outcome, by: act)
    }

    /// Records what is known of an attempt's money, with the method the buyer left, and tells the operator what needs
    /// a person. An automatic payment goes on at once with the next method that may be charged, or ends.
    func record(_ hash: PaymentHash, _ number: Int64, _ outcome: Outcome, by act: Act) async throws -> Settlement {
        let ledger = self.ledger
        let changed = try await change(hash, Self.action(outcome), by: act) { [self] payment, transaction -> Recorded in
            let outcome = Self.offSession(outcome, isCharge: payment.isCharge(number))
            let refund = RefundID(in: transaction, purpose: "refund")
            let settlement = try payment.settle(
                number, outcome, decision: Self.decision(outcome, isAutomatic: payment.isAutomatic), refund: refund,
                isOwed: Invoices.acceptsMoney(for: payment, in: transaction), now: transaction.now)
            if case .succeeded(let charge) = outcome, let saved = charge.saved,
                settlement == .completed || Self.isLate(saved, of: payment, ledger, in: transaction),
                let index = payment.attempts.firstIndex(where: { $0.chargeReference == charge.reference }),
                payment.attempts[index].isCounted, !payment.attempts[index].isMethodKept
            {
                payment.attempts[index].isMethodKept = true
                Self.keep(saved, of: payment, ledger, by: act, in: transaction)
            }
            return Recorded(settlement: settlement, next: try goOn(&payment, after: settlement, in: transaction))
        }
        if case .notExecuted(let failure) = outcome, failure.category == .configuration {
            alert("gateway_refused_us", changed.payment)
        }
        switch changed.answer.settlement {
        case .amountDiffers:
            alert("payment_amount_differs", changed.payment)
        case .refundedAutomatically:
            alert("payment_refunded_automatically", changed.payment)
        case .completed where changed.payment.isLate:
            alert("payment_late", changed.payment)
        default:
            if changed.payment.isUnresolved { alert("payment_unresolved", changed.payment) }
        }
        if let next = changed.answer.next { _ = try await charge(hash, next, by: act) }
        return changed.answer.settlement
    }

    /// What was written, and the call of an automatic payment that follows from it.
    private struct Recorded: Sendable {
        let settlement: Settlement
        let next: Call?
    }

    private func alert(_ event: StaticString, _ payment: Payment) {
        doors.log.write(
            .error, event,
            [("payment", payment.hash.description), ("application", payment.application.description)])
    }

    /// Whether a method comes that the gateway had not named yet when the money was taken, within a day of it.
    private static func isLate(
        _ saved: SavedMethod, of payment: Payment, _ ledger: Ledger, in transaction: Transaction
    ) -> Bool {
        guard payment.savesMethod, payment.status == .completed, let gateway = payment.gateway,
            let completed = payment.completedAt, transaction.now < completed.adding(seconds: 86_400)
        else { return false }
        let digest = ledger.vault.digest(ofToken: saved.token)
        return transaction.first(PaymentMethod.byDigest, Key(payment.application, gateway).adding(digest.bytes)) == nil
    }

    /// Keeps the method that the buyer left; the subscription whose invoice was paid charges it from now on.
    private static func keep(
        _ saved: SavedMethod, of payment: Payment, _ ledger: Ledger, by act: Act, in transaction: Transaction
    ) {
        let methods = PaymentMethods(ledger)
        let method = methods.keep(
            saved, of: payment.customer, gateway: payment.gateway ?? "", mode: payment.mode, becomesDefault: false,
            by: act, in: transaction)
        if let method, let id = payment.invoice,
            let subscription = transaction.get(Invoice.self, Key(id))?.subscription
        {
            methods.use(method, for: subscription, mode: payment.mode, by: act, in: transaction)
        }
    }

    private static func action(_ outcome: Outcome) -> String {
        switch outcome {
        case .succeeded: "payment.succeed"
        case .requiresAction, .approved: "payment.await_buyer"
        case .declined: "payment.decline"
        case .notExecuted: "payment.not_executed"
        case .settling, .unknown: "payment.unknown"
        }
    }

    private static func decision(_ outcome: Outcome, isAutomatic: Bool) -> String {
        switch outcome {
        case .declined(let failure) where isAutomatic && !failure.allowsNextGateway:
            "Declined; no other method is charged for it."
        case .declined where isAutomatic, .notExecuted where isAutomatic:
            "Nothing was taken; another saved method at another gateway is charged, if there is one."
        case .succeeded: "The gateway confirmed the charge."
        case .requiresAction: "The buyer must confirm with their bank."
        case .approved: "The buyer agreed; the money is taken next."
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
