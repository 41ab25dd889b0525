import Billing
import Fields
import Gateways
import HTTP
import Storage

/// Gateways, row 16 of the contract, and the notices they sent.
enum GatewayEndpoints {
    static let all: [Endpoint] = [
        .read("/gateways", "listGateways", Declaration(tags: [.essentials, .gateways], summary: "List the gateways")) {
            context, _, snapshot in
            let application = context.application.id
            return Everything(
                Payments.gateways(of: application, in: snapshot).filter(\.isEnabled).map {
                    GatewayView($0, health: context.services.engine.health(application, $0.gateway))
                })
        },
        .list(
            "/gateway-events", "listGatewayEvents",
            Declaration(tags: [.gateways], summary: "List the notices gateways sent"), filter: GatewayEventFilter.self
        ) { context, call, _ in call.query.filter.plan(context.application.id) },
        .read(
            "/gateway-events/{id}", "getGatewayEvent",
            Declaration(
                tags: [.gateways], summary: "Get a notice", parameters: [.identifier(GatewayEventKind.self)])
        ) { context, call, snapshot in
            One(try find(context, try call.identifier(GatewayEventKind.self), snapshot))
        },
        .perform(
            .post, "/gateway-events/{id}/replay", "replayGatewayEvent",
            Declaration(
                tags: [.gateways], summary: "Act once more on a notice",
                parameters: [.identifier(GatewayEventKind.self)]),
            input: NoInput.self,
            recover: { context, raw, _, snapshot in
                One(try find(context, try raw.identifier(GatewayEventKind.self), snapshot))
            }
        ) { context, call in
            One(
                try await context.services.notices.replay(
                    try call.identifier(GatewayEventKind.self), application: context.application.id, by: context.act,
                    first: context.gate))
        },
        .open(
            .post, "/webhooks/{gateway}/{application}", "receiveNotice",
            Declaration(
                tags: [.gateways, .server], summary: "A gateway's notice",
                about: "Checked by the gateway's own signature, stored, answered, then acted on once.",
                parameters: [.text("The gateway's name."), .identifier(ApplicationKind.self)],
                errors: [.invalidParameter, .payloadTooLarge, .notFound, .unavailable]),
            query: NoInput.self
        ) { services, request, raw in
            guard let application = ApplicationID(raw.parameters[1]) else { throw Refusal.notFound("gateway") }
            let answer = await services.notices.receive(
                gateway: raw.parameters[0], application: application, request: request)
            switch answer.status {
            case 200: return Response(status: 200, body: Array(#"{"success":true}"#.utf8))
            case 404: throw Refusal(.notFound, answer.message)
            case 413: throw Refusal(.payloadTooLarge, answer.message)
            case 503: throw Refusal(.unavailable, answer.message, retryAfterSeconds: 5)
            default: throw Refusal(.invalidParameter, answer.message)
            }
        },
    ]

    private static func find(
        _ context: RequestContext, _ id: GatewayEventID, _ snapshot: Snapshot
    ) throws(Refusal) -> GatewayEvent {
        guard let event = snapshot.get(GatewayEvent.self, Key(id)), event.application == context.application.id else {
            throw .notFound("gateway event")
        }
        return event
    }
}
