package import Fields
package import Runtime

/// What a change of plan would bill.
package struct ChangePreview: Record, Equatable {
    package var plan = PlanTerms()
    package var quantity: Int64 = 1
    package var effective = ChangeTime.now
    package var effectiveAt = Timestamp(milliseconds: 0)
    package var proration = Proration.none
    package var lines: [InvoiceLine] = []
    package var total = Money.zero(.none)
    package var creditApplied = Money.zero(.none)
    package var amountDue = Money.zero(.none)
    package var token = ""
    package var expiresAt = Timestamp(milliseconds: 0)

    package init() {}
    package static var schemaName: StaticString { "ChangePreview" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("plan", &plan)
        try visitor.member("quantity", &quantity)
        try visitor.member("effective", &effective)
        try visitor.member("effective_at", &effectiveAt)
        try visitor.member("proration", &proration)
        try visitor.member("lines", &lines, "Billed now, or with the next invoice.")
        var currency = total.currency
        try visitor.member("currency", &currency)
        try visitor.member("total", &total, "Of the lines; negative becomes credit.")
        try visitor.member("credit_applied", &creditApplied)
        try visitor.member("amount_due", &amountDue, "To be paid now for the change to take effect.")
        try visitor.member("preview_token", &token, "Makes the change bill exactly this, or refuse.")
        try visitor.member("expires_at", &expiresAt)
    }
}
