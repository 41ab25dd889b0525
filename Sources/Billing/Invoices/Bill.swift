import Runtime

/// Computes bills. The same functions make the upcoming invoice, the preview of a change, renewals, changes of plan and
/// generated invoices: so what was shown is what is billed.
enum Bill {
    /// What one whole period costs.
    static func rate(_ plan: PlanTerms, _ quantity: Int64) throws(Refusal) -> Money {
        guard let rate = try? plan.price.multiplied(by: quantity) else { throw outOfRange("quantity") }
        return rate
    }

    /// The line of a period: the whole price, or its share where billing begins within the period.
    static func line(of term: BillingTerm) throws(Refusal) -> InvoiceLine {
        var line = InvoiceLine()
        line.type = .subscription
        line.description = term.plan.name
        line.quantity = term.quantity
        line.unitPrice = term.plan.price
        line.amount = try share(
            of: try rate(term.plan, term.quantity), seconds: term.start.seconds(to: term.end), of: term.wholeSeconds)
        line.periodStart = term.start
        line.periodEnd = term.end
        line.isProration = !term.isWhole
        return line
    }

    /// A line that gives back, or charges, the rest of a period.
    ///
    /// - Parameter sign: −1 for a credit, 1 for a charge.
    static func proration(
        _ plan: PlanTerms, _ quantity: Int64, rate: Money, from instant: Timestamp, to end: Timestamp,
        of wholeSeconds: Int64, sign: Int64
    ) throws(Refusal) -> InvoiceLine {
        var line = InvoiceLine()
        line.type = .proration
        line.description = (sign < 0 ? "Unused time on " : "Remaining time on ") + plan.name
        line.quantity = quantity
        line.unitPrice = plan.price
        let amount = try share(of: rate, seconds: max(0, instant.seconds(to: end)), of: wholeSeconds)
        line.amount = Money(sign * amount.units, amount.currency)
        line.periodStart = instant
        line.periodEnd = end
        line.isProration = true
        return line
    }

    static func setupFee(_ fee: Money, of plan: PlanTerms) -> InvoiceLine {
        var line = InvoiceLine()
        line.type = .setupFee
        line.description = "Setup of \(plan.name)"
        line.unitPrice = fee
        line.amount = fee
        return line
    }

    /// The invoice of the period that follows, with the fee and the items that wait for it. Nothing is stored.
    static func period(
        _ term: BillingTerm, of subscription: Subscription, reason: BillingReason, mode: Mode, balance: Money
    ) throws(Refusal) -> Invoice {
        let main = try line(of: term)
        var lines = [main]
        if let fee = subscription.setupFee { lines.append(setupFee(fee, of: term.plan)) }
        lines += subscription.pendingItems
        var draft = try invoice(lines, of: subscription, reason: reason, mode: mode, balance: balance)
        draft.periodStart = term.start
        draft.periodEnd = term.end
        draft.servedPeriod = term.start
        draft.periodValue = main.amount
        let waiting = subscription.pendingItems.filter(\.isProration)
        if !waiting.isEmpty {
            draft.carriedPeriod = subscription.periodStart
            draft.carriedValue = try sum(waiting, in: main.amount.currency)
        }
        return draft
    }

    /// A draft with `lines`, their sums, and the credit it will use.
    ///
    /// - Parameter balance: the customer's credit in the currency.
    static func invoice(
        _ lines: [InvoiceLine], of subscription: Subscription, reason: BillingReason, mode: Mode, balance: Money
    ) throws(Refusal) -> Invoice {
        let currency = subscription.plan.price.currency
        var draft = Invoice()
        draft.application = subscription.application
        draft.subscription = subscription.id
        draft.customer = subscription.customer
        draft.mode = mode
        draft.billingReason = reason
        draft.collection = subscription.collection
        draft.lines = lines
        draft.subtotal = try sum(lines, in: currency)
        draft.tax = .zero(currency)
        draft.total = draft.subtotal
        draft.creditApplied = Money(max(0, min(balance.units, draft.total.units)), currency)
        draft.credited = .zero(currency)
        draft.amountPaid = .zero(currency)
        draft.servedPeriod = subscription.periodStart
        draft.periodValue = .zero(currency)
        draft.periodReturned = .zero(currency)
        draft.movedMilliseconds = subscription.movedMilliseconds
        return draft
    }

    static func sum(_ lines: [InvoiceLine], in currency: Currency) throws(Refusal) -> Money {
        var sum = Money.zero(currency)
        for line in lines {
            guard let next = try? sum.adding(line.amount) else { throw outOfRange("lines") }
            sum = next
        }
        return sum
    }

    /// `rate` × seconds ÷ wholeSeconds, rounded once.
    static func share(of rate: Money, seconds: Int64, of wholeSeconds: Int64) throws(Refusal) -> Money {
        guard wholeSeconds > 0 else { return .zero(rate.currency) }
        guard let share = try? rate.scaled(by: seconds, over: wholeSeconds) else { throw outOfRange("quantity") }
        return share
    }

    static func outOfRange(_ field: String) -> Refusal {
        .invalid(field, "out_of_range", "The amounts of this bill are beyond what can be counted.")
    }

    /// The most that one period may cost, in major units: what one payment may.
    static let majorLimit: Int64 = 999_999_999_999

    /// `rate`, or a refusal where it is more than one payment can be.
    static func checkedRate(_ plan: PlanTerms, _ quantity: Int64) throws(Refusal) -> Money {
        let rate = try rate(plan, quantity)
        var limit = majorLimit
        for _ in 0..<rate.currency.digits { limit *= 10 }
        guard rate.units <= limit else {
            throw .invalid("quantity", "out_of_range", "Price × quantity is more than \(majorLimit).")
        }
        return rate
    }
}
