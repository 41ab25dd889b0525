package import Runtime

extension Payment {
    /// Adds a refund whose call may leave once this is durable.
    ///
    /// - Parameter amount: nil for all that is left.
    /// - Throws: `invalid_state` unless money was captured; `validation_failed` when `amount` is more than what is
    ///   left, counting refunds that are still pending.
    package mutating func requestRefund(
        id: RefundID, amount requested: Money?, reason: String?, now: Timestamp
    ) throws(Refusal) -> Refund {
        guard let charged = attempts.first(where: { $0.isCounted }) else {
            throw refusal("refund", allowed: "completed")
        }
        let left = amountRefundable
        guard left.isPositive else {
            throw Refusal(.invalidState, "Everything that was captured is refunded or being refunded.")
        }
        let amount = requested ?? left
        guard amount.currency == left.currency, amount.isPositive, !left.isLess(than: amount) else {
            throw .invalid("amount", "out_of_range", "At most \(left) can still be refunded.")
        }
        guard refunds.count < Self.refundLimit else {
            throw Refusal(.invalidState, "A payment has at most \(Self.refundLimit) refunds.")
        }
        return addRefund(id: id, amount, of: charged.number, reason: reason, isAutomatic: false, now: now)
    }

    @discardableResult
    mutating func addRefund(
        id: RefundID, _ amount: Money, of attempt: Int64, reason: String?, isAutomatic: Bool, now: Timestamp
    ) -> Refund {
        var refund = Refund()
        refund.id = id
        refund.amount = amount
        refund.attempt = attempt
        refund.reason = reason
        refund.isAutomatic = isAutomatic
        refund.createdAt = now
        refund.unknownSince = now
        // Whoever asked sends it at once; after a crash, and for automatic refunds, the due work does.
        refund.nextLookAt = isAutomatic ? now : now.adding(seconds: Self.lostCallSeconds)
        refunds.append(refund)
        updatedAt = now
        return refund
    }

    /// Records the outcome of a refund's call or lookup.
    ///
    /// - Returns: whether the refund's status changed.
    package mutating func settleRefund(
        _ id: RefundID, _ outcome: RefundOutcome, now: Timestamp
    ) throws(Refusal) -> Bool {
        guard let index = refunds.firstIndex(where: { $0.id == id }) else { throw .notFound("refund") }
        var refund = refunds[index]
        guard refund.status == .pending else { return false }
        switch outcome {
        case .succeeded(let reference):
            refund.status = .succeeded
            refund.gatewayReference = reference
            refund.nextLookAt = nil
            refund.finishedAt = now
        case .pending(let reference):
            refund.gatewayReference = reference
            refund.nextLookAt = later(&refund, now)
        case .failed(let failure):
            refund.status = .failed
            refund.failure = failure
            refund.nextLookAt = nil
            refund.finishedAt = now
        case .notExecuted(let failure):
            refund.failure = failure
            refund.nextLookAt = later(&refund, now)
        case .unknown:
            refund.nextLookAt = later(&refund, now)
        }
        refunds[index] = refund
        updatedAt = now
        return refund.status != .pending
    }

    /// Takes over what a gateway lists of a refund: ours by its name or the key of its call, or one that was made at
    /// the gateway by hand, which gets a row of its own. A refund can fail at the bank after the gateway had made it.
    ///
    /// - Parameter id: For a refund that is new here.
    /// - Returns: false for one that would give back more than was captured: nothing was written.
    package mutating func follow(
        _ reference: String, _ key: String?, _ amount: Money, _ status: RefundStatus, _ failure: Failure?,
        of attempt: Int64, id: RefundID, now: Timestamp
    ) throws(Refusal) -> Bool {
        let known = refunds.firstIndex { $0.gatewayReference == reference || key == $0.callKey }
        if let index = known {
            var refund = refunds[index]
            refund.gatewayReference = reference
            if refund.status != status, status != .pending {
                refund.status = status
                refund.failure = status == .failed ? failure ?? refund.failure : nil
                refund.nextLookAt = nil
                refund.finishedAt = now
            }
            guard refund != refunds[index] else { return true }
            refunds[index] = refund
            updatedAt = now
            return true
        }
        guard status != .failed else { return true }
        guard let charged = self.attempt(attempt)?.captured, charged.currency == amount.currency,
            amount.isPositive, refunds.count < Self.refundLimit
        else { return false }
        let units = refunds.reduce(into: charged.units) { left, refund in
            if refund.attempt == attempt, refund.status != .failed { left -= refund.amount.units }
        }
        guard amount.units <= units else { return false }
        addRefund(id: id, amount, of: attempt, reason: "made_at_gateway", isAutomatic: false, now: now)
        let last = refunds.count - 1
        refunds[last].gatewayReference = reference
        refunds[last].status = status
        if status == .succeeded {
            refunds[last].nextLookAt = nil
            refunds[last].finishedAt = now
        }
        return true
    }

    /// The next moment of the lookup schedule after `now`.
    private func later(_ refund: inout Refund, _ now: Timestamp) -> Timestamp {
        let since = refund.unknownSince ?? now
        refund.unknownSince = since
        var next = since.adding(seconds: Self.lookupDelay(refund.lookups))
        while next <= now {
            refund.lookups += 1
            next = since.adding(seconds: Self.lookupDelay(refund.lookups))
        }
        refund.lookups += 1
        return next
    }
}

/// The outcome of a refund's call or lookup.
package enum RefundOutcome: Sendable, Equatable {
    /// The gateway's name for the refund.
    case succeeded(reference: String)
    /// The gateway has it and the money is on its way.
    case pending(reference: String)
    case failed(Failure)
    /// Nothing happened; the same call is sent again later.
    case notExecuted(Failure)
    case unknown(String)
}
