import Billing
import Fields
import Storage

/// The content of an answer that may have billed and charged at once: the subscription as it stands after that, and
/// beside it what became of the money.
struct SubscriptionAnswer: Record {
    var subscription = Subscription()
    var invoice: Invoice?
    var failure: Failure?

    init() {}

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("subscription", &subscription)
        try visitor.member("invoice", &invoice, "What was billed now; null when nothing was.")
        try visitor.member("payment_failure", &failure, "Why its charge took nothing; null otherwise.")
    }

    /// The answer as everything stands now.
    ///
    /// - Parameter invoice: What the request billed.
    /// - Throws: `not_found`, also for another application's.
    init(
        _ id: SubscriptionID, billed invoice: InvoiceID?, _ context: RequestContext, in snapshot: Snapshot
    ) throws(Refusal) {
        let subscriptions = Subscriptions(context.ledger)
        let found = try subscriptions.find(id, application: context.application.id, in: snapshot)
        subscription = subscriptions.dressed(found, in: snapshot)
        guard let invoice, let billed = snapshot.get(Invoice.self, Key(invoice)) else { return }
        self.invoice = Invoices(context.ledger).dressed(billed, in: snapshot)
        guard billed.status == .open || billed.status == .void,
            let payment = billed.payments.last.flatMap({ snapshot.get(Payment.self, Key($0)) }),
            payment.status == .failed
        else { return }
        failure = payment.attempts.last?.failure
    }
}
