import Billing
import Fields
import Runtime

/// The invoices of an application in figures.
struct InvoiceStatsView: Record, Resource {
    static var resourceName: StaticString { "stats" }
    static var listName: StaticString { "stats" }

    var from: Timestamp?
    var to: Timestamp?
    var currencies: [InvoiceOverview] = []

    init() {}
    static var schemaName: StaticString { "InvoiceStats" }

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("from", &from)
        try visitor.member("to", &to)
        try visitor.member("currencies", &currencies, "One for each currency that was billed.")
    }
}

/// The range of the figures.
struct InvoiceStatsQuery: Record {
    var from: Timestamp?
    var to: Timestamp?

    init() {}

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("from", &from, "Issued on this day or later; all time by default.")
        try visitor.member("to", &to, "Issued before.")
    }
}
