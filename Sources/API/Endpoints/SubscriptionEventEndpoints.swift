import Billing
import Fields
import Storage

/// The audit trail of subscriptions: rows 45 and 46 of the contract.
enum SubscriptionEventEndpoints {
    private static let tags: [EndpointTag] = [.subscriptions, .events]

    static let all: [Endpoint] = [
        .list(
            "/subscription-events", "listSubscriptionEvents",
            Declaration(
                tags: tags, summary: "List what happened to subscriptions",
                about:
                    "What changed, from what to what, by whom and why: of subscriptions, their invoices and credit notes."
            ), filter: SubscriptionEventFilter.self
        ) { context, call, snapshot in
            call.query.filter.plan(context.application.id, context.ledger, snapshot)
        },
        .read(
            "/subscription-events/{id}", "getSubscriptionEvent",
            Declaration(
                tags: tags, summary: "Get one line of the audit trail",
                parameters: [.identifier(EventKind.self)])
        ) { context, call, snapshot in
            let id = try call.identifier(EventKind.self)
            guard let event = snapshot.first(Event.byID, Key(id)), event.application == context.application.id,
                event.trailSubscription != nil
            else { throw Refusal.notFound("event") }
            return One(SubscriptionEventView(event, context.ledger, in: snapshot))
        },
    ]
}
