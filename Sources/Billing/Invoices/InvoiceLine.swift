package import Fields
package import Runtime

/// What a line of an invoice is for.
package enum LineType: String, Choice {
    case subscription, proration, item
    case setupFee = "setup_fee"
}

/// One line of an invoice. Its amount was rounded once; lines sum to the subtotal.
package struct InvoiceLine: Record, Equatable {
    package var type = LineType.item
    package var description = ""
    package var quantity: Int64 = 1
    package var unitPrice = Money.zero(.none)
    /// Negative for a credit.
    package var amount = Money.zero(.none)
    package var periodStart: Timestamp?
    package var periodEnd: Timestamp?
    package var isProration = false

    package init() {}
    package static var schemaName: StaticString { "InvoiceLine" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.field(1, "type", &type)
        try visitor.field(2, "description", &description)
        try visitor.field(3, "quantity", &quantity)
        try visitor.field(4, "unit_price", &unitPrice)
        try visitor.field(5, "amount", &amount, "Negative for a credit.")
        try visitor.field(6, "period_start", &periodStart)
        try visitor.field(7, "period_end", &periodEnd)
        try visitor.field(8, "proration", &isProration)
    }
}
