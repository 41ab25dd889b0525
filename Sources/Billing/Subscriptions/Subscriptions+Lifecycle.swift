import Fields
import Runtime
package import Storage

/// What happens to a subscription by itself: one step a transaction, each at its own time.
extension Subscriptions {
    /// Does the first thing that is due, if anything is.
    ///
    /// - Returns: whether something was done.
    @discardableResult
    package func advance(
        _ before: Subscription, application: Application, by act: Act, in transaction: Transaction
    ) throws(Refusal) -> Bool {
        let now = ledger.now(of: application.id, in: transaction)
        guard let due = before.dueAt, due <= now else { return false }
        func isDue(_ time: Timestamp?) -> Bool { time.map { $0 <= now } == true }
        if before.status != .paused, isDue(before.pendingChange?.expiresAt) {
            try expireChange(before, application, by: act, in: transaction)
            return true
        }
        if before.status != .paused, let end = before.cancelAt, isDue(end), !comesFirst(before, than: end) {
            try terminate(before, at: end, application, by: act, in: transaction)
            return true
        }
        switch before.status {
        case .scheduled:
            guard let start = before.startAt else { return false }
            try begin(
                before, before: before, at: start, "start", application: application, by: act, in: transaction)
        case .incomplete: try expireIncomplete(before, application, by: act, in: transaction)
        case .trialing:
            if let end = before.trialEnd, end <= now {
                try endTrial(before, at: end, application, by: act, in: transaction)
            } else {
                var after = before
                after.trialReminderSent = true
                save(after, before: before, "remind", application: application, by: act, in: transaction)
            }
        case .active, .pastDue: try renew(before, application, by: act, in: transaction)
        case .paused:
            guard let time = before.resumeAt else { return false }
            try resume(before, at: time, application, by: act, in: transaction)
        case .cancelled: return false
        }
        return true
    }

    /// Whether the current period ends before `end`: one that was billed ahead is lived through first.
    private func comesFirst(_ subscription: Subscription, than end: Timestamp) -> Bool {
        switch subscription.status {
        case .active, .pastDue: subscription.periodEnd.map { $0 < end } ?? false
        case .scheduled, .incomplete, .trialing, .paused, .cancelled: false
        }
    }

    /// Waits for `seconds` more before anything due is looked at.
    func postpone(
        _ before: Subscription, seconds: Int64 = 3600, _ application: Application, by act: Act,
        in transaction: Transaction
    ) {
        var after = before
        after.retryAt = ledger.now(of: application.id, in: transaction).adding(seconds: seconds)
        save(after, before: before, "postpone", application: application, by: act, in: transaction)
    }

    /// The first payment did not come in time.
    private func expireIncomplete(
        _ before: Subscription, _ application: Application, by act: Act, in transaction: Transaction
    ) throws(Refusal) {
        if let id = before.latestInvoice, let invoice = transaction.get(Invoice.self, Key(id)),
            Invoices.hasPaymentInFlight(invoice, in: transaction)
        {
            return postpone(before, application, by: act, in: transaction)
        }
        try terminate(
            before, at: ledger.now(of: application.id, in: transaction), application,
            by: act.because("The first payment did not come within 23 hours."), in: transaction)
    }

    // MARK: Trial

    /// Ends the trial at `end`, where a full paid period begins and the anchor moves.
    ///
    /// - Parameter stored: The subscription as it is stored, where `before` was changed already.
    func endTrial(
        _ before: Subscription, replacing stored: Subscription? = nil, at end: Timestamp, _ application: Application,
        by act: Act, in transaction: Transaction
    ) throws(Refusal) {
        var after = before
        guard let term = BillingTerm(after.plan, quantity: after.quantity, anchor: end, start: end) else {
            try terminate(before, at: end, application, by: act, in: transaction)
            return
        }
        after.trialEnd = end
        let bill = try takePeriod(term, of: &after, .subscriptionCycle, application, in: transaction)
        let needsCard =
            !bill.amountDue.isZero && after.collection == .automatic && method(of: after, in: transaction) == nil
        if needsCard {
            switch application.billing.afterTrial {
            case .pastDue: break
            case .cancel:
                try terminate(
                    before, at: end, application, by: act.because("The trial ended without a card."), in: transaction)
                return
            case .pause:
                pause(
                    before, at: end, until: nil, application, by: act.because("The trial ended without a card."),
                    in: transaction)
                return
            }
        }
        after.status = needsCard ? .pastDue : .active
        let saved = save(
            after, before: stored ?? before, "end_trial", application: application, by: act, in: transaction)
        try openPeriod(bill, of: saved, needsCard: needsCard, application, by: act, in: transaction)
    }

    /// Opens a period's invoice. Of several periods that a stop has missed, only the newest is charged automatically.
    private func openPeriod(
        _ bill: Invoice, of subscription: Subscription, needsCard: Bool, _ application: Application, by act: Act,
        in transaction: Transaction
    ) throws(Refusal) {
        let now = ledger.now(of: application.id, in: transaction)
        var collecting = Invoices.Collecting.usual
        if let end = bill.periodEnd, end <= now {
            collecting = .leftBehind
        } else if needsCard {
            collecting = .awaitingCard(until: invoices.lastTry(application.billing, now))
        }
        try invoices.open(bill, collecting, application: application, by: act, in: transaction)
        // Where the first failure is the last, no schedule waits for a card.
        guard case .awaitingCard(until: nil) = collecting else { return }
        try takeCourse(subscription, application, by: act, in: transaction)
    }

    /// Ends the trial now.
    ///
    /// - Throws: `invalid_state` unless trialing; `payment_method_required` where a card is to be charged and there is
    ///   none.
    package func activate(
        _ id: SubscriptionID, application: Application, by act: Act, in transaction: Transaction
    ) throws(Refusal) -> Subscription {
        let before = try current(id, application: application, in: transaction)
        guard before.status == .trialing else { throw refusal(before, "activate", allowed: "trialing") }
        let balance = Credit.balance(of: before.customer, in: before.plan.price.currency, transaction)
        let rate = try Bill.rate(before.plan, before.quantity)
        let fee = before.setupFee?.units ?? 0
        if before.collection == .automatic, method(of: before, in: transaction) == nil,
            rate.units + fee > balance.units
        {
            throw Refusal(
                .paymentMethodRequired, "The customer has no card to charge; payment_setup_url takes one.")
        }
        let now = ledger.now(of: application.id, in: transaction).wholeSecond
        var ready = before
        // A cancellation at the end of the trial was for the trial.
        ready.cancelsAtPeriodEnd = false
        ready.cancelAt = nil
        ready.cancelledAt = nil
        ready.trialEnd = now
        try endTrial(ready, replacing: before, at: now, application, by: act, in: transaction)
        return dressed(try find(id, application: application.id, in: transaction), in: transaction)
    }

    // MARK: Renewal

    /// Begins the next period, and bills it unless that was done ahead.
    private func renew(
        _ before: Subscription, _ application: Application, by act: Act, in transaction: Transaction
    ) throws(Refusal) {
        var after = before
        after.retryAt = nil
        guard let end = before.periodEnd, let term = before.term(at: end) else {
            // The calendar has no further period.
            try terminate(
                before, at: before.periodEnd ?? ledger.now(of: application.id, in: transaction), application, by: act,
                in: transaction)
            return
        }
        if before.pendingChange?.effective == .periodEnd { after.pendingChange = nil }
        if before.isBilledAhead {
            after.begin(term)
            save(after, before: before, "renew", application: application, by: act, in: transaction)
            return
        }
        let bill = try takePeriod(term, of: &after, .subscriptionCycle, application, in: transaction)
        let needsCard =
            !bill.amountDue.isZero && after.collection == .automatic && method(of: after, in: transaction) == nil
        let now = ledger.now(of: application.id, in: transaction)
        if needsCard, term.end > now { after.status = .pastDue }
        let saved = save(after, before: before, "renew", application: application, by: act, in: transaction)
        try openPeriod(bill, of: saved, needsCard: needsCard, application, by: act, in: transaction)
    }

    // MARK: The end

    /// Ends a subscription at `end`: what waits is billed, open invoices keep their debt without automatic tries.
    ///
    /// - Parameter reason: Why, where whoever ends it says so; else an earlier reason stays.
    @discardableResult
    func terminate(
        _ before: Subscription, at end: Timestamp, _ application: Application, lines: [InvoiceLine] = [],
        reason: String? = nil, by act: Act, in transaction: Transaction
    ) throws(Refusal) -> Invoice? {
        let before = try withdrawUnpaidChange(before, application, by: act, in: transaction)
        var after = before
        let now = ledger.now(of: application.id, in: transaction)
        after.status = .cancelled
        after.cancelledAt = before.cancelledAt ?? now
        after.endedAt = end
        after.cancellationReason = reason ?? before.cancellationReason ?? act.reason
        after.pendingChange = nil
        after.resumeAt = nil
        after.retryAt = nil
        after.pendingItems = []
        let items = before.pendingItems + lines
        var bill: Invoice?
        if !items.isEmpty {
            let balance = Credit.balance(of: before.customer, in: before.plan.price.currency, transaction)
            var draft = try Bill.invoice(
                items, of: before, reason: .subscriptionUpdate, mode: application.mode, balance: balance)
            draft.id = InvoiceID(in: transaction, purpose: "invoice")
            draft.periodValue = try Bill.sum(items.filter(\.isProration), in: draft.total.currency)
            after.latestInvoice = draft.id
            bill = draft
        }
        save(after, before: before, "end", application: application, by: act, in: transaction)
        if before.status == .incomplete, let id = before.latestInvoice,
            let first = transaction.get(Invoice.self, Key(id)), first.status == .open || first.status == .uncollectible
        {
            // It never began, so nothing is owed, and what was paid in part comes back.
            if first.amountPaid.isZero {
                try invoices.void(first, by: act, in: transaction)
            } else {
                let lines = invoices.remainders(of: first, in: transaction).enumerated()
                    .map { Invoices.CreditedLine(position: $0.offset, amount: $0.element) }.filter { !$0.amount.isZero }
                _ = try invoices.note(
                    lines, of: first, destination: .balance, reason: act.reason, by: act, in: transaction)
            }
        }
        invoices.endCollection(of: after, by: act, in: transaction)
        return try bill.map { bill throws(Refusal) in
            let needsCard = after.collection == .automatic && method(of: after, in: transaction) == nil
            return try invoices.open(
                bill, needsCard ? .leftBehind : .usual, application: application, by: act, in: transaction)
        }
    }
}
