package import Fields
package import Runtime
package import Storage

/// Something that happened to an object, written in the transaction that did it. The object's record bytes are kept
/// as they were and become JSON when the event is delivered or shown.
package struct Event: Entity {
    package var id = EventID.none
    package var application = ApplicationID.none
    /// From 1, without gaps, for each application.
    package var sequence: Int64 = 0
    package var type = EventType.paymentPending
    package var createdAt = Timestamp(milliseconds: 0)
    package var mode = Mode.test
    package var object = EventObject.payment
    /// The text of the object's identifier.
    package var objectID = ""
    /// From 1, without gaps, for each object.
    package var objectSequence: Int64 = 0
    /// The object's record; sealed under the customer's key when the object is personal.
    package var data = Blob()
    /// The record before the change; empty for a new object. Sealed like `data`.
    package var before = Blob()
    package var customer = CustomerID.none
    /// The customer's summary at that time, sealed under the customer's key.
    package var personal = Blob()
    package var actor = ""
    package var reason: String?
    /// The subscription whose audit trail this belongs to: of itself, of its invoices and their credit notes.
    package var subscription: SubscriptionID?

    package init() {}

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.stored(1, &id)
        try visitor.stored(2, &application)
        try visitor.stored(3, &sequence)
        try visitor.stored(4, &type)
        try visitor.stored(5, &createdAt)
        try visitor.stored(6, &mode)
        try visitor.stored(7, &object)
        try visitor.stored(8, &objectID)
        try visitor.stored(9, &objectSequence)
        try visitor.stored(10, &data)
        try visitor.stored(11, &before)
        try visitor.stored(12, &customer)
        try visitor.stored(13, &personal)
        try visitor.stored(14, &actor)
        try visitor.stored(15, &reason)
        try visitor.stored(16, &subscription)
    }

    package static let byID = Index<Event>(1, isUnique: true)
    /// The audit trail of one subscription, by time.
    package static let bySubscription = Index<Event>(2)
    /// The audit trail of all subscriptions of an application, by time.
    package static let trail = Index<Event>(3)
    /// The same of one type.
    package static let trailByType = Index<Event>(4)

    package static var tableNumber: UInt8 { Tables.event }
    package static var name: StaticString { "event" }
    package static var indexEdition: Int64 { 2 }
    package var primaryKey: Key { Key().adding(application).adding(sequence) }

    /// The subscription whose audit trail this belongs to. Events from before that was written down tell it through their
    /// object.
    package var trailSubscription: SubscriptionID? {
        if let subscription { return subscription }
        switch object {
        case .subscription: return SubscriptionID(objectID)
        case .invoice: return (try? RecordCodec.decode(Invoice.self, data.bytes))?.subscription
        case .payment, .refund, .customer, .paymentMethod, .webhookEndpoint, .gateway, .plan, .creditNote: return nil
        }
    }

    package func indexEntries(into entries: inout IndexEntries) {
        entries.add(Self.byID, Key().adding(id))
        guard let subscription = trailSubscription else { return }
        entries.add(Self.bySubscription, Key(subscription, createdAt))
        entries.add(Self.trail, Key(application, createdAt))
        entries.add(Self.trailByType, Key(application, type.rawValue, createdAt))
    }
}
