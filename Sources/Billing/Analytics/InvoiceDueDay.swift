package import Fields
package import Runtime
package import Storage

/// What is still owed of one currency on open invoices that were due on one day. Days without such have no row.
package struct InvoiceDueDay: Entity, Equatable {
    package var application = ApplicationID.none
    package var currency = Currency.none
    /// Midnight of the day on which they were due: the due date, or the day of issue for those that are charged.
    package var day = Timestamp(milliseconds: 0)
    package var count: Int64 = 0
    package var due: Int64 = 0

    package init() {}

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.stored(1, &application)
        try visitor.stored(2, &currency)
        try visitor.stored(3, &day)
        try visitor.stored(4, &count)
        try visitor.stored(5, &due)
    }

    package static var tableNumber: UInt8 { Tables.invoiceDueDay }
    package static var name: StaticString { "invoice_due_day" }
    package var primaryKey: Key { Key(application, currency.description, day) }
    package func indexEntries(into entries: inout IndexEntries) {}
}
