import Runtime

/// One period to be billed: what, how many, from when to when.
struct BillingTerm: Sendable, Equatable {
    var plan: PlanTerms
    var quantity: Int64
    /// Where this period and the ones after it are counted from.
    var anchor: Timestamp
    var start: Timestamp
    var end: Timestamp
    /// Seconds of the whole period that the price is for; more than from start to end where billing begins within it.
    var wholeSeconds: Int64

    /// The period of `plan` that begins at `start`, or goes on from there when the anchor's boundaries lie elsewhere.
    ///
    /// - Returns: nil outside the calendar.
    init?(_ plan: PlanTerms, quantity: Int64, anchor: Timestamp, start: Timestamp) {
        let cycle = plan.billingCycle
        guard let index = cycle.index(at: start, from: anchor),
            let whole = cycle.boundary(index, from: anchor), let end = cycle.boundary(index + 1, from: anchor)
        else { return nil }
        self.plan = plan
        self.quantity = quantity
        self.anchor = anchor
        self.start = start
        self.end = end
        wholeSeconds = whole.seconds(to: end)
    }

    var isWhole: Bool { start.seconds(to: end) == wholeSeconds }
}

extension Subscription {
    /// The period that follows the time billed so far; nil outside the calendar.
    var nextTerm: BillingTerm? { billingEnd.flatMap { term(at: $0) } }

    /// The period that begins at `start`, the end of the current one or of one that was billed ahead, with the change
    /// that waits for the end of the period; nil outside the calendar.
    func term(at start: Timestamp) -> BillingTerm? {
        guard let periodEnd else { return nil }
        guard let change = pendingChange, change.effective == .periodEnd else {
            return BillingTerm(plan, quantity: quantity, anchor: anchor, start: start)
        }
        let restarts = change.plan.billingCycle != plan.billingCycle
        return BillingTerm(
            change.plan, quantity: change.quantity, anchor: restarts ? periodEnd : anchor, start: start)
    }

    /// Makes `term` the current period and its terms the subscription's.
    mutating func begin(_ term: BillingTerm) {
        plan = term.plan
        quantity = term.quantity
        anchor = term.anchor
        periodStart = term.start
        periodEnd = term.end
        periodSeconds = term.wholeSeconds
        creditableRate = nil
    }
}

extension Timestamp {
    /// Whole seconds from here to `other`; both lie within the calendar.
    func seconds(to other: Timestamp) -> Int64 { (other.milliseconds - milliseconds) / 1000 }

    /// This moment without its fraction of a second: everything that is billed begins and ends on one.
    var wholeSecond: Timestamp { Timestamp(seconds: seconds) }

    /// The midnight in UTC at or before this moment.
    var midnight: Timestamp {
        let day = seconds / 86_400 - (seconds % 86_400 < 0 ? 1 : 0)
        return Timestamp(seconds: day * 86_400)
    }
}
