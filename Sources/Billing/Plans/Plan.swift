package import Fields
package import Runtime
package import Storage

/// Whether new subscriptions may take a plan.
package enum PlanStatus: String, Choice {
    case active, archived
}

/// What a subscription is billed for: a price each cycle.
package struct Plan: Entity, Equatable {
    /// Given by the merchant, such as `plan_premium_monthly`, or `plan_` and 32 hexadecimal digits.
    package var id = ""
    package var application = ApplicationID.none
    package var name = ""
    package var description: String?
    package var price = Money.zero(.none)
    package var billingCycle = BillingCycle.monthly
    package var trialDays: Int64 = 0
    /// Billed once, with the first full period.
    package var setupFee: Money?
    package var features: [String] = []
    package var status = PlanStatus.active
    package var metadata = Metadata()
    package var createdAt = Timestamp(milliseconds: 0)
    package var updatedAt = Timestamp(milliseconds: 0)
    /// Set by the first subscription: price, currency and cycle are fixed from then on.
    package var isUsed = false
    package var objectSequence: Int64 = 0

    package init() {}
    package static var schemaName: StaticString { "Plan" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.field(1, "id", &id)
        try visitor.stored(2, &application)
        try visitor.field(3, "name", &name)
        try visitor.field(4, "description", &description)
        try visitor.field(5, "price", &price, "For each unit and cycle, in major units.")
        var currency = price.currency
        try visitor.member("currency", &currency)
        try visitor.field(6, "billing_cycle", &billingCycle)
        try visitor.field(7, "trial_days", &trialDays)
        try visitor.field(8, "setup_fee", &setupFee, "Billed once, with the first full period.")
        try visitor.field(9, "features", &features)
        try visitor.field(10, "status", &status)
        try visitor.field(11, "metadata", &metadata)
        try visitor.field(12, "created_at", &createdAt)
        try visitor.stored(13, &updatedAt)
        try visitor.stored(14, &isUsed)
        try visitor.stored(15, &objectSequence)
    }

    /// The longest trial, in days.
    package static let trialDayLimit: Int64 = 730

    package static let byApplication = Index<Plan>(1)
    package static let byStatus = Index<Plan>(2)

    package static var tableNumber: UInt8 { Tables.plan }
    package static var name: StaticString { "plan" }
    package var primaryKey: Key { Key(application, id) }

    package func indexEntries(into entries: inout IndexEntries) {
        entries.add(Self.byApplication, Key(application, createdAt))
        entries.add(Self.byStatus, Key(application, status.rawValue, createdAt))
    }
}

/// The plan as a subscription has it: price and cycle as they were agreed.
package struct PlanTerms: Record, Equatable {
    package var id = ""
    package var name = ""
    package var price = Money.zero(.none)
    package var billingCycle = BillingCycle.monthly

    package init() {}
    package static var schemaName: StaticString { "SubscriptionPlan" }

    package init(_ plan: Plan) {
        id = plan.id
        name = plan.name
        price = plan.price
        billingCycle = plan.billingCycle
    }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.field(1, "id", &id)
        try visitor.field(2, "name", &name)
        try visitor.field(3, "price", &price)
        var currency = price.currency
        try visitor.member("currency", &currency)
        try visitor.field(4, "billing_cycle", &billingCycle)
    }
}
