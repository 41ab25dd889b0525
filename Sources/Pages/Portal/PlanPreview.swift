/// What a change of plan would cost.
package struct PlanPreview: Sendable {
    /// When it is billed.
    package enum Billing: Sendable, Equatable {
        case now, nextInvoice, never
    }

    package var plan: PlanChoice
    package var billing: Billing
    package var lines: [OrderView.Line]
    /// Between the lines and the sum, such as credit that is used.
    package var sums: [OrderView.Line]
    /// What is paid now, or comes to the next invoice.
    package var amountText: String
    /// Whether something is to be paid now.
    package var costsNow: Bool
    /// Makes the change bill exactly this, or refuse.
    package var token: String
    /// Whether an earlier preview did not hold any more.
    package var isRepeated: Bool

    package init(
        plan: PlanChoice, billing: Billing, lines: [OrderView.Line] = [], sums: [OrderView.Line] = [],
        amountText: String = "", costsNow: Bool = false, token: String, isRepeated: Bool = false
    ) {
        self.plan = plan
        self.billing = billing
        self.lines = lines
        self.sums = sums
        self.amountText = amountText
        self.costsNow = costsNow
        self.token = token
        self.isRepeated = isRepeated
    }
}
