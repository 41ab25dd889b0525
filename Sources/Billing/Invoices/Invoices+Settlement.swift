import Fields
import Runtime
package import Storage

/// What pays or closes an open invoice.
extension Invoices {
    /// Writes a change of an invoice: with nothing left to pay it is paid, and its subscription follows.
    @discardableResult
    func settle(
        _ changed: Invoice, before: Invoice, action: String, by act: Act, in transaction: Transaction
    ) -> Invoice {
        var after = changed
        let now = ledger.now(of: after.application, in: transaction)
        if after.status == .open || after.status == .uncollectible, after.amountDue.isZero {
            after.status = .paid
            after.paidAt = now
            if after.amountPaid.isPositive { after.paymentStatus = .succeeded }
        }
        if after.status != .open {
            after.nextPaymentAttempt = nil
            after.givesUpAt = nil
            after.isOverdue = false
        }
        let saved = ledger.save(after, before: before, action: action, by: act, in: transaction)
        if before.isPayable, !saved.isPayable { Payments(ledger).release(saved.id, by: act, in: transaction) }
        if saved.status != before.status { subscriptions.invoiceClosed(saved, by: act, in: transaction) }
        return saved
    }

    /// Adds money that was received; more than was due becomes credit.
    private func receive(
        _ amount: Money, on invoice: inout Invoice, by act: Act, in transaction: Transaction
    ) {
        // Whatever comes for one that was voided is too much.
        let owed = invoice.status == .void ? 0 : max(0, invoice.total.units)
        let settled = invoice.creditApplied.units + invoice.credited.units + invoice.amountPaid.units
        guard let paid = try? invoice.amountPaid.adding(amount) else { return }
        invoice.amountPaid = paid
        let surplus = max(0, settled + amount.units - owed) - max(0, settled - owed)
        guard surplus > 0 else { return }
        do {
            try credit.move(
                Money(surplus, amount.currency), of: invoice.customer, for: .surplus,
                objectID: invoice.id.description, mode: invoice.mode, by: act, in: transaction)
        } catch {
            // More credit than can be counted: the money stays on the invoice, for people to see.
            ledger.audit(
                "invoice.surplus_uncounted", on: invoice.id.description, application: invoice.application, by: act,
                in: transaction)
        }
    }

    /// Notes a payment on its invoice before its first call leaves.
    ///
    /// - Parameter isScheduled: Whether it is the automatic try that was due: its failure moves the schedule on.
    package func attach(
        _ payment: Payment, isScheduled: Bool, by act: Act, in transaction: Transaction
    ) throws(Refusal) -> Invoice {
        guard let id = payment.invoice else { throw .notFound("invoice") }
        let before = try find(id, application: payment.application, in: transaction)
        guard before.status == .open || before.status == .uncollectible else {
            throw refusal(before, "be paid", allowed: "open or uncollectible")
        }
        var after = before
        if !after.payments.contains(payment.hash) { after.payments.append(payment.hash) }
        if isScheduled {
            after.scheduledPayment = payment.hash
            after.scheduledAt = before.nextPaymentAttempt
            after.nextPaymentAttempt = nil
            after.paymentStatus = .processing
        }
        return ledger.save(after, before: before, action: "invoice.collect", by: act, in: transaction)
    }

    /// Follows a payment of an invoice: whatever changes such a payment calls this in the same transaction.
    package func follow(_ payment: Payment, before old: Payment?, by act: Act, in transaction: Transaction) {
        guard let id = payment.invoice, payment.status != old?.status,
            let before = transaction.get(Invoice.self, Key(id)), before.application == payment.application
        else { return }
        var after = before
        switch payment.status {
        case .pending:
            // A new payment changes nothing yet; a decline on the page leaves the buyer choosing.
            guard old != nil, before.status == .open else { return }
            after.paymentStatus = before.scheduledPayment == payment.hash ? .processing : .failed
        case .processing:
            guard before.status == .open || before.status == .uncollectible else { return }
            after.paymentStatus = .processing
        case .cancelled:
            guard before.status == .open || before.status == .uncollectible else { return }
            after.paymentStatus = before.firstFailedAt == nil ? .none : .failed
            if before.scheduledPayment == payment.hash {
                // The try never happened: it is due again.
                after.scheduledPayment = nil
                after.nextPaymentAttempt = before.status == .open ? before.scheduledAt : nil
            }
        case .failed:
            guard before.status == .open || before.status == .uncollectible else { return }
            if before.scheduledPayment == payment.hash {
                tryFailed(before, payment.attempts.last?.failure, by: act, in: transaction)
                return
            }
            after.paymentStatus = .failed
        case .completed:
            after.scheduledPayment = nil
            if !after.payments.contains(payment.hash) { after.payments.append(payment.hash) }
            receive(payment.amountCaptured, on: &after, by: act, in: transaction)
            settle(after, before: before, action: "invoice.pay", by: act, in: transaction)
            return
        }
        guard after != before else { return }
        ledger.save(after, before: before, action: "invoice.follow", by: act, in: transaction)
    }

    /// Records money that was received outside.
    ///
    /// - Throws: `invalid_state`, `payment_in_flight`, `validation_failed`, `not_found`.
    package func recordOffline(
        _ id: InvoiceID, _ input: OfflineInput, application: Application, by act: Act, in transaction: Transaction
    ) throws(Refusal) -> Invoice {
        let before = try find(id, application: application.id, in: transaction)
        guard before.status == .open || before.status == .uncollectible else {
            throw refusal(before, "be paid", allowed: "open or uncollectible")
        }
        try refuseInFlight(before, in: transaction)
        let now = ledger.now(of: application.id, in: transaction)
        var issues = InputIssues()
        let due = before.amountDue
        var amount = due
        if let given = input.amount {
            amount = given.money(in: due.currency, field: "amount", &issues) ?? due
            if due.isLess(than: amount) {
                issues.add("amount", "out_of_range", "At most \(due) is due.")
            }
        }
        if let received = input.receivedAt, received > now {
            issues.add("received_at", "out_of_range", "This must not lie in the future.")
        }
        guard before.offlinePayments.count < Self.offlineLimit else {
            throw Refusal(.invalidState, "An invoice has at most \(Self.offlineLimit) offline payments.")
        }
        guard issues.issues.isEmpty else { throw .invalid(issues.issues) }
        var payment = OfflinePayment()
        payment.amount = amount
        payment.reference = input.reference
        payment.receivedAt = input.receivedAt ?? now
        var after = before
        after.offlinePayments.append(payment)
        receive(amount, on: &after, by: act, in: transaction)
        return settle(after, before: before, action: "invoice.pay_offline", by: act, in: transaction)
    }

    /// Offline payments one invoice may have.
    static let offlineLimit = 100

    /// Takes the debt back: used credit returns to the customer.
    ///
    /// - Throws: `invalid_state` unless it is open or uncollectible and nothing was paid; `payment_in_flight`.
    package func void(
        _ id: InvoiceID, application: Application, by act: Act, in transaction: Transaction
    ) throws(Refusal) -> Invoice {
        let before = try find(id, application: application.id, in: transaction)
        guard before.status == .open || before.status == .uncollectible else {
            throw refusal(before, "be voided", allowed: "open or uncollectible; credit a paid one instead")
        }
        guard before.amountPaid.isZero else {
            throw Refusal(.invalidState, "Part of this invoice was paid; credit what is left of it instead.")
        }
        try refuseInFlight(before, in: transaction)
        return try void(before, by: act, in: transaction)
    }

    /// As above, whatever its payments do: money that still comes is refunded, as for any closed invoice.
    @discardableResult
    func void(_ before: Invoice, by act: Act, in transaction: Transaction) throws(Refusal) -> Invoice {
        var after = before
        after.status = .void
        after.voidedAt = ledger.now(of: before.application, in: transaction)
        after.paymentStatus = .none
        try credit.move(
            before.creditApplied, of: before.customer, for: .returned, objectID: before.id.description,
            mode: before.mode, by: act, in: transaction)
        after.creditApplied = .zero(before.total.currency)
        return settle(after, before: before, action: "invoice.void", by: act, in: transaction)
    }

    /// Gives the debt up; it can still be paid, or voided.
    ///
    /// - Throws: `invalid_state` unless it is open, and for that of a change of plan that waits for its payment: who
    ///   paid it later would pay for a change that is never made; `payment_in_flight`.
    package func markUncollectible(
        _ id: InvoiceID, application: Application, by act: Act, in transaction: Transaction
    ) throws(Refusal) -> Invoice {
        let before = try find(id, application: application.id, in: transaction)
        guard before.status == .open else { throw refusal(before, "be given up", allowed: "open") }
        if let subscription = before.subscription.flatMap({ transaction.get(Subscription.self, Key($0)) }),
            subscription.pendingChange?.invoice == before.id
        {
            throw Refusal(
                .invalidState, "A change of plan waits for the payment of this invoice; void it to withdraw the change."
            )
        }
        try refuseInFlight(before, in: transaction)
        var after = before
        after.status = .uncollectible
        return settle(after, before: before, action: "invoice.uncollectible", by: act, in: transaction)
    }
}
