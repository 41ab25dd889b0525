import Fields
import Runtime
import Storage

/// A change of plan or quantity, computed: the preview and the change itself are this one value.
struct PlanChange: Sendable, Equatable {
    var plan: PlanTerms
    var quantity: Int64
    var effective: ChangeTime
    /// The moment that credit and charge are both computed for.
    var instant: Timestamp
    var proration = Proration.none
    /// What the change bills, now or with the next invoice.
    var lines: [InvoiceLine] = []
    /// What is billed now, nil where nothing is.
    var draft: Invoice?
    /// The period that begins now, where another cycle restarts it.
    var term: BillingTerm?
    /// Whether it was billed before, and waited for its payment.
    var isPaid = false
    /// The fee of the new plan, before anything was billed.
    var setupFee: Money?

    /// The subscription after the change.
    func applied(to before: Subscription) -> Subscription {
        var after = before
        if let term {
            after.movedMilliseconds += term.start.milliseconds - (before.billingEnd ?? term.start).milliseconds
            after.pendingItems = []
            after.begin(term)
            after.billedUntil = term.end
            after.pendingChange = nil
            if after.cancelsAtPeriodEnd { after.cancelAt = term.end }
            return after
        }
        after.creditableRate = nil
        switch before.status {
        case .active, .pastDue:
            if proration == .none, let worth = try? before.creditable() { after.creditableRate = worth }
        case .scheduled, .incomplete, .trialing, .paused, .cancelled: after.setupFee = setupFee
        }
        after.plan = plan
        after.quantity = quantity
        if proration == .nextInvoice { after.pendingItems += lines }
        if draft != nil || isPaid { after.pendingItems = [] }
        after.pendingChange = nil
        if before.status == .trialing, let start = before.periodStart, let trialEnd = before.trialEnd {
            after.periodEnd = max(plan.billingCycle.boundary(1, from: start) ?? trialEnd, trialEnd)
        }
        return after
    }

    /// Computes the change of an active subscription within its period.
    ///
    /// - Parameters:
    ///   - worth: Minor units that were paid for the current period and not given back.
    ///   - wish: The proration asked for; nil for the default.
    static func compute(
        _ before: Subscription, to plan: PlanTerms, _ quantity: Int64, at instant: Timestamp, _ wish: Proration?,
        worth: Int64, balance: Money, mode: Mode
    ) throws(Refusal) -> PlanChange {
        var change = PlanChange(plan: plan, quantity: quantity, effective: .now, instant: instant)
        guard let end = before.periodEnd, before.periodSeconds > 0 else { return change }
        let restarts = plan.billingCycle != before.plan.billingCycle
        let old = try before.creditable()
        let seconds = before.periodSeconds
        var credit = try Bill.proration(
            before.plan, before.quantity, rate: old, from: instant, to: end, of: seconds, sign: -1)
        credit.amount = Money(max(credit.amount.units, -worth), credit.amount.currency)
        let rate = try Bill.rate(plan, quantity)
        guard restarts else {
            let charge = try Bill.proration(
                plan, quantity, rate: rate, from: instant, to: end, of: seconds, sign: 1)
            let lines = [credit, charge].filter { !$0.amount.isZero }
            let costs = try Bill.sum(lines, in: rate.currency).isPositive
            change.proration = wish ?? (costs ? .invoiceNow : .nextInvoice)
            guard change.proration != .none else { return change }
            change.lines = lines
            guard change.proration == .invoiceNow, !lines.isEmpty else { return change }
            // What waits for the next invoice comes along: a credit for time whose charge still waits would earn.
            var draft = try Bill.invoice(
                lines + before.pendingItems, of: before, reason: .subscriptionUpdate, mode: mode, balance: balance)
            draft.periodValue = try Bill.sum(lines + before.pendingItems.filter(\.isProration), in: rate.currency)
            change.draft = draft
            return change
        }
        guard wish != .nextInvoice else {
            throw .invalid(
                "proration", "conflict",
                "Another cycle restarts the period, which is billed now; give invoice_now or none.")
        }
        change.proration = wish ?? .invoiceNow
        guard let term = BillingTerm(plan, quantity: quantity, anchor: instant, start: instant) else {
            throw .invalid("plan_id", "out_of_range", "Its periods lie outside the calendar.")
        }
        change.term = term
        let charge = try Bill.line(of: term)
        if change.proration == .invoiceNow, !credit.amount.isZero { change.lines.append(credit) }
        change.lines.append(charge)
        var draft = try Bill.invoice(
            change.lines + before.pendingItems, of: before, reason: .subscriptionUpdate, mode: mode, balance: balance)
        draft.periodStart = term.start
        draft.periodEnd = term.end
        draft.servedPeriod = term.start
        // What is given back of the old period counts there. In its first second, both are one.
        let timed = change.lines + before.pendingItems.filter(\.isProration)
        let sum = try Bill.sum(timed, in: rate.currency)
        if term.start == before.periodStart {
            draft.periodValue = sum
        } else {
            draft.periodValue = charge.amount
            draft.carriedPeriod = before.periodStart
            draft.carriedValue = Money(sum.units - charge.amount.units, rate.currency)
        }
        draft.movedMilliseconds = change.applied(to: before).movedMilliseconds
        change.draft = draft
        return change
    }
}

extension Subscription {
    /// What a whole period is worth where its rest is given back: its price, or less where the price rose unbilled.
    func creditable() throws(Refusal) -> Money {
        let rate = try Bill.rate(plan, quantity)
        guard let creditableRate, creditableRate.isLess(than: rate) else { return rate }
        return creditableRate
    }
}

extension Subscriptions {
    /// Minor units that were paid for the current period, earlier credits deducted: credits never exceed it.
    func worth(of subscription: Subscription, in snapshot: Snapshot) -> Int64 {
        worth(of: subscription.periodStart, subscription, in: snapshot)
    }

    /// The same of any period. Lines that wait for the next invoice count, as they are billed together.
    func worth(of period: Timestamp?, _ subscription: Subscription, in snapshot: Snapshot) -> Int64 {
        var units: Int64 = 0
        for invoice in Invoices.serving(period, of: subscription.id, snapshot) {
            if invoice.servedPeriod == period { units += Self.paidWorth(invoice) }
            if invoice.carriedPeriod == period, invoice.status != .void {
                let carried = invoice.carriedValue.units
                if carried < 0 || invoice.status == .paid { units += carried }
            }
        }
        if period == subscription.periodStart {
            for line in subscription.pendingItems where line.isProration { units += line.amount.units }
        }
        return max(0, units)
    }

    /// What one invoice adds to that.
    static func paidWorth(_ invoice: Invoice) -> Int64 {
        switch invoice.status {
        case .draft, .void: return 0
        case .paid, .open, .uncollectible: break
        }
        let value = invoice.periodValue.units
        guard value > 0 else { return value }
        let unpaid = invoice.status == .paid ? 0 : invoice.amountDue.units
        return max(0, value - unpaid - invoice.periodReturned.units)
    }
}
