package import Fields

/// What becomes of the time that was paid for when a subscription is cancelled at once.
package enum CancelProration: String, Choice {
    case none
    /// To the customer's balance.
    case credit
    /// To where it came from.
    case refund
}

/// What cancels a subscription.
package struct CancelInput: Record {
    package var atPeriodEnd: Bool?
    package var proration: CancelProration?
    package var reason: String?

    package init() {}
    package static var schemaName: StaticString { "CancelInput" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("at_period_end", &atPeriodEnd, "true by default.")
        try visitor.member("proration", &proration, "Of what was paid for the rest, when cancelling at once.")
        try visitor.member("reason", &reason, .length(0...500), "")
    }
}
