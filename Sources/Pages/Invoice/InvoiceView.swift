package import Runtime

/// What the page of one invoice shows. Saved methods have no place in it: whoever has the link may pay, and no more.
package struct InvoiceView: Sendable {
    /// Where the invoice stands for whoever has its link.
    package enum State: Sendable, Equatable {
        /// To be paid; also one that was given up.
        case payable(isOverdue: Bool, isGivenUp: Bool)
        /// A payment is going on and has not been settled.
        case processing
        case paid, void
    }

    /// Language, merchant, order and addresses, as on every page for buyers. The order's amount is what is due, or
    /// what was paid.
    package var page: CheckoutView
    package var number: String
    package var state: State
    package var dueAt: Timestamp?
    /// When it will be charged automatically.
    package var chargesAt: Timestamp?
    /// Whether the newest try failed.
    package var hasFailed: Bool
    package var paidAt: Timestamp?
    /// Whether money was received, rather than credit used.
    package var hasReceivedMoney: Bool

    package init(
        page: CheckoutView, number: String, state: State, dueAt: Timestamp? = nil, chargesAt: Timestamp? = nil,
        hasFailed: Bool = false, paidAt: Timestamp? = nil, hasReceivedMoney: Bool = true
    ) {
        self.page = page
        self.number = number
        self.state = state
        self.dueAt = dueAt
        self.chargesAt = chargesAt
        self.hasFailed = hasFailed
        self.paidAt = paidAt
        self.hasReceivedMoney = hasReceivedMoney
    }

    var documentPath: String { page.paths.page + "/document" + page.paths.query }
}
