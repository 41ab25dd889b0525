package import Fields
package import Runtime

/// Where a refund stands.
package enum RefundStatus: String, Choice {
    case pending, succeeded, failed
}

/// Money going back to the buyer.
package struct Refund: Record, Equatable {
    package var id = RefundID.none
    package var amount = Money.zero(.none)
    package var status = RefundStatus.pending
    package var failure: Failure?
    package var reason: String?
    package var gatewayReference: String?
    package var createdAt = Timestamp(milliseconds: 0)
    /// The attempt whose charge is refunded.
    package var attempt: Int64 = 0
    /// Made by the server for money that must not stay: a second success, or one after cancellation.
    package var isAutomatic = false
    package var nextLookAt: Timestamp?
    package var unknownSince: Timestamp?
    package var lookups: Int64 = 0
    package var objectSequence: Int64 = 0
    package var finishedAt: Timestamp?

    package init() {}
    package static var schemaName: StaticString { "Refund" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.field(1, "id", &id)
        try visitor.field(2, "amount", &amount)
        try visitor.field(3, "status", &status)
        try visitor.field(4, "failure", &failure)
        try visitor.field(5, "reason", &reason)
        try visitor.field(6, "gateway_reference", &gatewayReference)
        try visitor.field(7, "created_at", &createdAt)
        try visitor.stored(8, &attempt)
        try visitor.stored(9, &isAutomatic)
        try visitor.stored(10, &nextLookAt)
        try visitor.stored(11, &unknownSince)
        try visitor.stored(12, &lookups)
        try visitor.stored(13, &objectSequence)
        try visitor.stored(14, &finishedAt)
    }

    /// The key of the call; the refund's id makes it unique. Gateways take no `_` in keys.
    package var callKey: String { "refund-\(id.description.dropFirst(RefundKind.prefix.utf8CodeUnitCount))" }
}
