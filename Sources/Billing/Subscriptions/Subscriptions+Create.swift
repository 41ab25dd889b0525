import Fields
import Runtime
package import Storage

extension Subscriptions {
    /// Creates a subscription with its customer. Without a trial its first period is billed at once: it is `incomplete`
    /// until that is paid, `active` when nothing is to be paid or the invoice is sent.
    ///
    /// - Returns: The subscription as it is shown, and its first invoice, which is tried next where there is a method.
    /// - Throws: `validation_failed` with every issue; `unavailable` while the application is held.
    package func create(
        _ input: SubscriptionInput, application: Application, by act: Act, in transaction: Transaction
    ) throws(Refusal) -> (subscription: Subscription, invoice: Invoice?) {
        try Holds.check(application.mode, in: transaction)
        let now = ledger.now(of: application.id, in: transaction)
        var issues = InputIssues()
        let plan = transaction.planForUse(input.plan, application.id, "plan_id", &issues)
        issues.checkReturnURL(input.returnURL, "return_url", application.mode)
        let existing = customer(of: input, application, &issues, transaction)
        if let start = input.startDate,
            !(now.adding(seconds: -Self.startReach)...now.adding(seconds: Self.startReach)).contains(start)
        {
            issues.add("start_date", "out_of_range", "This must lie within 10 years of today.")
        }
        if let id = input.paymentMethod {
            let method = transaction.get(PaymentMethod.self, Key(id))
            if existing == nil || method?.customer != existing?.id || method?.removedAt != nil {
                issues.add("payment_method_id", "not_found", "This customer has no such payment method.")
            }
        }
        guard issues.issues.isEmpty, let plan else { throw .invalid(issues.issues) }
        let terms = PlanTerms(plan)
        _ = try Bill.checkedRate(terms, input.quantity ?? 1)
        let customer =
            existing
            ?? Customers(ledger).findOrCreate(
                email: input.customerEmail ?? "", name: input.customerName, application: application, by: act,
                in: transaction)
        var draft = Subscription()
        draft.id = SubscriptionID(in: transaction, purpose: "subscription")
        draft.application = application.id
        draft.customer = customer.id
        draft.plan = terms
        draft.quantity = input.quantity ?? 1
        draft.collection = input.collection ?? .automatic
        draft.setupFee = plan.setupFee
        draft.paymentMethod = input.paymentMethod
        draft.usesCustomerMethod = input.customerID != nil || input.paymentMethod != nil
        draft.returnURL = input.returnURL
        draft.metadata = input.metadata
        draft.createdAt = now
        draft.setupToken = Blob(transaction.random(16, purpose: "setup token"))
        draft.trialDays = trialDays(input, plan, of: draft, at: now, in: transaction)
        plans.use(plan, in: transaction)
        let second = now.wholeSecond
        var start = second
        draft.anchor = input.startDate?.wholeSecond ?? second
        if draft.anchor > second {
            draft.status = .scheduled
            draft.startAt = draft.anchor
            let saved = save(draft, before: nil, "create", application: application, by: act, in: transaction)
            return (dressed(saved, in: transaction), nil)
        }
        // A plain date of today is its midnight; an earlier one only says where periods are counted from.
        if draft.anchor.midnight == second.midnight { start = draft.anchor }
        return try begin(draft, before: nil, at: start, "create", application: application, by: act, in: transaction)
    }

    /// Seconds that a start may lie in the past or in the future: ten years.
    private static let startReach: Int64 = 3653 * 86_400

    private func customer(
        of input: SubscriptionInput, _ application: Application, _ issues: inout InputIssues, _ snapshot: Snapshot
    ) -> Customer? {
        if input.customerID != nil, input.customerEmail != nil {
            issues.add("customer_email", "conflict", "Give customer_email or customer_id, not both.")
        }
        guard let id = input.customerID else {
            guard let email = input.customerEmail else {
                issues.add("customer_email", "required", "Give customer_email or customer_id.")
                return nil
            }
            return snapshot.first(Customer.byEmail, Customer.emailKey(application.id, email))
        }
        let found = snapshot.get(Customer.self, Key(id))
        guard let found, found.application == application.id, found.deletedAt == nil else {
            issues.add("customer_id", "not_found", "There is no such customer in this application.")
            return nil
        }
        return found
    }

    /// The days of trial that this subscription gets: those asked for, else the plan's, once for each customer.
    private func trialDays(
        _ input: SubscriptionInput, _ plan: Plan, of draft: Subscription, at now: Timestamp,
        in transaction: Transaction
    ) -> Int64 {
        let isGranted = transaction.get(TrialGrant.self, Key(draft.customer, plan.id)) != nil
        let days = input.trialDays ?? (isGranted ? 0 : plan.trialDays)
        guard days > 0, !isGranted else { return days }
        var grant = TrialGrant()
        grant.customer = draft.customer
        grant.plan = plan.id
        grant.subscription = draft.id
        grant.grantedAt = now
        transaction.put(grant)
        return days
    }

    /// Begins a subscription at `start`, with its trial or its first period.
    @discardableResult
    func begin(
        _ draft: Subscription, before: Subscription?, at start: Timestamp, _ action: String, application: Application,
        by act: Act, in transaction: Transaction
    ) throws(Refusal) -> (subscription: Subscription, invoice: Invoice?) {
        var subscription = draft
        let outside = Refusal.invalid("start_date", "out_of_range", "Its periods lie outside the calendar.")
        guard subscription.trialDays > 0 else {
            guard
                let term = BillingTerm(
                    subscription.plan, quantity: subscription.quantity, anchor: subscription.anchor, start: start)
            else { throw outside }
            return try beginPaid(
                subscription, before: before, term, action, application: application, by: act, in: transaction)
        }
        let trialEnd = start.adding(seconds: subscription.trialDays * 86_400)
        guard let cycleEnd = subscription.plan.billingCycle.boundary(1, from: start) else { throw outside }
        subscription.status = .trialing
        subscription.trialEnd = trialEnd
        subscription.periodStart = start
        subscription.periodEnd = max(cycleEnd, trialEnd)
        let saved = save(subscription, before: before, action, application: application, by: act, in: transaction)
        return (dressed(saved, in: transaction), nil)
    }

    /// Begins the first paid period of a subscription that had no trial.
    private func beginPaid(
        _ draft: Subscription, before: Subscription?, _ term: BillingTerm, _ action: String,
        application: Application, by act: Act, in transaction: Transaction
    ) throws(Refusal) -> (subscription: Subscription, invoice: Invoice?) {
        var subscription = draft
        var bill = try takePeriod(term, of: &subscription, .subscriptionCreate, application, in: transaction)
        bill.id = subscription.latestInvoice ?? .none
        var collecting = Invoices.Collecting.usual
        if bill.amountDue.isZero || subscription.collection == .sendInvoice {
            subscription.status = .active
        } else {
            subscription.status = .incomplete
            subscription.incompleteAt = ledger.now(of: application.id, in: transaction)
            if method(of: subscription, in: transaction) == nil { collecting = .awaitingCard(until: nil) }
        }
        let saved = save(subscription, before: before, action, application: application, by: act, in: transaction)
        let invoice = try invoices.open(bill, collecting, application: application, by: act, in: transaction)
        return (dressed(saved, in: transaction), invoices.dressed(invoice, in: transaction))
    }

    /// Makes `term` the current, billed period.
    ///
    /// - Returns: Its invoice, yet to be opened; the subscription counts on that.
    func takePeriod(
        _ term: BillingTerm, of subscription: inout Subscription, _ reason: BillingReason,
        _ application: Application, in transaction: Transaction
    ) throws(Refusal) -> Invoice {
        let balance = Credit.balance(of: subscription.customer, in: term.plan.price.currency, transaction)
        var bill = try Bill.period(
            term, of: subscription, reason: reason, mode: application.mode, balance: balance)
        bill.id = InvoiceID(in: transaction, purpose: "invoice")
        subscription.begin(term)
        subscription.billedUntil = term.end
        subscription.setupFee = nil
        subscription.pendingItems = []
        subscription.latestInvoice = bill.id
        return bill
    }
}

extension Snapshot {
    /// A plan that a subscription may take; notes an issue when there is none.
    func planForUse(
        _ id: String, _ application: ApplicationID, _ field: String, _ issues: inout InputIssues
    ) -> Plan? {
        guard id.utf8.count <= 64, let plan = get(Plan.self, Key(application, id)) else {
            issues.add(field, "not_found", "There is no such plan in this application.")
            return nil
        }
        guard plan.status == .active else {
            issues.add(field, "archived", "This plan is archived; choose an active one.")
            return nil
        }
        return plan
    }
}
