import Fields
import Runtime
package import Storage

/// What came of cancelling.
package struct CancelOutcome: Sendable {
    package let subscription: Subscription
    /// What was still to be billed, where there was something.
    package let invoice: Invoice?
    /// What gave unused time back.
    package let creditNotes: [CreditNote]
    /// The refunds to be sent; due work sends them if nobody else does.
    package let refunds: [RefundRequest]
}

extension Subscriptions {
    /// Cancels at the end of the period, or at once.
    ///
    /// A subscription that is scheduled, incomplete or paused has no end of a period: it ends at once.
    ///
    /// - Throws: `invalid_state` when it is cancelled, or about to be, already.
    package func cancel(
        _ id: SubscriptionID, _ input: CancelInput, application: Application, by act: Act,
        in transaction: Transaction
    ) throws(Refusal) -> CancelOutcome {
        let before = try current(id, application: application, in: transaction)
        guard before.status != .cancelled else {
            throw refusal(
                before, "cancel", allowed: "scheduled, incomplete, trialing, active, past_due or paused")
        }
        let act = act.because(input.reason)
        let now = ledger.now(of: application.id, in: transaction)
        let isLater = input.atPeriodEnd ?? true
        let end: Timestamp? =
            switch before.status {
            case .trialing: before.trialEnd
            case .active, .pastDue: before.billingEnd
            case .scheduled, .incomplete, .paused, .cancelled: nil
            }
        let proration = input.proration ?? .none
        if isLater, let end {
            guard proration == .none else {
                throw .invalid(
                    "proration", "conflict", "At the end of the period nothing is unused; give at_period_end false.")
            }
            guard !before.cancelsAtPeriodEnd else {
                throw Refusal(
                    .invalidState,
                    "This subscription is \(before.status.rawValue) and ends at \(end) already; reactivate it, or "
                        + "cancel with at_period_end false.")
            }
            var after = before
            after.cancelsAtPeriodEnd = true
            after.cancelAt = end
            after.cancelledAt = now
            after.cancellationReason = input.reason
            let saved = save(
                after, before: before, "cancel_later", application: application, by: act, in: transaction)
            return CancelOutcome(
                subscription: dressed(saved, in: transaction), invoice: nil, creditNotes: [], refunds: [])
        }
        return try cancelNow(before, proration, reason: input.reason, application, by: act, in: transaction)
    }

    private func cancelNow(
        _ subscription: Subscription, _ proration: CancelProration, reason: String?, _ application: Application,
        by act: Act, in transaction: Transaction
    ) throws(Refusal) -> CancelOutcome {
        let before = try withdrawUnpaidChange(subscription, application, by: act, in: transaction)
        let now = ledger.now(of: application.id, in: transaction)
        var notes: [CreditNote] = []
        var refunds: [RefundRequest] = []
        var lines: [InvoiceLine] = []
        if proration != .none {
            let destination: CreditDestination = proration == .refund ? .refund : .balance
            var left = try unused(before, at: now.wholeSecond, in: transaction)
            for invoice in paidFor(before, in: transaction) where left > 0 {
                let parts = takeParts(of: invoice, upTo: left, in: transaction)
                guard !parts.isEmpty else { continue }
                let outcome = try invoices.note(
                    parts, of: invoice, destination: destination, reason: act.reason, by: act, in: transaction)
                notes.append(outcome.note)
                refunds += outcome.refunds
                left -= outcome.note.amount.units
            }
            if left > 0 {
                // Time whose charge still waits: it is taken off that.
                var line = InvoiceLine()
                line.type = .proration
                line.description = "Unused time on \(before.plan.name)"
                line.unitPrice = before.plan.price
                line.quantity = before.quantity
                line.amount = Money(-left, before.plan.price.currency)
                line.isProration = true
                lines.append(line)
            }
        }
        let invoice = try terminate(
            before, at: now, application, lines: lines, reason: reason, by: act, in: transaction)
        let after = try find(before.id, application: application.id, in: transaction)
        return CancelOutcome(
            subscription: dressed(after, in: transaction),
            invoice: invoice.map { invoices.dressed($0, in: transaction) }, creditNotes: notes, refunds: refunds)
    }

    /// Minor units of the time that was paid for and is not used at `now`.
    private func unused(
        _ subscription: Subscription, at now: Timestamp, in snapshot: Snapshot
    ) throws(Refusal) -> Int64 {
        guard subscription.status != .incomplete, subscription.periodSeconds > 0, let end = subscription.periodEnd
        else { return 0 }
        let instant = subscription.status == .paused ? subscription.pausedAt ?? now : now
        let worth = self.worth(of: subscription, in: snapshot)
        let rest = try Bill.share(
            of: try subscription.creditable(), seconds: max(0, instant.seconds(to: end)),
            of: subscription.periodSeconds)
        let ahead = aheadInvoice(of: subscription, in: snapshot).map(Self.paidWorth) ?? 0
        return min(rest.units, worth) + max(0, ahead)
    }

    /// The invoices that paid for the current period and the one billed ahead, newest first.
    private func paidFor(_ subscription: Subscription, in snapshot: Snapshot) -> [Invoice] {
        var paid = Invoices.serving(subscription.periodStart, of: subscription.id, snapshot)
        if let ahead = aheadInvoice(of: subscription, in: snapshot) { paid.append(ahead) }
        return paid.filter { $0.status == .paid && $0.periodValue.isPositive }.reversed()
    }

    private func aheadInvoice(of subscription: Subscription, in snapshot: Snapshot) -> Invoice? {
        guard subscription.isBilledAhead, let latest = newestPeriod(of: subscription, in: snapshot),
            latest.periodStart != subscription.periodStart
        else { return nil }
        return latest
    }

    /// The newest invoice that bills a period.
    func newestPeriod(of subscription: Subscription, in snapshot: Snapshot) -> Invoice? {
        var newest: Invoice?
        snapshot.scan(
            Invoice.byPeriod, prefix: Key(subscription.id), order: .descending, limit: 1
        ) { invoice, _ in
            newest = invoice
            return false
        }
        return newest
    }

    /// Parts of the lines for time of `invoice`, at most `units` and what is left of the invoice in all.
    private func takeParts(
        of invoice: Invoice, upTo units: Int64, in snapshot: Snapshot
    ) -> [Invoices.CreditedLine] {
        let earlier = Invoices.notes(of: invoice.id, in: snapshot).reduce(0) { $0 + $1.amount.units }
        var left = min(units, invoice.total.units - earlier)
        var parts: [Invoices.CreditedLine] = []
        for (position, remainder) in invoices.remainders(of: invoice, in: snapshot).enumerated() where left > 0 {
            let type = invoice.lines[position].type
            guard type == .subscription || type == .proration, remainder.isPositive else { continue }
            let amount = Money(min(left, remainder.units), remainder.currency)
            parts.append(Invoices.CreditedLine(position: position, amount: amount))
            left -= amount.units
        }
        return parts
    }

    /// Takes back a cancellation that has not yet taken effect.
    ///
    /// - Throws: `invalid_state` unless it ends at the end of the period.
    package func reactivate(
        _ id: SubscriptionID, application: Application, by act: Act, in transaction: Transaction
    ) throws(Refusal) -> Subscription {
        let before = try current(id, application: application, in: transaction)
        guard before.status != .cancelled, before.cancelsAtPeriodEnd else {
            throw Refusal(
                .invalidState,
                "A subscription that is \(before.status.rawValue) does not allow to reactivate; it must be about to end, "
                    + "with cancel_at_period_end.")
        }
        var after = before
        after.cancelsAtPeriodEnd = false
        after.cancelAt = nil
        after.cancelledAt = nil
        after.cancellationReason = nil
        let saved = save(after, before: before, "reactivate", application: application, by: act, in: transaction)
        return dressed(saved, in: transaction)
    }
}
