/// Every endpoint. Routing, checks, the OpenAPI document and the docs page derive from this list.
enum Endpoints {
    static let all: [Endpoint] = [
        PaymentEndpoints.all,
        CustomerEndpoints.all,
        GatewayEndpoints.all,
        PlanEndpoints.all,
        SubscriptionEndpoints.all,
        WebhookRoutes.all,
        EventEndpoints.all,
        InvoiceEndpoints.all,
        SubscriptionEventEndpoints.all,
        AnalyticsEndpoints.all,
        TestModeEndpoints.all,
        RootEndpoints.all,
    ].flatMap { $0 }
}
