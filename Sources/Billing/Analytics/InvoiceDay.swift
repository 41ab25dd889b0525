package import Fields
package import Runtime
package import Storage

/// The invoices of one currency that were opened on one day in UTC, as they stand now; and, on a row of its own, of all
/// days together.
///
/// Sums are minor units; they wrap beyond 9 × 10^18.
package struct InvoiceDay: Entity, Equatable {
    package var application = ApplicationID.none
    package var currency = Currency.none
    /// Midnight of the day of issue; ``allDays`` for the row of all days.
    package var day = Timestamp(milliseconds: 0)
    package var open = InvoiceGroup()
    package var paid = InvoiceGroup()
    package var void = InvoiceGroup()
    package var uncollectible = InvoiceGroup()
    package var overdueCount: Int64 = 0
    package var overdueDue: Int64 = 0
    /// Seconds from issue to payment, of the paid ones together.
    package var secondsToPay: Int64 = 0

    package init() {}

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.stored(1, &application)
        try visitor.stored(2, &currency)
        try visitor.stored(3, &day)
        try visitor.stored(4, &open)
        try visitor.stored(5, &paid)
        try visitor.stored(6, &void)
        try visitor.stored(7, &uncollectible)
        try visitor.stored(8, &overdueCount)
        try visitor.stored(9, &overdueDue)
        try visitor.stored(10, &secondsToPay)
    }

    package static let allDays = Timestamp(milliseconds: .min)

    package static var tableNumber: UInt8 { Tables.invoiceDay }
    package static var name: StaticString { "invoice_day" }
    package var primaryKey: Key { Key(application, currency.description, day) }
    package func indexEntries(into entries: inout IndexEntries) {}

    /// Adds one invoice, or with −1 takes it out.
    mutating func add(_ sign: Int64, _ invoice: Invoice) {
        switch invoice.status {
        case .draft: break
        case .open:
            open.add(sign, invoice)
            if invoice.isOverdue {
                overdueCount += sign
                overdueDue &+= sign &* invoice.amountDue.units
            }
        case .paid:
            paid.add(sign, invoice)
            if let issued = invoice.issuedAt, let time = invoice.paidAt {
                secondsToPay &+= sign &* issued.seconds(to: time)
            }
        case .void: void.add(sign, invoice)
        case .uncollectible: uncollectible.add(sign, invoice)
        }
    }

    mutating func add(_ other: InvoiceDay) {
        open.add(other.open)
        paid.add(other.paid)
        void.add(other.void)
        uncollectible.add(other.uncollectible)
        overdueCount += other.overdueCount
        overdueDue &+= other.overdueDue
        secondsToPay &+= other.secondsToPay
    }
}
