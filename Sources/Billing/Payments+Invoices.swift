import Fields
import Runtime
package import Storage

/// Payments of invoices.
extension Payments {
    /// The payment of an invoice that is open, if any: pending or processing. There is at most one.
    package static func open(of invoice: InvoiceID, in snapshot: Snapshot) -> Payment? {
        snapshot.first(Payment.byInvoice, Key(invoice))
    }

    /// Whether a try of an invoice's payment is started, unknown or processing: then nothing may change the debt.
    package static func isCollectionInFlight(_ invoice: InvoiceID, in snapshot: Snapshot) -> Bool {
        open(of: invoice, in: snapshot)?.holdsDebt ?? false
    }

    /// - Throws: `payment_in_flight` while a try of the invoice's payment is started, unknown or processing.
    package static func checkDebtMayChange(_ invoice: InvoiceID, in snapshot: Snapshot) throws(Refusal) {
        guard !isCollectionInFlight(invoice, in: snapshot) else {
            throw Refusal(
                .paymentInFlight, "A payment of this invoice is being confirmed; try again once it is settled.")
        }
    }

    /// Ends the open payment of an invoice that needs none any more. One whose buyer is on a gateway's page becomes due
    /// at once, so that the session is expired there.
    package func release(_ invoice: InvoiceID, by act: Act, in transaction: Transaction) {
        guard let before = Self.open(of: invoice, in: transaction), before.status == .pending else { return }
        var payment = before
        if payment.currentAttempt == nil {
            payment.status = .cancelled
            payment.cancellationReason = .invoiceClosed
        } else {
            payment.expiresAt = min(payment.expiresAt, transaction.now)
        }
        payment.updatedAt = transaction.now
        ledger.save(payment, before: before, action: "payment.release", by: act, in: transaction)
    }

    /// - Throws: `invalid_state` when the payment's invoice was settled, or needs less than the payment is for.
    package static func checkOwed(_ payment: Payment, in snapshot: Snapshot) throws(Refusal) {
        guard let id = payment.invoice else { return }
        guard let invoice = snapshot.get(Invoice.self, Key(id)), invoice.isPayable else {
            throw Refusal(.invalidState, "The invoice of this payment needs no payment any more.")
        }
        guard invoice.amountDue == payment.amount else {
            throw Refusal(.invalidState, "The invoice's amount due changed; open the invoice again.")
        }
    }
}

extension Invoice {
    /// Whether money for it is welcome.
    package var isPayable: Bool { status == .open || status == .uncollectible }
}

extension Payments {
    /// A new payment of what an invoice still needs; not saved yet.
    package func payment(of invoice: Invoice, isAutomatic: Bool, in transaction: Transaction) -> Payment {
        var payment = Payment()
        payment.hash = PaymentHash(in: transaction, purpose: "payment")
        payment.application = invoice.application
        payment.mode = invoice.mode
        payment.amount = invoice.amountDue
        payment.description = Self.description(of: invoice)
        payment.customer = invoice.customer
        payment.invoice = invoice.id
        payment.isAutomatic = isAutomatic
        payment.createdAt = transaction.now
        payment.updatedAt = transaction.now
        payment.expiresAt = transaction.now.adding(seconds: Self.defaultLifetimeSeconds)
        payment.token = Blob(transaction.random(16, purpose: "checkout token"))
        return payment
    }

    /// What the buyer reads.
    private static func description(of invoice: Invoice) -> String {
        let subject = invoice.lines.first { $0.type == .subscription }?.description ?? invoice.description
        let number = invoice.number.map { "Invoice \($0)" } ?? "Invoice"
        return subject.map { "\($0) (\(number))" } ?? number
    }
}
