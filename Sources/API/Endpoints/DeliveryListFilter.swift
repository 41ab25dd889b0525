import Billing
import Fields
import Runtime
import Storage

/// The filters of `GET /webhook-deliveries`.
struct DeliveryListFilter: Record {
    var endpoint: WebhookEndpointID?
    var event: EventID?
    var status: DeliveryStatus?
    var createdFrom: Timestamp?
    var createdTo: Timestamp?

    init() {}

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("webhook_endpoint_id", &endpoint)
        try visitor.member("event_id", &event)
        try visitor.member("status", &status)
        try visitor.member("created_from", &createdFrom, "At or after.")
        try visitor.member("created_to", &createdTo, "At or before.")
    }

    /// The walk of one application's deliveries: the narrowest index, the rest as a filter.
    func plan(_ application: ApplicationID) -> ListPlan<Delivery, Delivery> {
        let index: Index<Delivery>
        let prefix: Key
        if let event {
            (index, prefix) = (Delivery.byEvent, Key(event))
        } else if let endpoint {
            (index, prefix) = (Delivery.byEndpoint, Key(endpoint))
        } else if let status {
            (index, prefix) = (Delivery.byStatus, Key(application).adding(status.rawValue))
        } else {
            (index, prefix) = (Delivery.byApplication, Key(application))
        }
        var plan = ListPlan<Delivery, Delivery>(index, prefix: prefix, show: { delivery, _ in delivery })
        plan.bound(createdFrom: createdFrom, createdTo: createdTo)
        let wanted = self
        if event != nil || endpoint != nil {
            plan.filter = { delivery in
                delivery.application == application
                    && (wanted.endpoint == nil || delivery.endpoint == wanted.endpoint)
                    && (wanted.status == nil || delivery.status == wanted.status)
            }
        }
        return plan
    }
}
