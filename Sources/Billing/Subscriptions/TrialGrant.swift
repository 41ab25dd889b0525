package import Fields
package import Runtime
package import Storage

/// That a customer had the trial of a plan: it is given once.
package struct TrialGrant: Entity, Equatable {
    package var customer = CustomerID.none
    package var plan = ""
    package var subscription = SubscriptionID.none
    package var grantedAt = Timestamp(milliseconds: 0)

    package init() {}

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.stored(1, &customer)
        try visitor.stored(2, &plan)
        try visitor.stored(3, &subscription)
        try visitor.stored(4, &grantedAt)
    }

    package static var tableNumber: UInt8 { Tables.trialGrant }
    package static var name: StaticString { "trial_grant" }
    package var primaryKey: Key { Key(customer, plan) }
    package func indexEntries(into entries: inout IndexEntries) {}
}
