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

/// One line to be billed.
package struct ItemInput: Record {
    package var description = ""
    package var quantity: Int64?
    package var unitPrice = DecimalAmount.none

    package init() {}
    package static var schemaName: StaticString { "InvoiceItemInput" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("description", &description, .length(1...200, example: "Extra seats"), "")
        try visitor.member("quantity", &quantity, .within(1...1_000_000), "1 by default.")
        try visitor.member("unit_price", &unitPrice, "In major units of the subscription's currency.")
    }
}

/// What bills a subscription now.
package struct GenerateInput: Record {
    package var lines: [ItemInput] = []
    package var description: String?
    package var dueDate: Timestamp?
    package var daysUntilDue: Int64?

    package init() {}
    package static var schemaName: StaticString { "GenerateInput" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("lines", &lines, .length(0...100), "Billed together with the items that wait.")
        try visitor.member("description", &description, .length(0...500), "")
        try visitor.member("due_date", &dueDate, "The invoice is sent, not charged.")
        try visitor.member("days_until_due", &daysUntilDue, .within(0...365), "Instead of due_date.")
    }
}

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
