package import Fields

/// What creates a plan.
package struct PlanInput: Record {
    package var id: String?
    package var name = ""
    package var description: String?
    package var price = DecimalAmount.none
    package var currency = Currency.none
    package var billingCycle = BillingCycle.monthly
    package var trialDays: Int64?
    package var setupFee: DecimalAmount?
    package var features: [String] = []
    package var metadata = Metadata()

    package init() {}
    package static var schemaName: StaticString { "PlanInput" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("id", &id, .identifier, "Made by the server when left out.")
        try visitor.member("name", &name, .length(1...200, example: "Premium Monthly"), "")
        try visitor.member("description", &description, .length(0...1000), "")
        try visitor.member("price", &price, "For each unit and cycle, in major units.")
        try visitor.member("currency", &currency)
        try visitor.member("billing_cycle", &billingCycle)
        try visitor.member("trial_days", &trialDays, .within(0...Plan.trialDayLimit), "0 by default.")
        try visitor.member("setup_fee", &setupFee, "Billed once, with the first full period.")
        try visitor.member("features", &features, .length(0...100), "What the plan offers, for people.")
        try visitor.member("metadata", &metadata)
    }
}
