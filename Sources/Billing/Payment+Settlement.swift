package import Runtime

/// What a settled call did to a payment, for whoever has to act on it.
package enum Settlement: Sendable, Equatable {
    /// Nothing new: the fact was recorded before.
    case unchanged
    case completed
    /// The money came, and must go back: a refund was added.
    case refundedAutomatically(RefundID)
    /// The buyer must act at `url`.
    case awaitsBuyer(url: String)
    /// Declined; `movesOn` when the next gateway may try at once.
    case declined(Failure, movesOn: Bool)
    case notExecuted(Failure)
    /// Being confirmed: nobody may try again.
    case confirming
    /// Another amount than asked was taken: for the operator.
    case amountDiffers
}

extension Payment {
    /// Records the outcome of the money-moving call of attempt `number`. The same fact again changes nothing, and no
    /// outcome moves a settled attempt backwards.
    ///
    /// - Parameters:
    ///   - refund: the id for an automatic refund, should one be needed.
    ///   - isOwed: false when its invoice needs no payment any more: money that comes is given back.
    package mutating func settle(
        _ number: Int64, _ outcome: Outcome, decision: String, refund: RefundID, isOwed: Bool = true, now: Timestamp
    ) throws(Refusal) -> Settlement {
        guard let before = attempt(number) else { throw .notFound("attempt") }
        switch outcome {
        case .succeeded(let charge):
            return try succeed(before, charge, decision: decision, refund: refund, isOwed: isOwed, now: now)
        case .requiresAction(let url):
            guard before.isOpen, !before.isClaimed, before.executed != .yes else { return .unchanged }
            try withAttempt(number) { attempt throws(Refusal) in
                attempt.status = .requiresAction
                attempt.actionURL = url
                attempt.executed = .no
                attempt.nextLookAt = nil
                attempt.unknownSince = nil
                attempt.decision = decision
            }
            reopen(now)
            return .awaitsBuyer(url: url)
        case .declined(let failure):
            guard before.isOpen, before.executed != .yes else { return .unchanged }
            try withAttempt(number) { attempt throws(Refusal) in
                attempt.failure = failure
                attempt.executed = .yes
                attempt.finish(.declined, at: now, decision: decision)
            }
            reopen(now)
            return .declined(failure, movesOn: failure.allowsNextGateway)
        case .notExecuted(let failure):
            guard before.isOpen else { return .unchanged }
            try withAttempt(number) { attempt throws(Refusal) in
                attempt.failure = failure
                attempt.executed = .no
                attempt.finish(.errored, at: now, decision: decision)
            }
            reopen(now)
            return .notExecuted(failure)
        case .approved:
            // Nothing is taken yet: whoever reads this captures it.
            return .unchanged
        case .unknown where !before.isInFlight:
            // No call is out that could have moved money.
            return .unchanged
        case .settling, .unknown:
            guard before.isOpen, before.executed != .yes else { return .unchanged }
            markUnknown(number, decision: decision, now: now)
            return .confirming
        }
    }

    /// No conclusive answer: stay with this gateway and ask again, ever later. After seven days an operator decides.
    private mutating func markUnknown(_ number: Int64, decision: String, now: Timestamp) {
        guard let index = attempts.firstIndex(where: { $0.number == number }) else { return }
        var attempt = attempts[index]
        if attempt.unknownSince == nil { attempt.lookups = 0 }
        let since = attempt.unknownSince ?? now
        attempt.unknownSince = since
        attempt.status = .unknown
        attempt.executed = .unknown
        attempt.isClaimed = false
        attempt.decision = decision
        var next = since.adding(seconds: Self.lookupDelay(attempt.lookups))
        // After a long stop several lookups are overdue; one does for them all.
        while next <= now {
            attempt.lookups += 1
            next = since.adding(seconds: Self.lookupDelay(attempt.lookups))
        }
        attempt.lookups += 1
        attempt.nextLookAt = next
        attempts[index] = attempt
        if now >= since.adding(seconds: Self.unresolvedAfterSeconds) { isUnresolved = true }
        if status == .pending { status = .processing }
        updatedAt = now
    }

    private mutating func succeed(
        _ before: Attempt, _ charge: Charge, decision: String, refund: RefundID, isOwed: Bool, now: Timestamp
    ) throws(Refusal) -> Settlement {
        if attempts.contains(where: { $0.chargeReference == charge.reference }) { return .unchanged }
        guard before.chargeReference == nil else {
            // A second charge on one attempt: it gets an attempt of its own, so that the ledger shows both.
            var second = Attempt()
            second.number = Int64(attempts.count) + 1
            second.gateway = before.gateway
            second.gatewayReference = before.gatewayReference
            second.step = .capture
            second.startedAt = now
            attempts.append(second)
            return try succeed(second, charge, decision: decision, refund: refund, isOwed: isOwed, now: now)
        }
        // Money that cannot count goes back as it came, whatever its amount.
        let reason: String? =
            switch status {
            case .completed: "duplicate_payment"
            case .cancelled where cancellationReason != .expired: "payment_cancelled"
            case _ where !isOwed: "invoice_closed"
            case .cancelled, .pending, .processing, .failed: before.status == .superseded ? "attempt_replaced" : nil
            }
        let counts = reason == nil
        if counts, charge.amount != amount {
            return try differ(before, charge, now: now)
        }
        try withAttempt(before.number) { attempt throws(Refusal) in
            attempt.chargeReference = charge.reference
            attempt.captured = charge.amount
            attempt.isCounted = counts
            attempt.executed = .yes
            attempt.failure = nil
            attempt.method = charge.method ?? attempt.method
            attempt.finish(.succeeded, at: now, decision: decision)
        }
        updatedAt = now
        if let reason {
            addRefund(id: refund, charge.amount, of: before.number, reason: reason, isAutomatic: true, now: now)
            reopen(now)
            if !isOwed, status == .pending, currentAttempt == nil {
                status = .cancelled
                cancellationReason = .invoiceClosed
            }
            return .refundedAutomatically(refund)
        }
        isLate = status == .cancelled || status == .failed
        status = .completed
        cancellationReason = nil
        failure = nil
        isUnresolved = false
        gateway = before.gateway
        method = charge.method ?? before.method
        completedAt = now
        return .completed
    }

    /// Another amount or currency than asked was taken: neither completed nor tried again, until an operator decides.
    private mutating func differ(_ before: Attempt, _ charge: Charge, now: Timestamp) throws(Refusal) -> Settlement {
        let failure = Failure(
            "amount_differs",
            "The gateway took \(charge.amount) \(charge.amount.currency) instead of \(amount) \(amount.currency).",
            .gateway)
        guard before.failure != failure || before.executed != .yes else { return .unchanged }
        try withAttempt(before.number) { attempt throws(Refusal) in
            attempt.status = .unknown
            attempt.executed = .yes
            attempt.isClaimed = false
            attempt.nextLookAt = nil
            attempt.finishedAt = nil
            attempt.failure = failure
            attempt.decision = "Another amount than asked was taken; an operator decides."
        }
        if status == .pending { status = .processing }
        isUnresolved = true
        updatedAt = now
        return .amountDiffers
    }

    /// After a call that took nothing, the buyer may choose again.
    mutating func reopen(_ now: Timestamp) {
        if status == .processing, !isInFlight {
            status = .pending
            isUnresolved = false
        }
        updatedAt = now
    }
}
