import Fields
package import Runtime
package import Storage

/// What came of a change of plan.
package struct ChangeOutcome: Sendable {
    package let subscription: Subscription
    /// What was billed now. While it is open the change waits for its payment in `pending_change`.
    package let invoice: Invoice?
}

extension Subscriptions {
    /// The change as it would be billed, with a token that makes ``changePlan`` bill exactly this or refuse.
    package func previewChange(
        _ id: SubscriptionID, _ input: ChangeInput, application: Application, now: Timestamp, in snapshot: Snapshot
    ) throws(Refusal) -> ChangePreview {
        let subscription = try find(id, application: application.id, in: snapshot)
        if let due = subscription.dueAt, due <= now {
            throw Refusal(
                .unavailable, "This subscription is being renewed; try again shortly.", retryAfterSeconds: 1)
        }
        let instant = now.wholeSecond
        let change = try compute(subscription, input, at: instant, application, snapshot)
        var preview = ChangePreview()
        preview.plan = change.plan
        preview.quantity = change.quantity
        preview.effective = change.effective
        preview.effectiveAt = change.effective == .periodEnd ? subscription.periodEnd ?? instant : instant
        preview.proration = change.proration
        preview.lines = change.lines
        let currency = subscription.plan.price.currency
        let sum = try Bill.sum(change.lines, in: currency)
        preview.total = change.draft?.total ?? sum
        preview.creditApplied = change.draft?.creditApplied ?? .zero(currency)
        preview.amountDue = change.draft?.amountDue ?? .zero(currency)
        if let draft = change.draft { preview.lines = draft.lines }
        preview.token = PreviewToken.make(
            for: change, of: subscription, at: instant, balance: balance(of: subscription, snapshot),
            invoices: state(of: subscription, snapshot), vault: ledger.vault)
        preview.expiresAt = instant.adding(seconds: PreviewToken.lifetimeSeconds)
        return preview
    }

    /// Changes plan or quantity: at once, once the difference is paid, or at the end of the period. The current plan
    /// and quantity withdraw a change that waits for the end of the period.
    ///
    /// - Throws: `invalid_state`, also for a preview that no longer holds; `invoice_open`; `validation_failed`.
    package func changePlan(
        _ id: SubscriptionID, _ input: ChangeInput, application: Application, by act: Act,
        in transaction: Transaction
    ) throws(Refusal) -> ChangeOutcome {
        try Holds.check(application.mode, in: transaction)
        let before = try current(id, application: application, in: transaction)
        let now = ledger.now(of: application.id, in: transaction).wholeSecond
        var instant = now
        if let token = input.previewToken {
            guard let shown = PreviewToken.instant(of: token) else {
                throw .invalid("preview_token", "invalid_format", "This is no token of a preview.")
            }
            guard shown <= now, now <= shown.adding(seconds: PreviewToken.lifetimeSeconds) else {
                throw PreviewToken.outdated
            }
            instant = shown
        }
        let change = try compute(before, input, at: instant, application, transaction)
        if let token = input.previewToken {
            let fresh = PreviewToken.make(
                for: change, of: before, at: instant, balance: balance(of: before, transaction),
                invoices: state(of: before, transaction), vault: ledger.vault)
            guard fresh == token else { throw PreviewToken.outdated }
        }
        if let plan = transaction.get(Plan.self, Key(application.id, change.plan.id)) {
            plans.use(plan, in: transaction)
        }
        return try commit(change, to: before, application, now: now, by: act, in: transaction)
    }

    private func commit(
        _ change: PlanChange, to before: Subscription, _ application: Application, now: Timestamp, by act: Act,
        in transaction: Transaction
    ) throws(Refusal) -> ChangeOutcome {
        if change.effective == .periodEnd {
            var after = before
            let isSame = change.plan == before.plan && change.quantity == before.quantity
            after.pendingChange = isSame ? nil : pending(change, nil, until: nil)
            let saved = save(
                after, before: before, "schedule_change", application: application, by: act, in: transaction)
            return ChangeOutcome(subscription: dressed(saved, in: transaction), invoice: nil)
        }
        guard var draft = change.draft else {
            let saved = save(
                change.applied(to: before), before: before, "change_plan", application: application, by: act,
                in: transaction)
            return ChangeOutcome(subscription: dressed(saved, in: transaction), invoice: nil)
        }
        draft.id = InvoiceID(in: transaction, purpose: "invoice")
        var after = before
        var collecting = Invoices.Collecting.usual
        if draft.amountDue.isZero {
            after = change.applied(to: before)
        } else {
            let wait = now.adding(seconds: Subscription.incompleteSeconds)
            let end = min(wait, before.periodEnd ?? wait)
            after.pendingChange = pending(change, draft.id, until: end)
            if draft.collection == .sendInvoice { draft.dueDate = end }
            if method(of: before, in: transaction) == nil { collecting = .awaitingCard(until: nil) }
        }
        after.latestInvoice = draft.id
        let saved = save(after, before: before, "change_plan", application: application, by: act, in: transaction)
        let invoice = try invoices.open(draft, collecting, application: application, by: act, in: transaction)
        return ChangeOutcome(
            subscription: dressed(saved, in: transaction), invoice: invoices.dressed(invoice, in: transaction))
    }

    private func pending(_ change: PlanChange, _ invoice: InvoiceID?, until end: Timestamp?) -> PendingChange {
        var pending = PendingChange()
        pending.plan = change.plan
        pending.quantity = change.quantity
        pending.effective = change.effective
        pending.at = change.instant
        pending.invoice = invoice
        pending.expiresAt = end
        return pending
    }

    /// The change was paid: it takes effect as of the moment it was computed for.
    func apply(
        _ pending: PendingChange, to before: Subscription, _ application: Application, by act: Act,
        in transaction: Transaction
    ) {
        var change = PlanChange(
            plan: pending.plan, quantity: pending.quantity, effective: .now, instant: pending.at)
        change.proration = .invoiceNow
        change.isPaid = true
        if pending.plan.billingCycle != before.plan.billingCycle {
            change.term = BillingTerm(
                pending.plan, quantity: pending.quantity, anchor: pending.at, start: pending.at)
        }
        var after = change.applied(to: before)
        if before.status == .pastDue, !hasUnpaidPeriod(before, in: transaction) { after.status = .active }
        after.retryAt = nil
        save(after, before: before, "change_plan", application: application, by: act, in: transaction)
    }

    // MARK: Computing

    private func compute(
        _ before: Subscription, _ input: ChangeInput, at instant: Timestamp, _ application: Application,
        _ snapshot: Snapshot
    ) throws(Refusal) -> PlanChange {
        let (plan, fee) = try target(input, of: before, application, snapshot)
        let quantity = input.quantity ?? before.quantity
        _ = try Bill.checkedRate(plan, quantity)
        var change = PlanChange(
            plan: plan, quantity: quantity, effective: input.effective ?? .now, instant: instant, setupFee: fee)
        let isSame = plan == before.plan && quantity == before.quantity
        switch before.status {
        case .incomplete, .paused, .cancelled:
            throw refusal(before, "change its plan", allowed: "scheduled, trialing, active or past_due")
        case .scheduled, .trialing:
            // Nothing was billed, so nothing is prorated, and there is no paid period to wait for.
            change.effective = .now
            guard !isSame else { throw nothingChanges() }
            return change
        case .active, .pastDue: break
        }
        guard !before.isBilledAhead else {
            throw Refusal(
                .invalidState, "The next period of this subscription is billed already; void that invoice first.")
        }
        try refuseUnpaidChange(before)
        if change.effective == .periodEnd {
            guard input.proration == nil || input.proration == Proration.none else {
                throw .invalid("proration", "conflict", "At the end of the period there is nothing to prorate.")
            }
            guard !before.cancelsAtPeriodEnd else {
                throw Refusal(
                    .invalidState,
                    "This subscription is \(before.status.rawValue) and ends at the end of its period; reactivate it "
                        + "first.")
            }
            guard !isSame || before.pendingChange != nil else { throw nothingChanges() }
            return change
        }
        guard !isSame else { throw nothingChanges() }
        let serving = Invoices.serving(before.periodStart, of: before.id, snapshot)
        guard serving.count < Self.changeLimit else {
            throw Refusal(
                .invalidState, "This period has \(Self.changeLimit) invoices already; change at period_end.")
        }
        guard
            !serving.contains(where: {
                $0.status == .open && ($0.billsPeriod || $0.billingReason == .subscriptionUpdate)
            })
        else {
            throw Refusal(
                .invoiceOpen, "An invoice of the current period is unpaid; pay or void it, or change at period_end.")
        }
        let computed = try PlanChange.compute(
            before, to: plan, quantity, at: instant, input.proration, worth: worth(of: before, in: snapshot),
            balance: balance(of: before, snapshot), mode: application.mode)
        guard before.pendingItems.count + computed.lines.count <= Self.itemLimit else {
            throw Refusal(.invalidState, "Too many items wait for the next invoice; generate an invoice of them first.")
        }
        return computed
    }

    /// Invoices that one period may have.
    private static let changeLimit = 100

    /// Items that may wait for the next invoice.
    static let itemLimit = 100

    private func nothingChanges() -> Refusal {
        .invalid("plan_id", "unchanged", "The subscription has this plan and quantity already.")
    }

    private func target(
        _ input: ChangeInput, of before: Subscription, _ application: Application, _ snapshot: Snapshot
    ) throws(Refusal) -> (PlanTerms, Money?) {
        guard let id = input.plan, id != before.plan.id else { return (before.plan, before.setupFee) }
        var issues = InputIssues()
        guard let plan = snapshot.planForUse(id, application.id, "plan_id", &issues) else {
            throw .invalid(issues.issues)
        }
        guard plan.price.currency == before.plan.price.currency else {
            throw .invalid(
                "plan_id", "currency_differs",
                "This plan is in \(plan.price.currency), the subscription in \(before.plan.price.currency).")
        }
        return (PlanTerms(plan), plan.setupFee)
    }

    private func balance(of subscription: Subscription, _ snapshot: Snapshot) -> Money {
        Credit.balance(of: subscription.customer, in: subscription.plan.price.currency, snapshot)
    }

    /// What a token depends on beside the subscription: the invoices of the period, the newest and the open ones.
    private func state(of subscription: Subscription, _ snapshot: Snapshot) -> [(InvoiceID, Int64)] {
        let open = Invoices.openInvoices(
            of: subscription.customer, subscription: subscription.id, in: snapshot)
        return (Invoices.serving(subscription.periodStart, of: subscription.id, snapshot) + open).map {
            ($0.id, $0.objectSequence)
        }
    }

    // MARK: A change that waits for its payment

    func refuseUnpaidChange(_ subscription: Subscription) throws(Refusal) {
        guard subscription.pendingChange?.effective == .now else { return }
        throw Refusal(
            .invoiceOpen, "A change of this subscription waits for its payment; pay or void its invoice first.")
    }

    /// Gives up a change that waits for its payment; its invoice is void, and money that still comes is refunded.
    ///
    /// - Returns: The subscription without it.
    func withdrawUnpaidChange(
        _ before: Subscription, _ application: Application, by act: Act, in transaction: Transaction
    ) throws(Refusal) -> Subscription {
        guard before.pendingChange?.effective == .now, let id = before.pendingChange?.invoice else { return before }
        if let invoice = transaction.get(Invoice.self, Key(id)), invoice.status == .open, invoice.amountPaid.isZero {
            try invoices.void(invoice, by: act, in: transaction)
            return try find(before.id, application: application.id, in: transaction)
        }
        var after = before
        after.pendingChange = nil
        return save(after, before: before, "withdraw_change", application: application, by: act, in: transaction)
    }

    /// The payment of a change did not come in time. While it may still be on its way, the change waits on.
    func expireChange(
        _ before: Subscription, _ application: Application, by act: Act, in transaction: Transaction
    ) throws(Refusal) {
        if let id = before.pendingChange?.invoice, let invoice = transaction.get(Invoice.self, Key(id)),
            Invoices.hasPaymentInFlight(invoice, in: transaction)
        {
            return postpone(before, application, by: act, in: transaction)
        }
        _ = try withdrawUnpaidChange(
            before, application, by: act.because("The change was not paid in time."), in: transaction)
    }
}
