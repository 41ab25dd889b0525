import Fields
import Runtime
package import Storage

/// The schedule of automatic tries.
extension Invoices {
    /// Records that the automatic try failed: the next one is due on the schedule, which counts from the first failure.
    /// After the last, the subscription takes the application's course.
    package func tryFailed(
        _ before: Invoice, _ failure: Failure?, by act: Act, in transaction: Transaction
    ) {
        let now = ledger.now(of: before.application, in: transaction)
        let settings = settings(of: before.application, transaction)
        let subscription = before.subscription.flatMap { transaction.get(Subscription.self, Key($0)) }
        var after = before
        after.scheduledPayment = nil
        after.attemptCount += 1
        after.paymentStatus = .failed
        let first = before.firstFailedAt ?? now
        after.firstFailedAt = first
        var isOver = false
        if after.status != .open || subscription?.status == .cancelled {
            after.halt = .ended
        } else if subscription?.status == .incomplete {
            // Its 23 hours run; a new card, or the buyer on the page, is all that is left.
            after.halt = .awaitingCard
        } else if failure?.isHard == true {
            after.halt = .awaitingCard
            after.givesUpAt = lastTry(settings, first)
            isOver = after.givesUpAt.map { $0 <= now } ?? true
        } else {
            after.nextPaymentAttempt = settings.retryDays.lazy.map { first.adding(seconds: $0 * 86_400) }.first {
                $0 > now
            }
            isOver = after.nextPaymentAttempt == nil
            if isOver { after.halt = .awaitingCard }
        }
        if isOver { after.givesUpAt = nil }
        let saved = ledger.save(
            after, before: before, action: "invoice.fail", by: act.because(failure?.message), in: transaction)
        subscriptions.collectionFailed(saved, isOver: isOver, by: act, in: transaction)
    }

    /// Records that the automatic try could not be made, for want of a card.
    package func methodMissing(_ before: Invoice, by act: Act, in transaction: Transaction) {
        guard before.status == .open, before.halt == .none else { return }
        let now = ledger.now(of: before.application, in: transaction)
        let first = before.firstFailedAt ?? now
        var after = before
        if before.subscription.flatMap({ transaction.get(Subscription.self, Key($0)) })?.status == .cancelled {
            after.halt = .ended
            after.nextPaymentAttempt = nil
            ledger.save(after, before: before, action: "invoice.end_collection", by: act, in: transaction)
            return
        }
        after.halt = .awaitingCard
        after.firstFailedAt = first
        after.nextPaymentAttempt = nil
        after.givesUpAt = lastTry(settings(of: before.application, transaction), first)
        let isOver = after.givesUpAt.map { $0 <= now } ?? true
        if isOver { after.givesUpAt = nil }
        let saved = ledger.save(after, before: before, action: "invoice.await_card", by: act, in: transaction)
        subscriptions.collectionFailed(saved, isOver: isOver, by: act, in: transaction)
    }

    /// When the schedule ends that began at `first`; nil where the first failure is the last.
    func lastTry(_ settings: BillingSettings, _ first: Timestamp) -> Timestamp? {
        settings.retryDays.last.map { first.adding(seconds: $0 * 86_400) }
    }

    func settings(of application: ApplicationID, _ snapshot: Snapshot) -> BillingSettings {
        snapshot.get(Application.self, Key(application))?.billing ?? BillingSettings()
    }

    /// A new card: the customer's open invoices, or those of one subscription, are tried at once, the oldest 20 of them.
    /// The schedule of a try that fails again goes on from the first failure.
    package func cardChanged(
        of customer: CustomerID, subscription: SubscriptionID? = nil, by act: Act, in transaction: Transaction
    ) {
        var count = 0
        for invoice in Self.openInvoices(of: customer, subscription: subscription, in: transaction)
        where count < Self.batchLimit {
            guard invoice.collection == .automatic, invoice.halt != .ended, invoice.paymentStatus != .processing,
                subscriptions.method(for: invoice, in: transaction) != nil
            else { continue }
            count += 1
            var after = invoice
            after.halt = .none
            after.givesUpAt = nil
            after.nextPaymentAttempt = ledger.now(of: invoice.application, in: transaction)
            ledger.save(after, before: invoice, action: "invoice.new_card", by: act, in: transaction)
        }
    }

    /// Invoices that one act changes; each is written with its event.
    private static let batchLimit = 20

    /// Ends automatic tries of a subscription's open invoices; their debt stays. Of more than 20 the rest end when
    /// their next try is due, for which there is no method any more.
    func endCollection(of subscription: Subscription, by act: Act, in transaction: Transaction) {
        let open = Self.openInvoices(of: subscription.customer, subscription: subscription.id, in: transaction)
        for invoice in open.lazy.filter({ $0.halt != .ended }).prefix(Self.batchLimit) {
            var after = invoice
            after.halt = .ended
            after.nextPaymentAttempt = nil
            after.givesUpAt = nil
            ledger.save(after, before: invoice, action: "invoice.end_collection", by: act, in: transaction)
        }
    }

    /// Does what is due of an open invoice: it becomes overdue, once, and the wait for a card ends.
    func advance(_ before: Invoice, by act: Act, in transaction: Transaction) {
        let now = ledger.now(of: before.application, in: transaction)
        guard let due = before.overdueDueAt, due <= now else { return }
        var after = before
        let becomesOverdue = !before.isOverdue && before.dueDate.map { $0 <= now } == true
        if becomesOverdue { after.isOverdue = true }
        var isOver = false
        if let end = before.givesUpAt, end <= now {
            if Self.hasPaymentInFlight(before, in: transaction) {
                after.givesUpAt = now.adding(seconds: 3600)
            } else {
                after.givesUpAt = nil
                isOver = true
            }
        }
        let saved = ledger.save(
            after, before: before, action: becomesOverdue ? "invoice.overdue" : "invoice.dunning", by: act,
            in: transaction)
        if isOver || becomesOverdue {
            subscriptions.collectionFailed(saved, isOver: isOver, by: act, in: transaction)
        }
    }
}
