import Fields
import Runtime
package import Storage

extension Subscriptions {
    /// Changes what can be changed without billing: metadata, method, way of collection, and the quantity from the next
    /// renewal on.
    ///
    /// - Throws: `invalid_state`, `invoice_open`, `validation_failed`, `not_found`.
    package func update(
        _ id: SubscriptionID, _ patch: SubscriptionPatch, application: Application, by act: Act,
        in transaction: Transaction
    ) throws(Refusal) -> Subscription {
        let before = try current(id, application: application, in: transaction)
        var after = before
        after.metadata = patch.metadata.applied(to: after.metadata, none: Metadata())
        let isLive = before.status != .cancelled
        let changesMore = patch.quantity != nil || patch.collection != nil || patch.paymentMethod.isGiven
        guard isLive || !changesMore else {
            throw refusal(
                before, "change more than metadata",
                allowed: "scheduled, incomplete, trialing, active, past_due or paused")
        }
        if let collection = patch.collection { after.collection = collection }
        var hasNewCard = false
        switch patch.paymentMethod {
        case .keep: break
        case .clear:
            after.paymentMethod = nil
            after.usesCustomerMethod = true
        case .set(let method):
            let found = transaction.get(PaymentMethod.self, Key(method))
            guard let found, found.customer == before.customer, found.removedAt == nil else {
                throw .invalid("payment_method_id", "not_found", "This customer has no such payment method.")
            }
            hasNewCard = before.paymentMethod != method
            after.paymentMethod = method
            after.usesCustomerMethod = true
        }
        if let quantity = patch.quantity { try set(quantity, of: &after) }
        let saved = save(after, before: before, "update", application: application, by: act, in: transaction)
        if hasNewCard {
            invoices.cardChanged(of: before.customer, subscription: id, by: act, in: transaction)
        }
        return dressed(saved, in: transaction)
    }

    private func set(_ quantity: Int64, of subscription: inout Subscription) throws(Refusal) {
        let waiting = subscription.pendingChange
        guard quantity != (waiting?.quantity ?? subscription.quantity) else { return }
        _ = try Bill.checkedRate(waiting?.plan ?? subscription.plan, quantity)
        switch subscription.status {
        case .scheduled, .trialing: subscription.quantity = quantity
        case .active, .pastDue, .paused:
            try refuseUnpaidChange(subscription)
            guard !subscription.isBilledAhead else {
                throw Refusal(
                    .invalidState, "The next period of this subscription is billed already; void that invoice first.")
            }
            var change = waiting ?? PendingChange()
            change.plan = waiting?.plan ?? subscription.plan
            change.quantity = quantity
            change.effective = .periodEnd
            let isSame = change.plan == subscription.plan && quantity == subscription.quantity
            subscription.pendingChange = isSame ? nil : change
        case .incomplete, .cancelled:
            throw refusal(
                subscription, "change its quantity", allowed: "scheduled, trialing, active, past_due or paused")
        }
    }

    /// Bills pending items and extra lines now; with neither, the period ahead, which renewal then skips.
    ///
    /// - Returns: The invoice, which is tried next unless it is sent.
    /// - Throws: `invalid_state`, `invoice_open`, `validation_failed`, `not_found`.
    package func generate(
        _ id: SubscriptionID, _ input: GenerateInput, application: Application, by act: Act,
        in transaction: Transaction
    ) throws(Refusal) -> Invoice {
        let before = try current(id, application: application, in: transaction)
        switch before.status {
        case .trialing, .active, .pastDue: break
        case .scheduled, .incomplete, .paused, .cancelled:
            throw refusal(before, "be billed", allowed: "trialing, active or past_due")
        }
        try refuseUnpaidChange(before)
        let now = ledger.now(of: application.id, in: transaction)
        let lines = try items(input, in: before.plan.price.currency)
        let dueDate = try dueDate(input, now: now)
        var after = before
        var bill: Invoice
        if lines.isEmpty, before.pendingItems.isEmpty {
            bill = try periodAhead(of: before, &after, application, in: transaction)
        } else {
            let balance = Credit.balance(of: before.customer, in: before.plan.price.currency, transaction)
            bill = try Bill.invoice(
                before.pendingItems + lines, of: before, reason: .manual, mode: application.mode, balance: balance)
            bill.periodValue = try Bill.sum(before.pendingItems.filter(\.isProration), in: bill.total.currency)
            bill.id = InvoiceID(in: transaction, purpose: "invoice")
            after.pendingItems = []
            after.latestInvoice = bill.id
        }
        bill.description = input.description
        if let dueDate {
            bill.collection = .sendInvoice
            bill.dueDate = dueDate
        }
        let saved = save(after, before: before, "generate", application: application, by: act, in: transaction)
        let needsCard = bill.collection == .automatic && method(of: saved, in: transaction) == nil
        let invoice = try invoices.open(
            bill, needsCard ? .awaitingCard(until: nil) : .usual, application: application, by: act, in: transaction)
        return invoices.dressed(invoice, in: transaction)
    }

    private func items(_ input: GenerateInput, in currency: Currency) throws(Refusal) -> [InvoiceLine] {
        var issues = InputIssues()
        var lines: [InvoiceLine] = []
        for (index, item) in input.lines.enumerated() {
            let field = "lines[\(index)].unit_price"
            guard let price = item.unitPrice.money(in: currency, field: field, &issues) else { continue }
            var line = InvoiceLine()
            line.description = item.description
            line.quantity = item.quantity ?? 1
            line.unitPrice = price
            var limit = Bill.majorLimit
            for _ in 0..<currency.digits { limit *= 10 }
            guard let amount = try? price.multiplied(by: line.quantity), amount.units <= limit else {
                issues.add(field, "out_of_range", "Price × quantity is more than \(Bill.majorLimit).")
                continue
            }
            line.amount = amount
            lines.append(line)
        }
        guard issues.issues.isEmpty else { throw .invalid(issues.issues) }
        return lines
    }

    private func dueDate(_ input: GenerateInput, now: Timestamp) throws(Refusal) -> Timestamp? {
        if input.dueDate != nil, input.daysUntilDue != nil {
            throw .invalid("days_until_due", "conflict", "Give due_date or days_until_due, not both.")
        }
        if let days = input.daysUntilDue { return now.adding(seconds: days * 86_400) }
        guard let date = input.dueDate else { return nil }
        guard date >= now.midnight, date <= now.adding(seconds: 3653 * 86_400) else {
            throw .invalid("due_date", "out_of_range", "This must lie within the next 10 years.")
        }
        return date
    }

    private func periodAhead(
        of before: Subscription, _ after: inout Subscription, _ application: Application, in transaction: Transaction
    ) throws(Refusal) -> Invoice {
        guard before.status != .trialing else {
            throw Refusal(
                .invalidState, "This subscription is trialing: give lines to bill, or activate it to end the trial.")
        }
        guard !before.cancelsAtPeriodEnd else {
            throw Refusal(
                .invalidState, "This subscription is \(before.status.rawValue) and ends with its period; reactivate it."
            )
        }
        guard !before.isBilledAhead else {
            throw Refusal(.invalidState, "The next period of this subscription is billed already.")
        }
        guard let term = before.nextTerm else {
            throw Refusal(.invalidState, "The calendar has no further period for this subscription.")
        }
        let balance = Credit.balance(of: before.customer, in: term.plan.price.currency, transaction)
        var bill = try Bill.period(
            term, of: before, reason: .subscriptionCycle, mode: application.mode, balance: balance)
        bill.id = InvoiceID(in: transaction, purpose: "invoice")
        after.billedUntil = term.end
        after.setupFee = nil
        after.latestInvoice = bill.id
        return bill
    }
}

extension Patch {
    /// Whether the request names the member.
    var isGiven: Bool {
        if case .keep = self { false } else { true }
    }
}
