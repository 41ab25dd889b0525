import Runtime
import Storage

/// The running totals, kept in the transactions that change what they count.
extension Ledger {
    /// Sets what `after` adds to the recurring revenue, and moves the totals by the difference to what was stored.
    func count(_ after: inout Subscription, before: Subscription?, in transaction: Transaction) {
        let currency = after.plan.price.currency
        after.recurring = Money(after.recurringUnits, currency)
        let (old, new) = (before?.recurring.units ?? 0, after.recurring.units)
        let isReturn = after.hasCounted
        if new > 0 { after.hasCounted = true }
        let startsTrial = after.status == .trialing && !after.hasTrialCounted
        if startsTrial { after.hasTrialCounted = true }
        guard old != new || before?.status != after.status else { return }
        var total = recurringTotal(after.application, currency, in: transaction)
        var day = recurringDay(total, in: transaction, of: after.application)
        if let before { total.add(-1, before.status) }
        total.add(1, after.status)
        total.recurring &+= new &- old
        if old != new { day.move(from: old, to: new, isReturn: isReturn) }
        day.closingCount = total.paying
        day.closingTrialing = total.trialing
        if startsTrial { day.trialsStarted += 1 }
        if before?.status == .trialing {
            switch after.status {
            case .active: day.trialsConverted += 1
            case .pastDue, .cancelled: day.trialsLost += 1
            case .scheduled, .incomplete, .trialing, .paused: break
            }
        }
        if after.status == .cancelled, before?.status == .active || before?.status == .pastDue {
            day.cancellations += 1
        }
        transaction.put(total)
        transaction.put(day)
    }

    /// Moves the totals of invoices by a change of one.
    func count(_ after: Invoice, before: Invoice?, in transaction: Transaction) {
        let currency = after.total.currency
        let issued = (after.issuedAt ?? after.createdAt).midnight
        for day in [InvoiceDay.allDays, issued] {
            var row =
                transaction.get(InvoiceDay.self, Key(after.application, currency.description, day))
                ?? {
                    var fresh = InvoiceDay()
                    fresh.application = after.application
                    fresh.currency = currency
                    fresh.day = day
                    return fresh
                }()
            if let before { row.add(-1, before) }
            row.add(1, after)
            transaction.put(row)
        }
        if let before, before.status == .open { owe(-1, before, in: transaction) }
        if after.status == .open { owe(1, after, in: transaction) }
        let received = after.amountPaid.units &- (before?.amountPaid.units ?? 0)
        if received != 0 { countMoney(received: received, refunded: 0, after.application, currency, in: transaction) }
    }

    /// Notes what a credit note sends back.
    func count(_ note: CreditNote, in transaction: Transaction) {
        guard note.amountRefunded.isPositive else { return }
        countMoney(
            received: 0, refunded: note.amountRefunded.units, note.application, note.amount.currency, in: transaction)
    }

    private func countMoney(
        received: Int64, refunded: Int64, _ application: ApplicationID, _ currency: Currency,
        in transaction: Transaction
    ) {
        let total = recurringTotal(application, currency, in: transaction)
        var day = recurringDay(total, in: transaction, of: application)
        day.revenue &+= received
        day.refunded &+= refunded
        transaction.put(day)
    }

    private func owe(_ sign: Int64, _ invoice: Invoice, in transaction: Transaction) {
        let currency = invoice.total.currency
        let day = invoice.agesFrom
        var row =
            transaction.get(InvoiceDueDay.self, Key(invoice.application, currency.description, day))
            ?? {
                var fresh = InvoiceDueDay()
                fresh.application = invoice.application
                fresh.currency = currency
                fresh.day = day
                return fresh
            }()
        row.count += sign
        row.due &+= sign &* invoice.amountDue.units
        if row.count == 0 { transaction.delete(row) } else { transaction.put(row) }
    }

    private func recurringTotal(
        _ application: ApplicationID, _ currency: Currency, in transaction: Transaction
    ) -> RecurringTotal {
        if let total = transaction.get(RecurringTotal.self, Key(application, currency.description)) { return total }
        var fresh = RecurringTotal()
        fresh.application = application
        fresh.currency = currency
        return fresh
    }

    /// Today's row; a new one begins with what the totals say.
    private func recurringDay(
        _ total: RecurringTotal, in transaction: Transaction, of application: ApplicationID
    ) -> RecurringDay {
        let day = now(of: application, in: transaction).midnight
        if let row = transaction.get(RecurringDay.self, Key(application, total.currency.description, day)) {
            return row
        }
        var fresh = RecurringDay()
        fresh.application = application
        fresh.currency = total.currency
        fresh.day = day
        fresh.opening = total.recurring
        fresh.closing = total.recurring
        fresh.openingCount = total.paying
        fresh.closingCount = total.paying
        fresh.closingTrialing = total.trialing
        return fresh
    }
}

extension Subscription {
    /// Minor units that it adds to the monthly recurring revenue: price × quantity as a month's share, rounded once,
    /// here. Trials, pauses and what has not begun add nothing.
    var recurringUnits: Int64 {
        guard status == .active || status == .pastDue else { return 0 }
        let share = plan.billingCycle.monthlyShare
        guard let rate = try? plan.price.multiplied(by: quantity),
            let month = try? rate.scaled(by: share.numerator, over: share.denominator)
        else { return 0 }
        return month.units
    }
}

extension Invoice {
    /// The midnight from which it ages: of its due date, or of its issue where it is charged.
    var agesFrom: Timestamp { (dueDate ?? issuedAt ?? createdAt).midnight }
}
