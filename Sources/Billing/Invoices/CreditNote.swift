package import Fields
package import Runtime
package import Storage

/// Where the money of a credit note goes.
package enum CreditDestination: String, Choice {
    case balance, refund
}

/// A reduction of an invoice after it was opened. The invoice itself is never rewritten: a note reduces what is still
/// due first, and what was paid already goes to the customer's balance or back to where it came from.
package struct CreditNote: Entity, Equatable {
    package var id = CreditNoteID.none
    package var application = ApplicationID.none
    /// Such as `CN-2025-000001`, without gaps within the application.
    package var number = ""
    package var invoice = InvoiceID.none
    package var customer = CustomerID.none
    package var lines: [InvoiceLine] = []
    package var amount = Money.zero(.none)
    /// The part that reduced what was due.
    package var amountOffDue = Money.zero(.none)
    /// The part that is refunded to where it came from; the rest of what was paid goes to the balance.
    package var amountRefunded = Money.zero(.none)
    /// For each line its place among the invoice's lines, from 0.
    package var positions: [Int64] = []
    package var destination = CreditDestination.balance
    package var reason: String?
    package var createdAt = Timestamp(milliseconds: 0)
    package var objectSequence: Int64 = 0
    /// Of the invoice's payments.
    package var refunds: [RefundID] = []

    package init() {}
    package static var schemaName: StaticString { "CreditNote" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.field(1, "id", &id)
        try visitor.stored(2, &application)
        try visitor.field(3, "number", &number)
        try visitor.field(4, "invoice_id", &invoice)
        try visitor.stored(5, &customer)
        try visitor.field(6, "lines", &lines)
        try visitor.field(7, "amount", &amount)
        var currency = amount.currency
        try visitor.member("currency", &currency)
        try visitor.stored(8, &amountOffDue)
        try visitor.field(9, "destination", &destination)
        try visitor.field(10, "reason", &reason)
        try visitor.field(11, "created_at", &createdAt)
        try visitor.stored(12, &objectSequence)
        try visitor.stored(13, &amountRefunded)
        try visitor.stored(14, &positions)
        try visitor.field(15, "refunds", &refunds, "What sends it back to where it came from.")
    }

    package static let byInvoice = Index<CreditNote>(1)
    package static let byApplication = Index<CreditNote>(2)

    package static var tableNumber: UInt8 { Tables.creditNote }
    package static var name: StaticString { "credit_note" }
    package var primaryKey: Key { Key(id) }

    package func indexEntries(into entries: inout IndexEntries) {
        entries.add(Self.byInvoice, Key(invoice))
        entries.add(Self.byApplication, Key(application))
    }
}
