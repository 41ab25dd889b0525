package import Fields

/// Invoices of one status: how many, and their sums.
package struct InvoiceCount: Record, Equatable {
    package var count: Int64 = 0
    package var total = Figure.count(0)
    package var paid = Figure.count(0)
    package var due = Figure.count(0)

    package init() {}
    package static var schemaName: StaticString { "InvoiceCount" }

    init(_ group: InvoiceGroup, _ currency: Currency) {
        count = group.count
        total = .amount(group.total, currency)
        paid = .amount(group.received, currency)
        due = .amount(group.due, currency)
    }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("count", &count)
        try visitor.member("total", &total)
        try visitor.member("amount_paid", &paid)
        try visitor.member("amount_due", &due)
    }
}

/// What is owed for longer than a while.
package struct AgeingGroup: Record, Equatable {
    package var count: Int64 = 0
    package var due = Figure.count(0)
    /// Minor units while they are summed.
    var units: Int64 = 0

    package init() {}
    package static var schemaName: StaticString { "AgeingGroup" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("count", &count)
        try visitor.member("amount_due", &due)
    }
}

/// The invoices of one currency.
package struct InvoiceOverview: Record, Equatable {
    package var currency = Currency.none
    package var open = InvoiceCount()
    package var paid = InvoiceCount()
    package var void = InvoiceCount()
    package var uncollectible = InvoiceCount()
    package var overdueCount: Int64 = 0
    package var overdueDue = Figure.count(0)
    package var upTo30 = AgeingGroup()
    package var upTo60 = AgeingGroup()
    package var upTo90 = AgeingGroup()
    package var over90 = AgeingGroup()
    package var daysToPay: Figure?
    package var collectionRate: Figure?

    package init() {}
    package static var schemaName: StaticString { "InvoiceOverview" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("currency", &currency)
        try visitor.member("open", &open)
        try visitor.member("paid", &paid)
        try visitor.member("void", &void)
        try visitor.member("uncollectible", &uncollectible)
        try visitor.member("overdue_count", &overdueCount)
        try visitor.member("overdue_amount", &overdueDue)
        try visitor.member("overdue_1_to_30_days", &upTo30, "Open, by days since they were due, of all time.")
        try visitor.member("overdue_31_to_60_days", &upTo60)
        try visitor.member("overdue_61_to_90_days", &upTo90)
        try visitor.member("overdue_over_90_days", &over90)
        try visitor.member("days_to_pay", &daysToPay, "From issue to payment, on average.")
        try visitor.member("collection_rate", &collectionRate, "Paid invoices' totals, of all but void ones.")
    }
}
