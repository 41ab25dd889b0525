package import Fields
package import Runtime

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
