import Runtime
import Storage

/// Billed periods, states, and the running totals.
extension Invariants {
    mutating func checkSubscriptions(_ snapshot: Snapshot) {
        snapshot.scan(Subscription.self) { subscription, _ in
            subscriptionCount += 1
            var invoices: [Invoice] = []
            snapshot.scan(Invoice.bySubscription, prefix: Key(subscription.id)) { invoice, _ in
                invoices.append(invoice)
                return true
            }
            for finding in Self.findings(in: subscription, invoices) {
                add("subscription \(subscription.id): \(finding)")
            }
            return true
        }
    }

    /// What is wrong with one subscription, given all of its invoices.
    static func findings(in subscription: Subscription, _ invoices: [Invoice]) -> [String] {
        var findings: [String] = []
        // A change that was not paid never took effect, and a period taken back is billed anew.
        let billed = invoices.filter { invoice in
            guard invoice.periodStart != nil, !invoice.isTakenBack else { return false }
            return invoice.billingReason != .subscriptionUpdate || invoice.status == .paid
        }.sorted {
            ($0.number ?? "").count == ($1.number ?? "").count
                ? ($0.number ?? "") < ($1.number ?? "") : ($0.number ?? "").count < ($1.number ?? "").count
        }
        for invoice in billed {
            guard let start = invoice.periodStart, let end = invoice.periodEnd, start < end else {
                findings.append("invoice \(invoice.id) bills no time")
                continue
            }
        }
        for (before, after) in zip(billed, billed.dropFirst()) {
            guard let end = before.periodEnd, let start = after.periodStart else { continue }
            if end.adding(milliseconds: after.movedMilliseconds - before.movedMilliseconds) != start {
                findings.append("invoice \(after.id) bills from \(start), the one before until \(end)")
            }
        }
        if let last = billed.last, let end = last.periodEnd {
            let moved = subscription.movedMilliseconds - last.movedMilliseconds
            if subscription.billedUntil != end.adding(milliseconds: moved) {
                findings.append("it counts as billed until another time than its invoices say")
            }
        } else if subscription.billedUntil != nil {
            findings.append("it counts as billed and has no invoice")
        }
        switch subscription.status {
        case .active, .pastDue:
            guard let start = subscription.periodStart, let end = subscription.periodEnd, start < end,
                let billed = subscription.billedUntil, billed >= end
            else {
                findings.append("its period is not billed")
                break
            }
        case .trialing: if subscription.trialEnd == nil { findings.append("its trial has no end") }
        case .paused: if subscription.pausedAt == nil { findings.append("it is paused since never") }
        case .cancelled: if subscription.endedAt == nil { findings.append("it is cancelled and has not ended") }
        case .incomplete: if subscription.incompleteAt == nil { findings.append("it is incomplete since never") }
        case .scheduled: if subscription.startAt == nil { findings.append("it is scheduled for never") }
        }
        if let change = subscription.pendingChange, change.effective == .now {
            let invoice = invoices.first { $0.id == change.invoice }
            if invoice?.status != .open { findings.append("its change waits for an invoice that is not open") }
        }
        return findings
    }

    // MARK: Running totals

    /// What a running total is of.
    private struct Place: Hashable {
        let application: ApplicationID
        let currency: Currency
        var day: Timestamp?
    }

    mutating func checkTotals(_ snapshot: Snapshot) {
        var totals: [Place: RecurringTotal] = [:]
        snapshot.scan(Subscription.self) { subscription, _ in
            let currency = subscription.plan.price.currency
            let place = Place(application: subscription.application, currency: currency)
            var total = totals[place] ?? RecurringTotal()
            total.application = subscription.application
            total.currency = currency
            total.add(1, subscription.status)
            total.recurring &+= subscription.recurringUnits
            totals[place] = total
            if subscription.recurring.units != subscription.recurringUnits {
                add("subscription \(subscription.id): its recurring revenue is another than is counted")
            }
            return true
        }
        var found = 0
        snapshot.scan(RecurringTotal.self) { total, _ in
            found += 1
            if totals[Place(application: total.application, currency: total.currency)] != total {
                add("application \(total.application): the totals of \(total.currency) are not those of its list")
            }
            checkDays(total, snapshot)
            return true
        }
        if found != totals.count { add("analytics: totals of a currency are missing or have no subscriptions") }
        checkInvoiceTotals(snapshot)
    }

    private mutating func checkDays(_ total: RecurringTotal, _ snapshot: Snapshot) {
        var opening: Int64 = 0
        var openingCount: Int64 = 0
        snapshot.scan(RecurringDay.self, prefix: Key(total.application, total.currency.description)) { day, _ in
            let moved = day.new &+ day.reactivation &+ day.expansion &- day.contraction &- day.churn
            if day.opening != opening || day.openingCount != openingCount || day.opening &+ moved != day.closing {
                add("application \(total.application): \(day.day) does not lead from its start to its end")
            }
            opening = day.closing
            openingCount = day.closingCount
            return true
        }
        if opening != total.recurring || openingCount != total.paying {
            add("application \(total.application): the newest day does not end with the totals")
        }
    }

    private mutating func checkInvoiceTotals(_ snapshot: Snapshot) {
        var days: [Place: InvoiceDay] = [:]
        var dues: [Place: InvoiceDueDay] = [:]
        snapshot.scan(Invoice.self) { invoice, _ in
            let currency = invoice.total.currency
            for day in [InvoiceDay.allDays, (invoice.issuedAt ?? invoice.createdAt).midnight] {
                let place = Place(application: invoice.application, currency: currency, day: day)
                var row = days[place] ?? InvoiceDay()
                row.application = invoice.application
                row.currency = currency
                row.day = day
                row.add(1, invoice)
                days[place] = row
            }
            guard invoice.status == .open else { return true }
            let place = Place(application: invoice.application, currency: currency, day: invoice.agesFrom)
            var row = dues[place] ?? InvoiceDueDay()
            row.application = invoice.application
            row.currency = currency
            row.day = invoice.agesFrom
            row.count += 1
            row.due &+= invoice.amountDue.units
            dues[place] = row
            return true
        }
        var found = (days: 0, dues: 0)
        snapshot.scan(InvoiceDay.self) { row, _ in
            found.days += 1
            if days[Place(application: row.application, currency: row.currency, day: row.day)] != row {
                add("application \(row.application): the sums of \(row.currency) invoices of \(row.day) are wrong")
            }
            return true
        }
        snapshot.scan(InvoiceDueDay.self) { row, _ in
            found.dues += 1
            if dues[Place(application: row.application, currency: row.currency, day: row.day)] != row {
                add("application \(row.application): what is owed in \(row.currency) since \(row.day) is wrong")
            }
            return true
        }
        if found.days != days.count || found.dues != dues.count {
            add("analytics: sums of invoices are missing or too many")
        }
    }
}
