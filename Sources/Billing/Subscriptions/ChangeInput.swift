package import Fields

/// How a change of plan within a period is billed.
package enum Proration: String, Choice {
    /// The difference is billed now, and the plan switches once it is paid.
    case invoiceNow = "invoice_now"
    /// The plan switches now, and the difference is billed with the next invoice.
    case nextInvoice = "next_invoice"
    case none
}

/// What changes the plan or the quantity.
package struct ChangeInput: Record {
    package var plan: String?
    package var quantity: Int64?
    package var effective: ChangeTime?
    package var proration: Proration?
    package var previewToken: String?

    package init() {}
    package static var schemaName: StaticString { "ChangePlanInput" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("plan_id", &plan, .length(1...64), "The current one by default.")
        try visitor.member("quantity", &quantity, .within(1...Subscription.quantityLimit), "The current by default.")
        try visitor.member("effective", &effective, "now by default.")
        try visitor.member(
            "proration", &proration, "invoice_now when the change costs money, else next_invoice, by default.")
        try visitor.member(
            "preview_token", &previewToken, .length(1...200), "Bills exactly what that preview showed, or refuses.")
    }
}
