package import Fields

/// Invoices of one status: how many, and their sums in minor units.
package struct InvoiceGroup: Record, Equatable {
    package var count: Int64 = 0
    package var total: Int64 = 0
    package var due: Int64 = 0
    package var received: Int64 = 0

    package init() {}

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.stored(1, &count)
        try visitor.stored(2, &total)
        try visitor.stored(3, &due)
        try visitor.stored(4, &received)
    }

    mutating func add(_ sign: Int64, _ invoice: Invoice) {
        count += sign
        total &+= sign &* invoice.total.units
        due &+= sign &* invoice.amountDue.units
        received &+= sign &* invoice.amountPaid.units
    }

    mutating func add(_ other: InvoiceGroup) {
        count += other.count
        total &+= other.total
        due &+= other.due
        received &+= other.received
    }
}
