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
