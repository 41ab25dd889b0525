package import Billing
import Runtime
import Storage

extension PaymentEngine {
    /// Reads an attempt's state at its gateway and records it: after a lost answer, a notice, a crash, or when asked.
    package func look(_ hash: PaymentHash, attempt number: Int64, by act: Act) async throws -> Settlement {
        let call = try await prepare(hash, number)
        let attempt = call.attempt
        if attempt.isClaimed, attempt.isOpen {
            // Whoever claimed it did not come back: expire the session now.
            let outcome = call.session.isEmpty ? .expired : await call.adapter.cancel(call.session, call.order)
            _ = try await change(hash, "payment.claim_ended", by: act) { payment, transaction in
                try payment.claimEnded(
                    number, outcome, decision: "The session was expired after an interruption.", now: transaction.now)
            }
            guard outcome == .inProgress else { return .unchanged }
        }
        if attempt.status == .started, attempt.step == .start {
            return try await recoverStart(hash, call, by: act)
        }
        if call.isCharge { return try await lookCharge(hash, call, by: act) }
        guard !call.session.isEmpty else { return .unchanged }
        let outcome = await call.adapter.status(
            call.session, call.order, key: attempt.callKey(hash, .capture))
        await note(call, reached: wasReached(outcome))
        if isOut(call, of: hash) {
            // Our own call is still out: only money that moved is news. "Nothing happened" may change any moment.
            guard case .succeeded = outcome else {
                _ = try await change(hash, "payment.lookup_early", by: act) { payment, transaction in
                    try payment.lookupFailed(number, now: transaction.now)
                }
                return .unchanged
            }
        }
        switch outcome {
        case .approved where attempt.isInFlight:
            return try await takeAgain(hash, call, by: act)
        case .approved:
            guard attempt.status == .requiresAction, !attempt.isClaimed else { return .unchanged }
            return try await take(hash, attempt: number, .approval, by: act)
        case .requiresAction where attempt.status == .requiresAction && attempt.nextLookAt == nil:
            return .unchanged
        case .unknown where !attempt.isInFlight:
            _ = try await change(hash, "payment.lookup_failed", by: act) { payment, transaction in
                try payment.lookupFailed(number, now: transaction.now)
            }
            return .unchanged
        case .notExecuted where !attempt.isOpen || attempt.executed == .yes, .declined where !attempt.isOpen:
            return .unchanged
        default:
            return try await record(hash, number, outcome, by: act)
        }
    }

    /// Whether the money-moving call of an attempt is still out: this process waits for it, or it left so lately that
    /// another may.
    func isOut(_ call: Call, of hash: PaymentHash) -> Bool {
        let attempt = call.attempt
        guard attempt.status == .started, attempt.step == .capture else { return false }
        if outgoing.withLock({ $0.contains(attempt.callKey(hash, .capture)) }) { return true }
        return attempt.nextLookAt.map { $0 > call.now } ?? false
    }

    /// A `start` call was begun and its end never recorded. It moves no money: the attempt ends, and the session, if
    /// there is one, is found by its key and expired.
    private func recoverStart(_ hash: PaymentHash, _ call: Call, by act: Act) async throws -> Settlement {
        let number = call.attempt.number
        guard let due = call.attempt.nextLookAt, due <= call.now else { return .unchanged }
        let failure = Failure("interrupted", "The server stopped while the session was being opened.", .network)
        _ = try await change(hash, "payment.attempt_failed", by: act) { payment, transaction in
            try payment.startFailed(
                number, failure, decision: "Opening a session moves no money; the buyer chooses again.",
                now: transaction.now)
        }
        await expireLostSession(call, hash, by: act)
        return .notExecuted(failure)
    }

    /// Asks the gateways now about everything of a payment that is not settled.
    package func sync(
        _ hash: PaymentHash, application: ApplicationID, by act: Act, first: @escaping Gate = { _ in }
    ) async throws -> Payment {
        let payment = try await change(hash, application: application, "payment.sync", by: act, first: first) { _, _ in
        }
        .payment
        for attempt in payment.attempts where attempt.canStillTakeMoney {
            _ = try await look(hash, attempt: attempt.number, by: act)
        }
        for refund in payment.refunds where refund.status == .pending {
            try await lookRefund(hash, refund.id, by: act)
        }
        return try await load(hash)
    }

    /// Cancels a pending payment; an open session is expired first.
    ///
    /// - Throws: `payment_in_flight` while a money-moving call is out or unknown, or when the session turned out to
    ///   be paid; `invalid_state` unless pending.
    package func cancel(
        _ hash: PaymentHash, application: ApplicationID, reason: CancellationReason, by act: Act,
        first: @escaping Gate = { _ in }
    ) async throws -> Payment {
        let begun = try await change(hash, application: application, "payment.cancel", by: act, first: first) {
            payment, transaction -> Bool in
            guard payment.status == .pending || payment.isInFlight, payment.currentAttempt == nil else { return false }
            try payment.cancel(reason, now: transaction.now)
            return true
        }
        var payment = begun.payment
        if begun.answer { return payment }
        if let current = payment.currentAttempt {
            if current.isInFlight {
                _ = try await look(hash, attempt: current.number, by: act)
            } else {
                let decision = reason == .expired ? "The payment expired." : "The payment was cancelled."
                if try await !replace(hash, current.number, decision: decision, by: act) {
                    _ = try await look(hash, attempt: current.number, by: act)
                }
            }
        }
        payment = try await change(hash, "payment.cancel", by: act) { payment, transaction in
            try payment.cancel(reason, now: transaction.now)
        }.payment
        return payment
    }

    /// An operator decides what no gateway could tell.
    ///
    /// - Parameter reference: the gateway's name of the charge, when paid.
    /// - Throws: `invalid_state` unless an attempt's outcome is unknown.
    package func resolve(
        _ hash: PaymentHash, paid: Bool, reference: String?, reason: String, by act: Act
    ) async throws -> Payment {
        let payment = try await load(hash)
        guard let attempt = payment.attempts.last(where: { $0.isInFlight }) else {
            throw Refusal(.invalidState, "No attempt of this payment has an unknown outcome.")
        }
        let outcome: Outcome =
            paid
            ? .succeeded(
                Charge(reference: reference ?? "resolved-\(hash)", amount: payment.amount, method: attempt.method))
            : .notExecuted(Failure("resolved_unpaid", "An operator found that no money moved.", .gateway))
        _ = try await record(hash, attempt.number, outcome, by: act.because(reason))
        return try await load(hash)
    }

    /// The buyer disputed the charge with their bank.
    package func dispute(charge: String, payment hash: PaymentHash, by act: Act) async throws {
        _ = try await change(hash, "payment.dispute", by: act) { payment, _ in
            guard payment.attempts.contains(where: { $0.chargeReference == charge }) else {
                throw Refusal.notFound("charge")
            }
            payment.isDisputed = true
        }
    }
}
