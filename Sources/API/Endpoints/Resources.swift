import Billing
import Fields

extension Payment: Resource {
    static var resourceName: StaticString { "payment" }
    static var listName: StaticString { "payments" }
}

extension Refund: Resource {
    static var resourceName: StaticString { "refund" }
    static var listName: StaticString { "refunds" }
}

extension Customer: Resource {
    static var resourceName: StaticString { "customer" }
    static var listName: StaticString { "customers" }
}

extension PaymentMethod: Resource {
    static var resourceName: StaticString { "payment_method" }
    static var listName: StaticString { "payment_methods" }
}

extension GatewayEvent: Resource {
    static var resourceName: StaticString { "gateway_event" }
    static var listName: StaticString { "gateway_events" }
}

extension WebhookEndpoint: Resource {
    static var resourceName: StaticString { "webhook_endpoint" }
    static var listName: StaticString { "webhook_endpoints" }
}

extension Delivery: Resource {
    static var resourceName: StaticString { "delivery" }
    static var listName: StaticString { "deliveries" }
}
