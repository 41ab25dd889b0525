/// A group of operations in the OpenAPI document. The first three are views: `/openapi.json?view=…` serves just these.
enum EndpointTag: String, Sendable, CaseIterable {
    case essentials = "Essentials"
    case subscriptions = "Subscriptions"
    case core = "Core"
    case payments = "Payments"
    case customers = "Customers"
    case gateways = "Gateways"
    case webhooks = "Webhooks"
    case events = "Events"
    case plans = "Plans"
    case invoices = "Invoices"
    case analytics = "Analytics"
    case testMode = "Test mode"
    case server = "Server"

    /// The view with this name in a query, such as `essentials`.
    init?(view: String) {
        guard
            let tag = [EndpointTag.essentials, .subscriptions, .core].first(where: { $0.rawValue.lowercased() == view })
        else { return nil }
        self = tag
    }

    var about: StaticString {
        switch self {
        case .essentials: "What most shops need: payments, customers, subscriptions."
        case .subscriptions: "Everything about plans, subscriptions and their invoices."
        case .core: "The requests of the Integration Kit."
        case .payments: "Payment sessions, their attempts and refunds."
        case .customers: "Customers, their saved methods and their portal."
        case .gateways: "Configured gateways and the notices they sent."
        case .webhooks: "Where events are delivered, and every delivery."
        case .events: "What happened, as it was delivered."
        case .plans: "What can be subscribed to."
        case .invoices: "What subscriptions bill, and how it is paid."
        case .analytics: "Recurring revenue and its movements, from running totals."
        case .testMode: "Test applications only: their clock and their data."
        case .server: "Without a key: health, metrics, this document, and the gateways' own notices."
        }
    }
}
