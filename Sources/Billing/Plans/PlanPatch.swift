package import Fields

/// What changes a plan: a member left out stays, null clears. Price, currency and cycle are fixed once a subscription
/// has used the plan.
package struct PlanPatch: Record {
    package var name = Patch<String>.keep
    package var description = Patch<String>.keep
    package var price = Patch<DecimalAmount>.keep
    package var currency = Patch<Currency>.keep
    package var billingCycle = Patch<BillingCycle>.keep
    package var trialDays = Patch<Int64>.keep
    package var setupFee = Patch<DecimalAmount>.keep
    package var features = Patch<[String]>.keep
    package var metadata = Patch<Metadata>.keep

    package init() {}
    package static var schemaName: StaticString { "PlanPatch" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("name", &name, .length(1...200), "")
        try visitor.member("description", &description, .length(0...1000), "")
        try visitor.member("price", &price, "Fixed once the plan is used.")
        try visitor.member("currency", &currency, "Fixed once the plan is used.")
        try visitor.member("billing_cycle", &billingCycle, "Fixed once the plan is used.")
        try visitor.member("trial_days", &trialDays, .within(0...Plan.trialDayLimit), "")
        try visitor.member("setup_fee", &setupFee, "Of subscriptions that begin from now on.")
        try visitor.member("features", &features, .length(0...100), "Replaces all features.")
        try visitor.member("metadata", &metadata, "Replaces all metadata.")
    }
}
