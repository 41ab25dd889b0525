import Runtime

/// Money that a gateway says it took.
package struct Charge: Sendable, Equatable {
    /// The gateway's name for it; distinct names are distinct successes.
    package let reference: String
    package let amount: Money
    package let method: MethodSummary?
    /// What the buyer left at the gateway for later charges, when the payment asked for it.
    package let saved: SavedMethod?

    package init(reference: String, amount: Money, method: MethodSummary?, saved: SavedMethod? = nil) {
        self.reference = reference
        self.amount = amount
        self.method = method
        self.saved = saved
    }
}

/// A method that a gateway keeps for later charges.
package struct SavedMethod: Sendable, Equatable {
    /// The gateway's token; sealed before it is stored.
    package let token: String
    package let summary: MethodSummary
    package let expiryMonth: Int64?
    package let expiryYear: Int64?

    package init(token: String, summary: MethodSummary, expiryMonth: Int64? = nil, expiryYear: Int64? = nil) {
        self.token = token
        self.summary = summary
        self.expiryMonth = expiryMonth
        self.expiryYear = expiryYear
    }
}

/// The outcome of one gateway call, as far as it is proven.
package enum Outcome: Sendable, Equatable {
    case succeeded(Charge)
    /// The buyer must go to `url`.
    case requiresAction(url: String)
    /// The buyer agreed at the gateway; nothing is taken until it is captured.
    case approved
    case declined(Failure)
    /// Proof that the call did nothing: not sent, or refused before execution.
    case notExecuted(Failure)
    /// The gateway has it and has not decided yet.
    case settling
    /// The call left and no conclusive answer came.
    case unknown(String)
}

/// What came of expiring a session at its gateway.
package enum ExpiryOutcome: Sendable, Equatable {
    /// It can take no money any more.
    case expired
    /// It has taken money or is about to: follow its outcome.
    case inProgress
    /// The gateway has no way to expire it.
    case impossible
    /// No answer; try again later.
    case unknown(String)
}
