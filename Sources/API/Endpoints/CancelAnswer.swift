import Billing
import Fields
import Storage

/// The content of an answer to a cancellation: the subscription, what was still billed, and what was given back.
struct CancelAnswer: Record {
    var subscription = Subscription()
    var invoice: Invoice?
    var creditNotes: [CreditNote] = []
    var refunds: [Refund] = []

    init() {}

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("subscription", &subscription)
        try visitor.member("invoice", &invoice, "What was still to be billed; null when nothing was.")
        try visitor.member("credit_notes", &creditNotes, "What gave unused time back.")
        try visitor.member("refunds", &refunds, "What of it went back to where it came from.")
    }

    /// The answer as everything stands now.
    ///
    /// - Throws: `not_found`.
    init(_ outcome: CancelOutcome, _ context: RequestContext, in snapshot: Snapshot) throws(Refusal) {
        let billed = outcome.invoice?.id
        let answer = try SubscriptionAnswer(outcome.subscription.id, billed: billed, context, in: snapshot)
        (subscription, invoice) = (answer.subscription, answer.invoice)
        creditNotes = outcome.creditNotes
        refunds = outcome.refunds.compactMap { request in
            snapshot.get(Payment.self, Key(request.payment))?.refunds.first { $0.id == request.refund }
        }
    }

    /// The same for a request that was interrupted: what was made when the subscription ended was made by it.
    ///
    /// - Throws: `not_found`, also for another application's.
    init(recovering id: SubscriptionID, _ context: RequestContext, in snapshot: Snapshot) throws(Refusal) {
        subscription = try SubscriptionAnswer(id, billed: nil, context, in: snapshot).subscription
        guard let end = subscription.endedAt else { return }
        var billed: Invoice?
        var notes: [CreditNote] = []
        var payments: [PaymentHash] = []
        snapshot.scan(Invoice.bySubscription, prefix: Key(id), order: .descending, limit: Self.invoiceLimit) {
            invoice, _ in
            if invoice.createdAt == end, invoice.billingReason == .subscriptionUpdate { billed = invoice }
            let made = Invoices.notes(of: invoice.id, in: snapshot).filter { $0.createdAt == end }
            if !made.isEmpty { payments += invoice.payments }
            notes += made
            return true
        }
        invoice = billed.map { Invoices(context.ledger).dressed($0, in: snapshot) }
        creditNotes = notes
        refunds = payments.flatMap { hash in
            (snapshot.get(Payment.self, Key(hash))?.refunds ?? []).filter { !$0.isAutomatic && $0.createdAt == end }
        }
    }

    /// Invoices among which those are looked for that gave something back.
    private static let invoiceLimit = 200
}
