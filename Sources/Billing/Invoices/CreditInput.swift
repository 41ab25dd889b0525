package import Fields

/// A line of an invoice that is credited.
package struct CreditLineInput: Record {
    package var line: Int64 = 0
    package var amount: DecimalAmount?

    package init() {}
    package static var schemaName: StaticString { "CreditLineInput" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("line", &line, .within(0...10_000), "Its place among the invoice's lines, from 0.")
        try visitor.member("amount", &amount, "What is left of the line by default.")
    }
}

/// What credits an invoice.
package struct CreditInput: Record {
    package var lines: [CreditLineInput] = []
    package var destination: CreditDestination?
    package var reason: String?

    package init() {}
    package static var schemaName: StaticString { "CreditInput" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("lines", &lines, .length(0...200), "The whole invoice by default.")
        try visitor.member("destination", &destination, "balance by default.")
        try visitor.member("reason", &reason, .length(0...500), "")
    }
}
