package import Fields
package import Runtime
package import Storage

/// Why a customer's credit changed.
package enum CreditReason: String, Choice {
    /// A change of plan or a cancellation gave unused time back.
    case proration
    case creditNote = "credit_note"
    /// More was received than was due.
    case surplus
    /// Used on an invoice.
    case applied
    /// Came back from an invoice that was voided.
    case returned
}

/// One movement of a customer's credit. The balance shown on the customer is the sum of all entries of a currency.
package struct CreditEntry: Entity, Equatable {
    package var id = CreditEntryID.none
    package var application = ApplicationID.none
    package var customer = CustomerID.none
    /// Positive adds to the balance.
    package var amount = Money.zero(.none)
    package var reason = CreditReason.applied
    /// The invoice, credit note or subscription that caused it.
    package var objectID = ""
    package var createdAt = Timestamp(milliseconds: 0)

    package init() {}

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.stored(1, &id)
        try visitor.stored(2, &application)
        try visitor.stored(3, &customer)
        try visitor.stored(4, &amount)
        try visitor.stored(5, &reason)
        try visitor.stored(6, &objectID)
        try visitor.stored(7, &createdAt)
    }

    package static let byCustomer = Index<CreditEntry>(1)

    package static var tableNumber: UInt8 { Tables.creditEntry }
    package static var name: StaticString { "credit_entry" }
    package var primaryKey: Key { Key(id) }

    package func indexEntries(into entries: inout IndexEntries) {
        entries.add(Self.byCustomer, Key(customer))
    }
}
