package import Fields
package import Runtime

/// Money for an invoice that was received outside: cash, a bank transfer.
package struct OfflinePayment: Record, Equatable {
    package var amount = Money.zero(.none)
    package var reference: String?
    package var receivedAt = Timestamp(milliseconds: 0)

    package init() {}
    package static var schemaName: StaticString { "OfflinePayment" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.field(1, "amount", &amount)
        try visitor.field(2, "reference", &reference)
        try visitor.field(3, "received_at", &receivedAt)
    }
}
