package import Fields
package import Runtime

/// Money received outside: cash, a bank transfer.
package struct OfflineInput: Record {
    package var amount: DecimalAmount?
    package var reference: String?
    package var receivedAt: Timestamp?

    package init() {}
    package static var schemaName: StaticString { "OfflineInput" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("amount", &amount, "The amount due by default, which is also the most.")
        try visitor.member("reference", &reference, .length(1...200), "Such as the transfer's.")
        try visitor.member("received_at", &receivedAt, "Now by default.")
    }
}
