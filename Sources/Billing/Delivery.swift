package import Fields
package import Runtime
package import Storage

/// Where a delivery stands.
package enum DeliveryStatus: String, Choice {
    case queued
    /// Waits for an earlier event of the same object, or for its endpoint to be enabled.
    case held
    case sending, retrying, delivered, failed
}

/// One try of a delivery.
package struct DeliveryTry: Record, Equatable {
    package var at = Timestamp(milliseconds: 0)
    package var address: String?
    package var resolveMilliseconds: Int64?
    package var connectMilliseconds: Int64?
    package var totalMilliseconds: Int64 = 0
    package var responseStatus: Int64?
    package var error: String?

    package init() {}
    package static var schemaName: StaticString { "DeliveryTry" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.field(1, "at", &at)
        try visitor.field(2, "address", &address, "The address connected to.")
        try visitor.field(3, "resolve_milliseconds", &resolveMilliseconds)
        try visitor.field(4, "connect_milliseconds", &connectMilliseconds)
        try visitor.field(5, "total_milliseconds", &totalMilliseconds)
        try visitor.field(6, "response_status", &responseStatus)
        try visitor.field(7, "error", &error, "Why there was no response, or why it did not count.")
    }
}

/// One event on its way to one endpoint. Written with the event; sent after that is durable.
package struct Delivery: Entity, Equatable {
    package var id = DeliveryID.none
    package var application = ApplicationID.none
    package var endpoint = WebhookEndpointID.none
    package var eventID = EventID.none
    package var eventSequence: Int64 = 0
    package var eventType = EventType.paymentPending
    package var objectID = ""
    package var status = DeliveryStatus.queued
    package var tries: Int64 = 0
    package var nextTryAt: Timestamp?
    package var createdAt = Timestamp(milliseconds: 0)
    package var finishedAt: Timestamp?
    /// The newest 12 tries.
    package var log: [DeliveryTry] = []
    /// The first 4 KiB of the last response.
    package var response: String?

    package init() {}
    package static var schemaName: StaticString { "Delivery" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.field(1, "id", &id)
        try visitor.stored(2, &application)
        try visitor.field(3, "webhook_endpoint_id", &endpoint)
        try visitor.field(4, "event_id", &eventID)
        try visitor.stored(5, &eventSequence)
        try visitor.field(6, "event_type", &eventType)
        try visitor.stored(7, &objectID)
        try visitor.field(8, "status", &status)
        try visitor.field(9, "tries", &tries)
        try visitor.field(10, "next_try_at", &nextTryAt)
        try visitor.field(11, "created_at", &createdAt)
        try visitor.field(12, "finished_at", &finishedAt)
        try visitor.field(13, "log", &log, "The newest 12 tries.")
        try visitor.field(14, "response", &response, "The first 4 KiB of the last response.")
    }

    package static let byApplication = Index<Delivery>(1)
    package static let byEndpoint = Index<Delivery>(2)
    package static let byStatus = Index<Delivery>(3)
    /// Due times by application and endpoint, so that one slow endpoint hides no other.
    package static let byDue = Index<Delivery>(4)
    /// Unfinished deliveries of one object to one endpoint, oldest first.
    package static let openByObject = Index<Delivery>(5)
    package static let byEvent = Index<Delivery>(6)

    package static var tableNumber: UInt8 { Tables.delivery }
    package static var name: StaticString { "delivery" }
    package var primaryKey: Key { Key().adding(id) }

    package var isOpen: Bool { status != .delivered && status != .failed }

    package func indexEntries(into entries: inout IndexEntries) {
        entries.add(Self.byApplication, Key().adding(application))
        entries.add(Self.byEndpoint, Key().adding(endpoint))
        entries.add(Self.byStatus, Key().adding(application).adding(status.rawValue))
        entries.add(Self.byEvent, Key().adding(eventID))
        if let nextTryAt {
            entries.add(Self.byDue, Key(application, endpoint, nextTryAt, eventSequence))
        }
        if isOpen {
            entries.add(Self.openByObject, Key().adding(endpoint).adding(objectID).adding(eventSequence))
        }
    }
}
