import Billing
import Runtime
import Storage

/// What a payment's change means for its invoice.
struct InvoiceFollowing: Sendable {
    let ledger: Ledger

    init(_ ledger: Ledger) {
        self.ledger = ledger
    }

    /// Days after the first failure at which it is tried again.
    private static let days: [Int64] = [1, 3, 5, 7]

    func follow(_ payment: Payment, before: Payment?, by act: Act, in transaction: Transaction) {
        guard let id = payment.invoice, let old = transaction.get(Invoice.self, Key(id)) else { return }
        var invoice = old
        if !invoice.payments.contains(payment.hash) { invoice.payments.append(payment.hash) }
        if payment.isAutomatic, payment.isOpen { invoice.nextPaymentAttempt = nil }
        if payment.status == .processing { invoice.paymentStatus = .processing }
        let captured = payment.amountCaptured.units - (before?.amountCaptured.units ?? 0)
        if captured > 0 {
            invoice.amountPaid = Money(invoice.amountPaid.units + captured, invoice.total.currency)
            if !invoice.amountDue.isPositive {
                invoice.status = .paid
                invoice.paymentStatus = .succeeded
                invoice.paidAt = transaction.now
                invoice.nextPaymentAttempt = nil
            }
        } else if payment.status == .failed, before?.status != .failed {
            invoice.paymentStatus = .failed
            invoice.attemptCount += 1
            let first = invoice.firstFailedAt ?? transaction.now
            invoice.firstFailedAt = first
            invoice.isCollectionStopped = payment.failure?.isHard ?? false
            let next = Int(invoice.attemptCount) - 1
            invoice.nextPaymentAttempt =
                invoice.isCollectionStopped || next >= Self.days.count
                ? nil : first.adding(seconds: Self.days[next] * 86_400)
        } else if payment.status == .pending, before?.status == .processing {
            invoice.paymentStatus = .none
        }
        if invoice != old { ledger.save(invoice, before: old, action: "invoice.follow", by: act, in: transaction) }
        if old.isPayable, !invoice.isPayable { Payments(ledger).release(id, by: act, in: transaction) }
    }
}
