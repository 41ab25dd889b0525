package import Fields
package import Runtime
package import Storage

/// How deliveries to an endpoint go.
package enum EndpointState: String, Choice {
    case delivering, failing, disabled
}

/// How long later events of an object wait for earlier ones.
package enum DeliveryOrdering: String, Choice {
    /// Later events of an object wait only for the first try of earlier ones.
    case relaxed
    /// They wait until success or exhaustion.
    case strict
}

/// Where an application's events are sent.
package struct WebhookEndpoint: Entity, Equatable {
    package var id = WebhookEndpointID.none
    package var application = ApplicationID.none
    package var url = ""
    /// Event types, or `*`.
    package var events: [String] = ["*"]
    package var description: String?
    package var ordering = DeliveryOrdering.relaxed
    package var state = EndpointState.delivering
    /// `whsec_…`, sealed with the endpoint's id as context.
    package var sealedSecret = Blob()
    package var sealedNextSecret = Blob()
    /// Until then `X-Signature` stays with the old secret and `X-Signature-Next` has the new one.
    package var nextSecretFrom: Timestamp?
    package var createdAt = Timestamp(milliseconds: 0)
    package var updatedAt = Timestamp(milliseconds: 0)
    package var disabledAt: Timestamp?
    package var disabledReason: String?
    package var consecutiveFailures: Int64 = 0
    /// The first failure after the last success.
    package var failingSince: Timestamp?
    package var lastSuccessAt: Timestamp?
    package var deletedAt: Timestamp?
    package var objectSequence: Int64 = 0
    /// Set while open deliveries wait to be looked at: released after enabling, failed after deletion.
    package var backlogSince: Timestamp?
    /// The entry of `Delivery.openByObject` up to which they were looked at; empty at the start.
    package var backlogCursor = Blob()

    /// The secret in the clear; filled on creation and rotation only.
    package var secret: String?

    package init() {}
    package static var schemaName: StaticString { "WebhookEndpoint" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.field(1, "id", &id)
        try visitor.stored(2, &application)
        try visitor.field(3, "url", &url)
        try visitor.field(4, "events", &events)
        try visitor.field(5, "description", &description)
        try visitor.field(6, "ordering", &ordering)
        try visitor.field(7, "state", &state)
        try visitor.member("secret", &secret, "Answered on creation and rotation only.")
        try visitor.stored(8, &sealedSecret)
        try visitor.stored(9, &sealedNextSecret)
        try visitor.stored(10, &nextSecretFrom)
        try visitor.field(11, "created_at", &createdAt)
        try visitor.stored(12, &updatedAt)
        try visitor.stored(13, &disabledAt)
        try visitor.field(14, "disabled_reason", &disabledReason)
        try visitor.stored(15, &consecutiveFailures)
        try visitor.stored(16, &failingSince)
        try visitor.stored(17, &lastSuccessAt)
        try visitor.stored(18, &deletedAt)
        try visitor.stored(19, &objectSequence)
        try visitor.stored(20, &backlogSince)
        try visitor.stored(21, &backlogCursor)
    }

    package static let byApplication = Index<WebhookEndpoint>(1)
    package static let byBacklog = Index<WebhookEndpoint>(2)

    package static var tableNumber: UInt8 { Tables.webhookEndpoint }
    package static var name: StaticString { "webhook_endpoint" }
    package var primaryKey: Key { Key().adding(id) }

    package func indexEntries(into entries: inout IndexEntries) {
        if deletedAt == nil { entries.add(Self.byApplication, Key().adding(application)) }
        if let backlogSince { entries.add(Self.byBacklog, Key(application, backlogSince)) }
    }

    /// Whether events of `type` are for this endpoint. While it is disabled they queue and are not sent.
    package func wants(_ type: EventType) -> Bool {
        events.contains { $0 == "*" || $0 == type.rawValue }
    }

    /// Endpoints one application may have.
    package static let limit = 20
}
