import Billing
import Fields
import Storage

/// The events of an application, as webhooks deliver them.
enum EventEndpoints {
    static let all: [Endpoint] = [
        .list("/events", "listEvents", Declaration(tags: [.events], summary: "List events"), filter: EventFilter.self) {
            context, call, _ in
            call.query.filter.plan(context.application.id, context.ledger)
        },
        .read(
            "/events/{id}", "getEvent",
            Declaration(tags: [.events], summary: "Get an event", parameters: [.identifier(EventKind.self)])
        ) { context, call, snapshot in
            let id = try call.identifier(EventKind.self)
            guard let event = snapshot.first(Event.byID, Key(id)), event.application == context.application.id else {
                throw Refusal.notFound("event")
            }
            return One(EventView(event, context.ledger, in: snapshot))
        },
    ]
}
