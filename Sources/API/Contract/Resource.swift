import Billing
import Fields
import Webhooks

/// A kind of object the API answers, under its name in snake case.
protocol Resource: FieldValue {
    /// The empty value that stands in while an answer is described.
    init()
    /// Such as `payment`.
    static var resourceName: StaticString { get }
    /// Such as `payments`.
    static var listName: StaticString { get }
}

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

extension EndpointHealth: Resource {
    static var resourceName: StaticString { "health" }
    static var listName: StaticString { "health" }
}

extension Plan: Resource {
    static var resourceName: StaticString { "plan" }
    static var listName: StaticString { "plans" }
}

extension Subscription: Resource {
    static var resourceName: StaticString { "subscription" }
    static var listName: StaticString { "subscriptions" }
}

extension Invoice: Resource {
    static var resourceName: StaticString { "invoice" }
    static var listName: StaticString { "invoices" }
}

extension CreditNote: Resource {
    static var resourceName: StaticString { "credit_note" }
    static var listName: StaticString { "credit_notes" }
}

extension ChangePreview: Resource {
    static var resourceName: StaticString { "preview" }
    static var listName: StaticString { "previews" }
}
