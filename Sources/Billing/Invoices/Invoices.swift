import Fields
import Runtime
package import Storage

/// Opening, settling and finding invoices, inside a transaction.
package struct Invoices: Sendable {
    package let ledger: Ledger

    package init(_ ledger: Ledger) {
        self.ledger = ledger
    }

    var credit: Credit { Credit(ledger) }
    var subscriptions: Subscriptions { Subscriptions(ledger) }

    /// How a new invoice is collected.
    enum Collecting {
        /// A saved method is charged now, or the customer pays by the due date.
        case usual
        /// There is no method to charge: the customer is waited for, until the moment at which the schedule would end.
        case awaitingCard(until: Timestamp?)
        /// Left behind by a long stop: never charged automatically.
        case leftBehind
    }

    /// Gives a draft its number and opens it: credit is used, and one with nothing left to pay is paid at once. A
    /// negative total becomes credit.
    ///
    /// The caller moves the subscription itself, by the answer's status.
    @discardableResult
    func open(
        _ draft: Invoice, _ collecting: Collecting = .usual, application: Application, by act: Act,
        in transaction: Transaction
    ) throws(Refusal) -> Invoice {
        let now = ledger.now(of: application.id, in: transaction)
        var invoice = draft
        if invoice.id == .none { invoice.id = InvoiceID(in: transaction, purpose: "invoice") }
        invoice.token = Blob(transaction.random(16, purpose: "invoice token"))
        invoice.createdAt = now
        invoice.issuedAt = now
        invoice.status = .open
        invoice.number = nextNumber(\.invoices, "INV", of: application.id, at: now, in: transaction)
        let currency = invoice.total.currency
        if invoice.creditApplied.isPositive {
            try credit.move(
                Money(-invoice.creditApplied.units, currency), of: invoice.customer, for: .applied,
                objectID: invoice.id.description, mode: application.mode, by: act, in: transaction)
        }
        if invoice.total.units < 0 {
            try credit.move(
                Money(-invoice.total.units, currency), of: invoice.customer, for: .proration,
                objectID: invoice.id.description, mode: application.mode, by: act, in: transaction)
        }
        if invoice.amountDue.isZero {
            invoice.status = .paid
            invoice.paidAt = now
        } else if invoice.collection == .sendInvoice {
            invoice.dueDate = invoice.dueDate ?? now.adding(seconds: application.billing.daysUntilDue * 86_400)
        } else {
            switch collecting {
            case .usual: invoice.nextPaymentAttempt = now
            case .awaitingCard(let end):
                invoice.halt = .awaitingCard
                invoice.firstFailedAt = now
                invoice.givesUpAt = end
            case .leftBehind: invoice.halt = .ended
            }
        }
        return ledger.save(invoice, before: nil, action: "invoice.open", by: act, in: transaction)
    }

    /// The next number of a gapless count, such as `INV-2025-000001`; it is used in this transaction or never given.
    func nextNumber(
        _ count: WritableKeyPath<Counters, Int64>, _ prefix: String, of application: ApplicationID, at now: Timestamp,
        in transaction: Transaction
    ) -> String {
        var counters =
            transaction.get(Counters.self, Key(application))
            ?? {
                var fresh = Counters()
                fresh.application = application
                return fresh
            }()
        counters[keyPath: count] += 1
        transaction.put(counters)
        let digits = String(counters[keyPath: count])
        let padding = String(repeating: "0", count: max(0, 6 - digits.utf8.count))
        return "\(prefix)-\(now.description.prefix(4))-\(padding)\(digits)"
    }

    // MARK: Reading

    /// The invoice of an application, or `not_found`, also for another application's.
    package func find(
        _ id: InvoiceID, application: ApplicationID, in snapshot: Snapshot
    ) throws(Refusal) -> Invoice {
        guard let invoice = snapshot.get(Invoice.self, Key(id)), invoice.application == application else {
            throw .notFound("invoice")
        }
        return invoice
    }

    /// Fills what an invoice shows beside its own fields.
    package func dressed(_ invoice: Invoice, in snapshot: Snapshot) -> Invoice {
        var dressed = invoice
        dressed.hostedURL = invoice.token.bytes.isEmpty ? "" : ledger.links.invoice(invoice)
        if let customer = snapshot.get(Customer.self, Key(invoice.customer)) {
            dressed.customerSummary = CustomerSummary(customer)
        } else {
            dressed.customerSummary.id = invoice.customer
        }
        return dressed
    }

    /// The invoices of one period of a subscription: the one that bills it, those that were made within it, and one
    /// that took along what waited at its end.
    static func serving(_ period: Timestamp?, of subscription: SubscriptionID, _ snapshot: Snapshot) -> [Invoice] {
        guard let period else { return [] }
        var invoices: [Invoice] = []
        snapshot.scan(Invoice.byServedPeriod, prefix: Key(subscription, period), limit: 200) { invoice, _ in
            invoices.append(invoice)
            return true
        }
        return invoices
    }

    /// The customer's open invoices, oldest first; of one subscription where it is named.
    package static func openInvoices(
        of customer: CustomerID, subscription: SubscriptionID? = nil, in snapshot: Snapshot
    ) -> [Invoice] {
        var invoices: [Invoice] = []
        snapshot.scan(Invoice.openByCustomer, prefix: Key(customer), limit: 200) { invoice, _ in
            if subscription == nil || invoice.subscription == subscription { invoices.append(invoice) }
            return true
        }
        return invoices
    }

    /// Whether a payment of the invoice may be taking money now: then nothing that changes the debt is accepted.
    package static func hasPaymentInFlight(_ invoice: Invoice, in snapshot: Snapshot) -> Bool {
        Payments.isCollectionInFlight(invoice.id, in: snapshot)
    }

    /// Whether money for this payment counts: its invoice is still open, or given up. Money for a closed one is
    /// recorded and refunded.
    package static func acceptsMoney(for payment: Payment, in snapshot: Snapshot) -> Bool {
        guard let id = payment.invoice else { return true }
        guard let invoice = snapshot.get(Invoice.self, Key(id)) else { return false }
        return invoice.isPayable
    }

    func refuseInFlight(_ invoice: Invoice, in snapshot: Snapshot) throws(Refusal) {
        guard !Self.hasPaymentInFlight(invoice, in: snapshot) else {
            throw Refusal(
                .paymentInFlight, "A payment of this invoice is being confirmed; try again when it has ended.")
        }
    }

    func refusal(_ invoice: Invoice, _ act: String, allowed: String) -> Refusal {
        Refusal(
            .invalidState,
            "An invoice that is \(invoice.status.rawValue) does not allow to \(act); it must be \(allowed).")
    }
}
