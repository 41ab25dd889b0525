import Fields
import Runtime
package import Storage

/// Creating, changing and ending subscriptions, inside a transaction.
package struct Subscriptions: Sendable {
    package let ledger: Ledger

    package init(_ ledger: Ledger) {
        self.ledger = ledger
    }

    var invoices: Invoices { Invoices(ledger) }
    var plans: Plans { Plans(ledger) }

    // MARK: Reading

    /// The subscription of an application, or `not_found`, also for another application's.
    package func find(
        _ id: SubscriptionID, application: ApplicationID, in snapshot: Snapshot
    ) throws(Refusal) -> Subscription {
        guard let subscription = snapshot.get(Subscription.self, Key(id)), subscription.application == application
        else { throw .notFound("subscription") }
        return subscription
    }

    /// Fills what a subscription shows beside its own fields.
    package func dressed(_ subscription: Subscription, in snapshot: Snapshot) -> Subscription {
        var dressed = subscription
        if let customer = snapshot.get(Customer.self, Key(subscription.customer)) {
            dressed.customerSummary = CustomerSummary(customer)
        } else {
            dressed.customerSummary.id = subscription.customer
        }
        dressed.shownMethod = method(of: subscription, in: snapshot)
        if subscription.collection == .automatic, subscription.status != .cancelled,
            dressed.shownMethod == nil || awaitsCard(subscription, in: snapshot)
        {
            dressed.setupURL = ledger.links.setup(subscription)
        }
        return dressed
    }

    /// Whether its card was refused, so that only another one pays what is due.
    private func awaitsCard(_ subscription: Subscription, in snapshot: Snapshot) -> Bool {
        guard subscription.status == .incomplete || subscription.status == .pastDue,
            let invoice = subscription.latestInvoice.flatMap({ snapshot.get(Invoice.self, Key($0)) })
        else { return false }
        return invoice.status == .open && invoice.halt == .awaitingCard
    }

    /// The saved method that is charged: its own, else the customer's default where somebody who knew the customer
    /// asked for the subscription; nil when there is none.
    package func method(of subscription: Subscription, in snapshot: Snapshot) -> PaymentMethod? {
        func usable(_ id: PaymentMethodID?) -> PaymentMethod? {
            guard let id, let method = snapshot.get(PaymentMethod.self, Key(id)), method.removedAt == nil,
                method.customer == subscription.customer
            else { return nil }
            return method
        }
        if let own = usable(subscription.paymentMethod) { return own }
        guard subscription.usesCustomerMethod else { return nil }
        return usable(snapshot.get(Customer.self, Key(subscription.customer))?.defaultPaymentMethod)
    }

    /// The saved method that an invoice is charged to; nil when there is none, and for periods of a subscription that
    /// ended.
    package func method(for invoice: Invoice, in snapshot: Snapshot) -> PaymentMethod? {
        guard let id = invoice.subscription, let subscription = snapshot.get(Subscription.self, Key(id)),
            subscription.status != .cancelled || !invoice.billsPeriod
        else { return nil }
        return method(of: subscription, in: snapshot)
    }

    /// The next invoice as it will be, to the cent; not stored.
    ///
    /// - Throws: `not_found` when none will be made.
    package func upcoming(
        _ id: SubscriptionID, application: Application, in snapshot: Snapshot
    ) throws(Refusal) -> Invoice {
        let subscription = try find(id, application: application.id, in: snapshot)
        let balance = Credit.balance(
            of: subscription.customer, in: subscription.plan.price.currency, snapshot)
        let mode = application.mode
        let none = Refusal(
            .notFound, "This subscription is \(subscription.status.rawValue) and no invoice of it is coming.")
        var draft: Invoice
        if subscription.cancelsAtPeriodEnd, subscription.status != .cancelled {
            guard !subscription.pendingItems.isEmpty, subscription.status != .incomplete else { throw none }
            draft = try Bill.invoice(
                subscription.pendingItems, of: subscription, reason: .subscriptionUpdate, mode: mode, balance: balance)
        } else {
            let (term, reason) = try nextTerm(of: subscription, none)
            draft = try Bill.period(term, of: subscription, reason: reason, mode: mode, balance: balance)
        }
        draft.createdAt = subscription.nextBillingAt ?? subscription.cancelAt ?? draft.createdAt
        if draft.amountDue.isPositive {
            switch draft.collection {
            case .automatic: draft.nextPaymentAttempt = draft.createdAt
            case .sendInvoice:
                draft.dueDate = draft.createdAt.adding(seconds: application.billing.daysUntilDue * 86_400)
            }
        }
        return invoices.dressed(draft, in: snapshot)
    }

    private func nextTerm(
        of subscription: Subscription, _ none: Refusal
    ) throws(Refusal) -> (BillingTerm, BillingReason) {
        let (plan, quantity) = (subscription.plan, subscription.quantity)
        var term: BillingTerm?
        var reason = BillingReason.subscriptionCycle
        switch subscription.status {
        case .scheduled:
            reason = .subscriptionCreate
            term = subscription.nextBillingAt.flatMap {
                BillingTerm(plan, quantity: quantity, anchor: $0, start: $0)
            }
        case .trialing:
            term = subscription.trialEnd.flatMap { BillingTerm(plan, quantity: quantity, anchor: $0, start: $0) }
        case .active, .pastDue: term = subscription.nextTerm
        case .incomplete, .paused, .cancelled: throw none
        }
        guard let term else { throw none }
        return (term, reason)
    }

    // MARK: What all acts share

    /// The subscription as it stands once everything that was due is done, so that no act decides on the past.
    ///
    /// - Throws: `unavailable` when more was due than one transaction takes.
    func current(
        _ id: SubscriptionID, application: Application, in transaction: Transaction
    ) throws(Refusal) -> Subscription {
        var subscription = try find(id, application: application.id, in: transaction)
        let now = ledger.now(of: application.id, in: transaction)
        var steps = 0
        while let due = subscription.dueAt, due <= now {
            guard steps < Self.catchUpLimit else {
                throw Refusal(
                    .unavailable, "Missed periods of this subscription are being billed; try again shortly.",
                    retryAfterSeconds: 1)
            }
            steps += 1
            try advance(subscription, application: application, by: .system, in: transaction)
            subscription = try find(id, application: application.id, in: transaction)
        }
        return subscription
    }

    /// Periods that an act bills before it looks; each writes an invoice with its events.
    private static let catchUpLimit = 4

    /// Writes a subscription, unless nothing changed.
    @discardableResult
    func save(
        _ after: Subscription, before: Subscription?, _ action: String, application: Application, by act: Act,
        in transaction: Transaction
    ) -> Subscription {
        if let before, before == after { return before }
        return ledger.save(
            after, before: before, mode: application.mode, action: "subscription.\(action)", by: act, in: transaction)
    }

    func refusal(_ subscription: Subscription, _ act: String, allowed: String) -> Refusal {
        Refusal(
            .invalidState,
            "A subscription that is \(subscription.status.rawValue) does not allow to \(act); it must be \(allowed).")
    }
}
