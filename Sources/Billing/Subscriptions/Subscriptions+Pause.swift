import Fields
import Runtime
package import Storage

extension Subscriptions {
    /// Pauses: no invoices are made, and the period stops.
    ///
    /// - Throws: `invalid_state` unless active or trialing, or while it is about to end; `invoice_open` while a change
    ///   waits for its payment.
    package func pause(
        _ id: SubscriptionID, _ input: PauseInput, application: Application, by act: Act,
        in transaction: Transaction
    ) throws(Refusal) -> Subscription {
        let before = try current(id, application: application, in: transaction)
        guard before.status == .active || before.status == .trialing else {
            throw refusal(before, "pause", allowed: "active or trialing")
        }
        guard !before.cancelsAtPeriodEnd else {
            throw Refusal(
                .invalidState, "This subscription is \(before.status.rawValue) and ends soon; reactivate it first.")
        }
        try refuseUnpaidChange(before)
        let now = ledger.now(of: application.id, in: transaction)
        if let resume = input.resumeAt, resume <= now || resume > now.adding(seconds: Self.pauseReach) {
            throw .invalid("resume_at", "out_of_range", "This must lie within the next 10 years.")
        }
        let saved = pause(
            before, at: now, until: input.resumeAt?.wholeSecond, application, by: act.because(input.reason),
            in: transaction)
        return dressed(saved, in: transaction)
    }

    private static let pauseReach: Int64 = 3653 * 86_400

    @discardableResult
    func pause(
        _ before: Subscription, at time: Timestamp, until resume: Timestamp?, _ application: Application, by act: Act,
        in transaction: Transaction
    ) -> Subscription {
        var after = before
        after.statusBeforePause = before.status
        after.status = .paused
        after.pausedAt = time.wholeSecond
        after.resumeAt = resume
        after.retryAt = nil
        // The period has no end until it goes on.
        after.cancelsAtPeriodEnd = false
        after.cancelAt = nil
        after.cancelledAt = nil
        return save(after, before: before, "pause", application: application, by: act, in: transaction)
    }

    /// Goes on: the period resumes where it stopped.
    ///
    /// - Throws: `invalid_state` unless paused.
    package func resume(
        _ id: SubscriptionID, application: Application, by act: Act, in transaction: Transaction
    ) throws(Refusal) -> Subscription {
        let before = try current(id, application: application, in: transaction)
        guard before.status == .paused else { throw refusal(before, "resume", allowed: "paused") }
        let now = ledger.now(of: application.id, in: transaction)
        try resume(before, at: now, application, by: act, in: transaction)
        // A trial that stopped at its end ends now.
        return dressed(try current(id, application: application, in: transaction), in: transaction)
    }

    func resume(
        _ before: Subscription, at time: Timestamp, _ application: Application, by act: Act,
        in transaction: Transaction
    ) throws(Refusal) {
        var after = before
        let stopped = before.pausedAt ?? time
        let shift = max(0, time.wholeSecond.milliseconds - stopped.milliseconds)
        after.pausedAt = nil
        after.resumeAt = nil
        after.statusBeforePause = nil
        after.retryAt = nil
        if before.statusBeforePause == .trialing {
            after.status = .trialing
            after.trialEnd = before.trialEnd?.adding(milliseconds: shift)
            after.periodEnd = before.periodEnd?.adding(milliseconds: shift)
        } else {
            after.shift(by: shift)
            let isUnpaid = Invoices.openInvoices(of: before.customer, subscription: before.id, in: transaction)
                .contains { $0.billsPeriod && ($0.paymentStatus == .failed || $0.isOverdue || $0.halt != .none) }
            after.status = isUnpaid ? .pastDue : .active
        }
        save(after, before: before, "resume", application: application, by: act, in: transaction)
    }
}

extension Subscription {
    /// Moves the end of the period, and all that follow, by `milliseconds`.
    mutating func shift(by milliseconds: Int64) {
        guard milliseconds > 0, let oldEnd = periodEnd, let oldBilled = billingEnd else { return }
        let wasAhead = isBilledAhead
        let end = oldEnd.adding(milliseconds: milliseconds)
        periodEnd = end
        // The anchor moves along where that leads to the same end; months differ in length, and then it begins anew.
        let moved = anchor.adding(milliseconds: milliseconds)
        let cycle = plan.billingCycle
        let leadsThere = cycle.index(at: end, from: moved).flatMap { cycle.boundary($0, from: moved) } == end
        anchor = leadsThere ? moved : end
        let billed = wasAhead ? term(at: end)?.end ?? end : end
        billedUntil = billed
        movedMilliseconds += billed.milliseconds - oldBilled.milliseconds
    }
}
