import Billing
import Gateways

/// What saving a method costs, as the slip shows it: what is owed today, or nothing and the next charge.
struct SetupOrder {
    let found: PaymentEngine.SetupVisit
    let language: Language

    var currency: Currency { found.subscription?.plan.price.currency ?? found.setup.flow.amount.currency }

    /// What is charged to the method at once.
    var owed: Money {
        found.owed.reduce(.zero(currency)) { sum, invoice in (try? sum.adding(invoice.amountDue)) ?? sum }
    }

    var view: OrderView {
        guard let subscription = found.subscription else {
            var order = OrderView(
                amountText: text(.zero(currency)),
                description: FilledPhrase(
                    .setupAccountTitle, in: language, [(.merchant, found.application.name)]
                ).plain)
            order.hasTotal = false
            return order
        }
        var order = OrderView(amountText: text(owed), description: subscription.plan.name)
        order.hasTotal = false
        if owed.isPositive {
            order.reference = found.owed.last?.number
            order.lines = found.owed.flatMap { InvoiceOrder.lines($0.lines, language) }
            order.finalSum = OrderView.Line(title: language.text(.toPayToday), amountText: order.amountText)
        } else if let upcoming = found.upcoming, let moment = subscription.nextBillingAt {
            order.lines = InvoiceOrder.lines(upcoming.lines, language)
            let phrase = isFirst(subscription) ? Phrase.firstChargeOn : .nextChargeOn
            order.finalSum = OrderView.Line(
                title: FilledPhrase(phrase, in: language, [(.time, MomentText.day(moment, language))]).plain,
                amountText: text(upcoming.amountDue))
        } else {
            order.lines = [
                OrderView.Line(
                    title: subscription.plan.name, note: language.text(subscription.plan.billingCycle.phrase),
                    amountText: text(subscription.plan.price))
            ]
        }
        return order
    }

    private func isFirst(_ subscription: Subscription) -> Bool {
        subscription.status == .trialing || subscription.status == .scheduled
    }

    private func text(_ money: Money) -> String { AmountText.format(money, language) }
}

extension BillingCycle {
    /// How often, such as `every month`.
    var phrase: Phrase {
        switch self {
        case .daily: .everyDay
        case .weekly: .everyWeek
        case .monthly: .everyMonth
        case .quarterly: .everyQuarter
        case .semiannual: .everyHalfYear
        case .yearly: .everyYear
        }
    }
}
