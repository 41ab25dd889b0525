import Billing
import Fields
import Storage

/// The content of the answer to a bill that was made and charged: the invoice as it stands after that.
struct InvoiceAnswer: Record {
    var invoice = Invoice()
    var failure: Failure?

    init() {}

    init(_ answer: SubscriptionAnswer) {
        invoice = answer.invoice ?? invoice
        failure = answer.failure
    }

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("invoice", &invoice)
        try visitor.member("payment_failure", &failure, "Why its charge took nothing; null otherwise.")
    }
}

/// The content of the answer to a payment of an invoice: the invoice as it stands, and the payment that was made.
struct InvoicePaymentAnswer: Record {
    var invoice = Invoice()
    var payment: Payment?

    init() {}

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("invoice", &invoice)
        try visitor.member("payment", &payment, "Null for money received outside.")
    }
}

/// The content of the answer to a credit: the note, and what of it goes back to where it came from.
struct CreditAnswer: Record {
    var note = CreditNote()
    var refunds: [Refund] = []

    init() {}

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("credit_note", &note)
        try visitor.member("refunds", &refunds, "As they stand; one that is pending goes on by itself.")
    }

    /// The note with its refunds as they now stand.
    ///
    /// - Throws: `not_found`, also for another application's note.
    init(_ id: CreditNoteID, of application: ApplicationID, in snapshot: Snapshot) throws(Refusal) {
        guard let found = snapshot.get(CreditNote.self, Key(id)), found.application == application else {
            throw .notFound("credit note")
        }
        note = found
        guard !found.refunds.isEmpty, let invoice = snapshot.get(Invoice.self, Key(found.invoice)) else { return }
        for hash in invoice.payments {
            guard let payment = snapshot.get(Payment.self, Key(hash)) else { continue }
            refunds += payment.refunds.filter { found.refunds.contains($0.id) }
        }
    }
}

/// Why something is done, for the audit trail.
struct ReasonInput: Record {
    var reason: String?

    init() {}
    static var schemaName: StaticString { "ReasonInput" }

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("reason", &reason, .length(1...500, example: "Billed in error"), "For the audit trail.")
    }
}
