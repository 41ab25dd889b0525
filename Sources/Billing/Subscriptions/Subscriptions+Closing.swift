import Fields
import Runtime
import Storage

/// How a subscription follows its invoices.
extension Subscriptions {
    /// Follows an invoice that was paid, voided or given up.
    func invoiceClosed(_ invoice: Invoice, by act: Act, in transaction: Transaction) {
        guard let id = invoice.subscription, let before = transaction.get(Subscription.self, Key(id)),
            before.status != .cancelled, let application = transaction.get(Application.self, Key(before.application))
        else { return }
        if let change = before.pendingChange, change.invoice == invoice.id {
            switch invoice.status {
            case .paid: apply(change, to: before, application, by: act, in: transaction)
            case .void:
                var after = before
                after.pendingChange = nil
                save(after, before: before, "withdraw_change", application: application, by: act, in: transaction)
            case .draft, .open, .uncollectible: break
            }
            return
        }
        if before.status == .incomplete, before.latestInvoice == invoice.id {
            var after = before
            switch invoice.status {
            case .paid:
                after.status = .active
                after.incompleteAt = nil
                after.retryAt = nil
                save(after, before: before, "activate", application: application, by: act, in: transaction)
            case .void: quietly(before, application, by: act, in: transaction)
            case .draft, .open, .uncollectible: break
            }
            return
        }
        var after = before
        if invoice.status == .void { takeBack(invoice, from: &after, by: act, in: transaction) }
        if before.status == .pastDue, !hasUnpaidPeriod(before, in: transaction) { after.status = .active }
        save(after, before: before, "settle", application: application, by: act, in: transaction)
    }

    /// Ends a subscription whose first invoice was voided. It has nothing to bill, so that cannot be refused.
    private func quietly(_ before: Subscription, _ application: Application, by act: Act, in transaction: Transaction) {
        do {
            try terminate(
                before, at: ledger.now(of: application.id, in: transaction), application, by: act, in: transaction)
        } catch {
            postpone(before, application, by: act, in: transaction)
        }
    }

    /// A period that was billed ahead and whose invoice is voided before it began is billed anew.
    private func takeBack(
        _ invoice: Invoice, from subscription: inout Subscription, by act: Act, in transaction: Transaction
    ) {
        guard subscription.isBilledAhead, let start = invoice.periodStart, start == subscription.periodEnd,
            invoice.billingReason == .subscriptionCycle
        else { return }
        subscription.billedUntil = start
        if subscription.cancelsAtPeriodEnd { subscription.cancelAt = start }
        var taken = invoice
        taken.isTakenBack = true
        ledger.save(taken, before: invoice, action: "invoice.take_back", by: act, in: transaction)
    }

    /// Whether an invoice of a billed period is still open.
    func hasUnpaidPeriod(_ subscription: Subscription, in snapshot: Snapshot) -> Bool {
        var isUnpaid = false
        snapshot.scan(Invoice.openByCustomer, prefix: Key(subscription.customer), limit: 400) { invoice, _ in
            isUnpaid = invoice.subscription == subscription.id && invoice.billsPeriod
            return !isUnpaid
        }
        return isUnpaid
    }

    /// Follows a try that failed, a card that is missing, or an invoice that became overdue.
    ///
    /// - Parameter isOver: Whether no further try will be made: then the application's course is taken.
    func collectionFailed(_ invoice: Invoice, isOver: Bool, by act: Act, in transaction: Transaction) {
        guard let id = invoice.subscription, let before = transaction.get(Subscription.self, Key(id)),
            before.status != .cancelled, let application = transaction.get(Application.self, Key(before.application))
        else { return }
        if before.pendingChange?.invoice == invoice.id {
            // A declined change leaves everything as it was. Without a card, the customer is waited for.
            guard invoice.attemptCount > 0 else { return }
            do {
                try invoices.void(invoice, by: act, in: transaction)
            } catch {
                postpone(before, application, by: act, in: transaction)
            }
            return
        }
        guard invoice.billsPeriod else { return }
        var current = before
        if before.status == .active {
            current.status = .pastDue
            current = save(current, before: before, "fall_due", application: application, by: act, in: transaction)
        }
        guard isOver, invoice.status == .open else { return }
        do {
            try takeCourse(current, application, by: act, in: transaction)
        } catch {
            postpone(current, application, by: act, in: transaction)
        }
    }

    /// After the last try: what the application has chosen.
    func takeCourse(
        _ before: Subscription, _ application: Application, by act: Act, in transaction: Transaction
    ) throws(Refusal) {
        guard before.status == .pastDue else { return }
        let now = ledger.now(of: application.id, in: transaction)
        let reason = act.because("No try to collect was left.")
        switch before.cancelsAtPeriodEnd ? .cancel : application.billing.afterDunning {
        case .pastDue: break
        case .cancel: try terminate(before, at: now, application, by: reason, in: transaction)
        case .pause:
            let before = try withdrawUnpaidChange(before, application, by: act, in: transaction)
            pause(before, at: now, until: nil, application, by: reason, in: transaction)
        }
    }
}
