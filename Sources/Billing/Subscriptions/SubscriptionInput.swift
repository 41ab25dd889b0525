package import Fields
package import Runtime

/// What creates a subscription.
package struct SubscriptionInput: Record {
    package var customerEmail: String?
    package var customerID: CustomerID?
    package var customerName: String?
    package var plan = ""
    package var quantity: Int64?
    package var startDate: Timestamp?
    package var trialDays: Int64?
    package var collection: Collection?
    package var metadata = Metadata()
    package var paymentMethod: PaymentMethodID?
    package var returnURL: String?

    package init() {}
    package static var schemaName: StaticString { "SubscriptionInput" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("customer_email", &customerEmail, .email, "Found within the application, else made.")
        try visitor.member("customer_id", &customerID, "Instead of customer_email; its default method may be charged.")
        try visitor.member("customer_name", &customerName, .length(1...200), "")
        try visitor.member("plan_id", &plan, .length(1...64, example: "plan_premium_monthly"), "")
        try visitor.member("quantity", &quantity, .within(1...Subscription.quantityLimit), "1 by default.")
        try visitor.member(
            "start_date", &startDate,
            "Today: from midnight UTC. Earlier: periods are counted from it. Later: scheduled.")
        try visitor.member(
            "trial_days", &trialDays, .within(0...Plan.trialDayLimit),
            "The plan's by default, once for each customer.")
        try visitor.member("collection", &collection, "automatic by default.")
        try visitor.member("metadata", &metadata)
        try visitor.member("payment_method_id", &paymentMethod, "The saved method to charge.")
        try visitor.member("return_url", &returnURL, .url, "Where the buyer goes after adding a card.")
    }
}

/// What changes a subscription: a member left out stays, null clears.
package struct SubscriptionPatch: Record {
    package var quantity: Int64?
    package var collection: Collection?
    package var paymentMethod = Patch<PaymentMethodID>.keep
    package var metadata = Patch<Metadata>.keep

    package init() {}
    package static var schemaName: StaticString { "SubscriptionPatch" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("quantity", &quantity, .within(1...Subscription.quantityLimit), "From the next renewal.")
        try visitor.member("collection", &collection, "Of invoices from now on.")
        try visitor.member("payment_method_id", &paymentMethod, "null: the customer's default.")
        try visitor.member("metadata", &metadata, "Replaces all metadata.")
    }
}

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

/// What pauses a subscription.
package struct PauseInput: Record {
    package var resumeAt: Timestamp?
    package var reason: String?

    package init() {}
    package static var schemaName: StaticString { "PauseInput" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("resume_at", &resumeAt, "Until resumed by a request when left out.")
        try visitor.member("reason", &reason, .length(0...500), "")
    }
}

/// How a change of plan within a period is billed.
package enum Proration: String, Choice {
    /// The difference is billed now, and the plan switches once it is paid.
    case invoiceNow = "invoice_now"
    /// The plan switches now, and the difference is billed with the next invoice.
    case nextInvoice = "next_invoice"
    case none
}

/// What changes the plan or the quantity.
package struct ChangeInput: Record {
    package var plan: String?
    package var quantity: Int64?
    package var effective: ChangeTime?
    package var proration: Proration?
    package var previewToken: String?

    package init() {}
    package static var schemaName: StaticString { "ChangePlanInput" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("plan_id", &plan, .length(1...64), "The current one by default.")
        try visitor.member("quantity", &quantity, .within(1...Subscription.quantityLimit), "The current by default.")
        try visitor.member("effective", &effective, "now by default.")
        try visitor.member(
            "proration", &proration, "invoice_now when the change costs money, else next_invoice, by default.")
        try visitor.member(
            "preview_token", &previewToken, .length(1...200), "Bills exactly what that preview showed, or refuses.")
    }
}
