package import Fields
package import Runtime
package import Storage

/// What became of a notice.
package enum GatewayEventStatus: String, Choice {
    /// Stored and acknowledged; not acted on yet.
    case received
    case processed
    /// About an object this server does not know, or of a kind it does not act on.
    case ignored
    case failed
}

/// A verified notice of a gateway, stored raw before it is answered.
package struct GatewayEvent: Entity, Equatable {
    package var id = GatewayEventID.none
    package var application = ApplicationID.none
    package var gateway = ""
    /// The gateway's own id of the notice: the same one acts once.
    package var gatewayID = ""
    package var type = ""
    package var status = GatewayEventStatus.received
    package var receivedAt = Timestamp(milliseconds: 0)
    package var processedAt: Timestamp?
    /// How often the same notice arrived.
    package var deliveries: Int64 = 1
    package var payment: PaymentHash?
    /// What was done, or why nothing.
    package var note: String?
    /// The body as it came, sealed: as personal data of `customer`, or under the master key where there is none.
    package var raw = Blob()
    package var customer = CustomerID.none
    /// The session or charge whose state it announces.
    package var session: String?
    /// The charge that was disputed.
    package var disputedCharge: String?
    /// The charge whose refunds are to be read.
    package var refundedCharge: String?
    /// The saved method that changed, by the digest of its token.
    package var methodDigest: Blob?
    /// The attempt of the payment, where the notice names it.
    package var attempt: Int64?
    /// When unprocessed: when it is next tried.
    package var nextTryAt: Timestamp?
    package var tries: Int64 = 0

    package init() {}
    package static var schemaName: StaticString { "GatewayEvent" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.field(1, "id", &id)
        try visitor.stored(2, &application)
        try visitor.field(3, "gateway", &gateway)
        try visitor.field(4, "gateway_event_id", &gatewayID)
        try visitor.field(5, "type", &type)
        try visitor.field(6, "status", &status)
        try visitor.field(7, "received_at", &receivedAt)
        try visitor.field(8, "processed_at", &processedAt)
        try visitor.field(9, "deliveries", &deliveries, "How often the same notice arrived.")
        try visitor.field(10, "payment", &payment)
        try visitor.field(11, "note", &note, "What was done, or why nothing.")
        try visitor.stored(12, &raw)
        try visitor.stored(13, &nextTryAt)
        try visitor.stored(14, &tries)
        try visitor.stored(15, &session)
        try visitor.stored(16, &disputedCharge)
        try visitor.stored(17, &customer)
        try visitor.stored(18, &refundedCharge)
        try visitor.stored(19, &methodDigest)
        try visitor.stored(20, &attempt)
    }

    package static let byApplication = Index<GatewayEvent>(1)
    package static let byGatewayID = Index<GatewayEvent>(2, isUnique: true)
    package static let byDue = Index<GatewayEvent>(3)

    package static var tableNumber: UInt8 { Tables.gatewayEvent }
    package static var name: StaticString { "gateway_event" }
    package var primaryKey: Key { Key().adding(id) }

    package static func gatewayKey(_ application: ApplicationID, _ gateway: String, _ id: String) -> Key {
        Key().adding(application).adding(gateway).adding(id)
    }

    package func indexEntries(into entries: inout IndexEntries) {
        entries.add(Self.byApplication, Key().adding(application))
        entries.add(Self.byGatewayID, Self.gatewayKey(application, gateway, gatewayID))
        if let nextTryAt { entries.add(Self.byDue, Key().adding(application).adding(nextTryAt)) }
    }
}
