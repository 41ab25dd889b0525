package import Billing

/// Which deliveries a list shows; parts that are nil do not matter.
package struct DeliveryFilter: Sendable {
    package var endpoint: WebhookEndpointID?
    package var event: EventID?
    package var status: DeliveryStatus?

    package init(endpoint: WebhookEndpointID? = nil, event: EventID? = nil, status: DeliveryStatus? = nil) {
        self.endpoint = endpoint
        self.event = event
        self.status = status
    }

    func matches(_ delivery: Delivery) -> Bool {
        (endpoint == nil || delivery.endpoint == endpoint) && (event == nil || delivery.eventID == event)
            && (status == nil || delivery.status == status)
    }
}
