import Billing
import Fields
import Gateways
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
    ]
}
