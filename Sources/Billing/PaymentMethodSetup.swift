package import Fields
package import Runtime
package import Storage

/// A hosted page on which a customer leaves a method for later, without paying: the card of a subscription, or another
/// card in the portal. The link of a subscription can be used again and again.
package struct PaymentMethodSetup: Entity, Equatable {
    /// The 128 random bits of the page's address.
    package var token = Blob()
    package var application = ApplicationID.none
    package var customer = CustomerID.none
    /// The subscription that charges the method from then on; nil where it becomes the customer's default.
    package var subscription: SubscriptionID?
    /// The method whose place it takes.
    package var replaces: PaymentMethodID?
    /// The method that was left last.
    package var method: PaymentMethodID?
    /// The steps at the gateways, of a payment of nothing that is in no list.
    package var flow = Payment()

    package init() {}
    package static var schemaName: StaticString { "PaymentMethodSetup" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.stored(1, &token)
        try visitor.stored(2, &application)
        try visitor.stored(3, &customer)
        try visitor.stored(4, &subscription)
        try visitor.stored(5, &replaces)
        try visitor.stored(6, &method)
        try visitor.stored(7, &flow)
    }

    package static let byDue = Index<PaymentMethodSetup>(1)
    /// By the hash of its steps, as gateways name it.
    package static let byFlow = Index<PaymentMethodSetup>(2)

    package static var tableNumber: UInt8 { Tables.paymentMethodSetup }
    package static var name: StaticString { "payment_method_setup" }
    package static var indexEdition: Int64 { 2 }
    package var primaryKey: Key { Key(token.bytes) }

    package func indexEntries(into entries: inout IndexEntries) {
        if let due = flow.dueAt { entries.add(Self.byDue, Key(application, due)) }
        entries.add(Self.byFlow, Key(flow.hash))
    }

    /// Seconds for which a page that was opened can be used.
    package static let lifetimeSeconds: Int64 = 86_400

    /// Whether the buyer may act on it now.
    package func isOpen(now: Timestamp) -> Bool { flow.isOpen && now < flow.expiresAt }

    /// Ends it whatever its steps were. No money moves here, and a method that is left all the same is not kept.
    package mutating func end(now: Timestamp) {
        for index in flow.attempts.indices where flow.attempts[index].isOpen {
            flow.attempts[index].finish(.superseded, at: now, decision: "The page was closed.")
        }
        flow.status = .cancelled
        flow.cancellationReason = .expired
        flow.updatedAt = now
    }

    /// Begins anew: fresh steps under the same address.
    package mutating func restart(
        currency: Currency, description: String, mode: Mode, returnURL: String?, in transaction: Transaction
    ) {
        flow = Payment()
        flow.hash = PaymentHash(in: transaction, purpose: "payment method setup")
        flow.application = application
        flow.customer = customer
        flow.mode = mode
        flow.amount = .zero(currency)
        flow.description = description
        flow.token = token
        flow.savesMethod = true
        flow.returnURL = returnURL
        flow.createdAt = transaction.now
        flow.updatedAt = transaction.now
        flow.expiresAt = transaction.now.adding(seconds: Self.lifetimeSeconds)
        method = nil
    }
}
