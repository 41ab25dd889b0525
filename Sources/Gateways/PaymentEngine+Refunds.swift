package import Billing
import Fields
import Runtime
package import Storage

extension PaymentEngine {
    /// Refunds a captured payment, in full or in part. The refund is durable before its call; an answer that is lost
    /// leaves it `pending`, and it is asked for until the gateway tells.
    ///
    /// - Parameter made: Runs in the transaction that records the refund.
    package func refund(
        _ hash: PaymentHash, application: ApplicationID, amount: DecimalAmount?, reason: String?, by act: Act,
        first: @escaping Gate = { _ in }, made: @escaping @Sendable (RefundID, Transaction) -> Void = { _, _ in }
    ) async throws -> (payment: Payment, refund: Refund) {
        let begun = try await change(
            hash, application: application, "payment.refund", by: act.because(reason), first: first
        ) { [self] payment, transaction -> BegunRefund in
            try Holds.check(payment.mode, in: transaction)
            var requested: Money?
            if let amount {
                var issues = InputIssues()
                requested = amount.money(in: payment.amount.currency, field: "amount", &issues)
                guard requested != nil else { throw Refusal.invalid(issues.issues) }
            }
            let refund = try payment.requestRefund(
                id: RefundID(in: transaction, purpose: "refund"), amount: requested, reason: reason,
                now: transaction.now)
            made(refund.id, transaction)
            return BegunRefund(refund: refund, call: try prepare(payment, refund.attempt, in: transaction))
        }
        let refund = begun.answer.refund
        try await sendRefund(hash, refund, begun.answer.call, by: act)
        let payment = try await load(hash)
        return (payment, payment.refunds.first { $0.id == refund.id } ?? refund)
    }

    /// A refund that is durable, and what its call needs.
    private struct BegunRefund: Sendable {
        let refund: Refund
        let call: Call
    }

    /// Sends refunds that a transaction recorded, one after another. One that cannot be sent now stays pending, and due
    /// work sends it.
    package func send(_ requests: [RefundRequest], by act: Act) async {
        for request in requests {
            do {
                let payment = try await load(request.payment)
                guard let refund = payment.refunds.first(where: { $0.id == request.refund }), refund.status == .pending
                else { continue }
                let call = try await prepare(request.payment, refund.attempt)
                try await sendRefund(request.payment, refund, call, by: act)
            } catch {
                doors.log.write(
                    .warning, "refund_waits", [("payment", request.payment.description), ("error", "\(error)")])
            }
        }
    }

    private func sendRefund(_ hash: PaymentHash, _ refund: Refund, _ call: Call, by act: Act) async throws {
        // It is sent when the hold ends.
        guard try await !isHeld(call.order.account.application) else { return }
        let charge = call.attempt.chargeReference ?? ""
        var outcome = RefundOutcome.notExecuted(Self.circuitOpen)
        if allows(call) {
            outcome = await call.adapter.refund(charge, refund.amount, call.order, key: refund.callKey)
            if case .unknown = outcome {
                outcome = await call.adapter.refund(charge, refund.amount, call.order, key: refund.callKey)
            }
            await note(call, reached: wasReached(outcome))
        }
        try await recordRefund(hash, refund.id, outcome, by: act)
    }

    private func wasReached(_ outcome: RefundOutcome) -> Bool {
        switch outcome {
        case .unknown: false
        case .notExecuted(let failure): failure.category != .network
        case .succeeded, .pending, .failed: true
        }
    }

    private func recordRefund(_ hash: PaymentHash, _ id: RefundID, _ outcome: RefundOutcome, by act: Act) async throws {
        let changed = try await change(hash, "payment.refund_outcome", by: act) { payment, transaction in
            try payment.settleRefund(id, outcome, now: transaction.now)
        }
        if case .failed(let failure) = outcome {
            doors.log.write(
                .error, "refund_failed", [("payment", changed.payment.hash.description), ("code", failure.code)])
        }
    }

    /// Asks what became of a refund; one that the gateway does not know is sent with its key.
    func lookRefund(_ hash: PaymentHash, _ id: RefundID, by act: Act) async throws {
        let payment = try await load(hash)
        guard let refund = payment.refunds.first(where: { $0.id == id }), refund.status == .pending else { return }
        let call = try await prepare(hash, refund.attempt)
        let charge = call.attempt.chargeReference ?? ""
        let outcome = await call.adapter.refundStatus(
            charge, reference: refund.gatewayReference, call.order, key: refund.callKey)
        guard case .notExecuted = outcome else {
            return try await recordRefund(hash, id, outcome, by: act)
        }
        guard refund.gatewayReference == nil else {
            return try await recordRefund(
                hash, id, .unknown("The gateway does not find a refund that it named."), by: act)
        }
        if refund.isAutomatic {
            // Money goes back on its own only after the charge was read again.
            let status = await call.adapter.status(
                call.session, call.order, key: call.attempt.callKey(hash, .capture))
            guard case .succeeded(let read) = status, read.reference == charge else {
                return try await recordRefund(hash, id, .unknown("The charge could not be read again."), by: act)
            }
        }
        try await sendRefund(hash, refund, call, by: act)
    }

    /// Reads every refund of a charge from its gateway: what became of ours, and those made there by hand.
    package func lookRefunds(charge: String, payment hash: PaymentHash, by act: Act) async throws {
        let payment = try await load(hash)
        guard let attempt = payment.attempts.first(where: { $0.chargeReference == charge }) else {
            throw Refusal.notFound("charge")
        }
        let call = try await prepare(hash, attempt.number)
        guard let listed = await call.adapter.refunds(of: charge, call.order) else {
            throw Refusal(.unavailable, "The gateway did not list the refunds of this charge.")
        }
        let changed = try await change(hash, "payment.refunds_read", by: act) { payment, transaction in
            try listed.reduce(into: false) { differs, refund in
                let isTaken = try payment.follow(
                    refund.reference, refund.key, refund.amount, refund.status, refund.failure, of: attempt.number,
                    id: RefundID(in: transaction, purpose: "refund"), now: transaction.now)
                differs = differs || !isTaken
            }
        }
        if changed.answer {
            doors.log.write(.error, "refund_exceeds_charge", [("payment", hash.description), ("charge", charge)])
        }
    }
}
