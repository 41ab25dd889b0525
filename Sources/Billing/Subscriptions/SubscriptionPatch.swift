package import Fields

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
