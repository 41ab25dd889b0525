package import Billing
package import Fields

/// What changes a webhook endpoint: a member left out stays, null clears or restores the default.
package struct WebhookEndpointPatch: Record {
    package var url = Patch<String>.keep
    package var events = Patch<[String]>.keep
    package var description = Patch<String>.keep
    package var ordering = Patch<DeliveryOrdering>.keep

    package init() {}
    package static var schemaName: StaticString { "WebhookEndpointPatch" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("url", &url, WebhookEndpointInput.url, "")
        try visitor.member("events", &events, WebhookEndpointInput.events, "Replaces the list.")
        try visitor.member("description", &description, .length(0...500), "")
        try visitor.member("ordering", &ordering)
    }
}
