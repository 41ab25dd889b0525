import Billing
import Fields
import HTTP
import Storage
import Webhooks

/// Where events are delivered, and every delivery: the outbound half of group D.
enum WebhookRoutes {
    private static let tags: [EndpointTag] = [.webhooks]
    private static let id: [PathParameter] = [.identifier(WebhookEndpointKind.self)]
    private static let deliveryID: [PathParameter] = [.identifier(DeliveryKind.self)]

    static let all: [Endpoint] = endpoints + deliveries

    private static let endpoints: [Endpoint] = [
        .change(
            .post, "/webhook-endpoints", "createWebhookEndpoint",
            Declaration(
                tags: tags, summary: "Add a webhook endpoint", about: "Its secret is answered here only.",
                errors: [.invalidState], example: #"{"url":"https://shop.example/webhooks","events":["*"]}"#),
            status: 201, input: WebhookEndpointInput.self
        ) { context, call, transaction in
            One(
                try WebhookEndpoints(context.ledger).create(
                    call.input, application: context.application, by: context.act, in: transaction))
        },
        .read("/webhook-endpoints", "listWebhookEndpoints", Declaration(tags: tags, summary: "List webhook endpoints"))
        {
            context, _, snapshot in
            Everything(WebhookEndpoints(context.ledger).list(of: context.application.id, in: snapshot))
        },
        .read(
            "/webhook-endpoints/{id}", "getWebhookEndpoint",
            Declaration(tags: tags, summary: "Get a webhook endpoint", parameters: id)
        ) { context, call, snapshot in
            One(
                try WebhookEndpoints(context.ledger).find(
                    try call.identifier(WebhookEndpointKind.self), application: context.application.id, in: snapshot))
        },
        .change(
            .patch, "/webhook-endpoints/{id}", "updateWebhookEndpoint",
            Declaration(
                tags: tags, summary: "Change a webhook endpoint", parameters: id,
                example: #"{"events":["payment.completed"]}"#), input: WebhookEndpointPatch.self
        ) { context, call, transaction in
            One(
                try WebhookEndpoints(context.ledger).update(
                    try call.identifier(WebhookEndpointKind.self), call.input, application: context.application,
                    by: context.act, in: transaction))
        },
        .change(
            .delete, "/webhook-endpoints/{id}", "deleteWebhookEndpoint",
            Declaration(
                tags: tags, summary: "Remove a webhook endpoint", about: "What was still to be sent is given up.",
                parameters: id), input: NoInput.self
        ) { context, call, transaction in
            One(
                try WebhookEndpoints(context.ledger).delete(
                    try call.identifier(WebhookEndpointKind.self), application: context.application, by: context.act,
                    in: transaction))
        },
        .change(
            .post, "/webhook-endpoints/{id}/rotate-secret", "rotateWebhookSecret",
            Declaration(
                tags: tags, summary: "Make a new secret", about: "The old one goes on signing for 24 hours beside it.",
                parameters: id), input: NoInput.self
        ) { context, call, transaction in
            One(
                try WebhookEndpoints(context.ledger).rotateSecret(
                    try call.identifier(WebhookEndpointKind.self), application: context.application, by: context.act,
                    in: transaction))
        },
        .change(
            .post, "/webhook-endpoints/{id}/test", "testWebhookEndpoint",
            Declaration(
                tags: tags, summary: "Send a test event", about: "To this endpoint alone; answers its delivery.",
                parameters: id, errors: [.invalidState]), input: NoInput.self
        ) { context, call, transaction in
            One(
                try WebhookEndpoints(context.ledger).test(
                    try call.identifier(WebhookEndpointKind.self), application: context.application, by: context.act,
                    in: transaction))
        },
        .change(
            .post, "/webhook-endpoints/{id}/enable", "enableWebhookEndpoint",
            Declaration(
                tags: tags, summary: "Send to a disabled endpoint again",
                about: "What was held for it is sent, in order, each once.", parameters: id), input: NoInput.self
        ) { context, call, transaction in
            One(
                try WebhookEndpoints(context.ledger).enable(
                    try call.identifier(WebhookEndpointKind.self), application: context.application, by: context.act,
                    in: transaction))
        },
        .read(
            "/webhook-endpoints/{id}/health", "getWebhookHealth",
            Declaration(tags: tags, summary: "How the newest deliveries went", parameters: id)
        ) { context, call, snapshot in
            One(
                try WebhookEndpoints(context.ledger).health(
                    of: try call.identifier(WebhookEndpointKind.self), application: context.application.id,
                    in: snapshot))
        },
    ]

    private static let deliveries: [Endpoint] = [
        .list(
            "/webhook-deliveries", "listDeliveries", Declaration(tags: tags, summary: "List deliveries"),
            filter: DeliveryListFilter.self
        ) { context, call, _ in call.query.filter.plan(context.application.id) },
        .read(
            "/webhook-deliveries/{id}", "getDelivery",
            Declaration(tags: tags, summary: "Get a delivery with its tries", parameters: deliveryID)
        ) { context, call, snapshot in
            One(
                try Deliveries(context.ledger).find(
                    try call.identifier(DeliveryKind.self), application: context.application.id, in: snapshot))
        },
        .change(
            .post, "/webhook-deliveries/{id}/retry", "retryDelivery",
            Declaration(
                tags: tags, summary: "Send a delivery again now", parameters: deliveryID, errors: [.invalidState]),
            input: NoInput.self
        ) { context, call, transaction in
            One(
                try Deliveries(context.ledger).retry(
                    try call.identifier(DeliveryKind.self), application: context.application, by: context.act,
                    in: transaction))
        },
    ]
}
