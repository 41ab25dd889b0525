package import Billing
package import Fields

/// What creates a webhook endpoint.
package struct WebhookEndpointInput: Record {
    package var url = ""
    /// Empty means all.
    package var events: [String] = []
    package var description: String?
    package var ordering: DeliveryOrdering?

    package init() {}
    package static var schemaName: StaticString { "WebhookEndpointInput" }

    static let url = FieldRule(length: 8...2048, format: .url, example: "https://shop.example/webhooks")
    static let events = FieldRule.length(1...100)

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("url", &url, Self.url, "Where events are posted; live applications need https.")
        try visitor.member("events", &events, Self.events, "Event types, or [\"*\"], the default, for all of them.")
        try visitor.member("description", &description, .length(0...500), "")
        try visitor.member(
            "ordering", &ordering,
            "Later events of an object wait for the first try of earlier ones (relaxed, the default) or their end (strict)."
        )
    }
}
