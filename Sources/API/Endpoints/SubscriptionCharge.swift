import Billing
import Fields
import Gateways
import Runtime
import Storage

/// Requests that bill a subscription and charge its saved method before they answer.
///
/// The charge begins in the transaction that bills: the invoice is never due for anybody else, so it cannot be charged
/// twice. The call leaves once that is durable; after a crash the due work of the payment brings it to its end.
enum SubscriptionCharge {
    /// Does `work` as the request's first transaction, and charges the invoice it answers where that is due now.
    ///
    /// - Returns: What everything came to: a charge whose outcome is not known yet leaves the invoice `processing`.
    static func perform(
        _ context: RequestContext,
        _ work: @escaping @Sendable (Transaction) throws -> (subscription: SubscriptionID, invoice: InvoiceID?)
    ) async throws -> SubscriptionAnswer {
        let (engine, application, act) = (context.services.engine, context.application.id, context.act)
        let begun = try await context.transact { transaction -> Begun in
            let (subscription, invoice) = try work(transaction)
            context.bind(invoice?.description ?? subscription.description, in: transaction)
            let collection = try invoice.flatMap {
                try engine.beginDue($0, application: application, by: act, in: transaction)
            }
            return Begun(subscription: subscription, invoice: invoice, collection: collection)
        }
        if let collection = begun.collection {
            do {
                _ = try await engine.goOn(collection, by: act)
            } catch let refusal as Refusal {
                // The charge is durable, and somebody else has told how it ended, or will.
                context.doors.log.write(
                    .info, "charge_settled_elsewhere",
                    [("request_id", context.requestID), ("code", refusal.code.rawValue)])
            }
        }
        return try await context.store.read { snapshot in
            try SubscriptionAnswer(begun.subscription, billed: begun.invoice, context, in: snapshot)
        }
    }

    private struct Begun: Sendable {
        let subscription: SubscriptionID
        let invoice: InvoiceID?
        let collection: PaymentEngine.BegunCollection?
    }

    /// `payment_declined` where the charge of a change took nothing, and so the change was given up.
    static func unlessDeclined(_ answer: SubscriptionAnswer) throws(Refusal) -> SubscriptionAnswer {
        guard answer.invoice?.status == .void, let failure = answer.failure else { return answer }
        throw .declined(failure)
    }

    /// The request is bound to the invoice it made, else to the subscription.
    @Sendable static func recover(
        _ context: RequestContext, _ raw: RawCall, _ record: IdempotencyRecord, _ snapshot: Snapshot
    ) throws -> SubscriptionAnswer {
        if let id = InvoiceID(record.objectID),
            let subscription = snapshot.get(Invoice.self, Key(id))?.subscription
        {
            return try SubscriptionAnswer(subscription, billed: id, context, in: snapshot)
        }
        guard let id = SubscriptionID(record.objectID) else { throw Refusal.notFound("subscription") }
        return try SubscriptionAnswer(id, billed: nil, context, in: snapshot)
    }

    @Sendable static func recoverChange(
        _ context: RequestContext, _ raw: RawCall, _ record: IdempotencyRecord, _ snapshot: Snapshot
    ) throws -> SubscriptionAnswer {
        try unlessDeclined(try recover(context, raw, record, snapshot))
    }
}
