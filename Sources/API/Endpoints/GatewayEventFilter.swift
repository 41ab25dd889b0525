import Billing
import Fields
import Storage

/// The filters of `GET /gateway-events`.
struct GatewayEventFilter: Record {
    var gateway: String?
    var status: GatewayEventStatus?
    var payment: PaymentHash?

    init() {}

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("gateway", &gateway, .identifier, "")
        try visitor.member("status", &status)
        try visitor.member("payment", &payment)
    }

    func plan(_ application: ApplicationID) -> ListPlan<GatewayEvent, GatewayEvent> {
        let wanted = self
        var filter: (@Sendable (GatewayEvent) -> Bool)?
        if gateway != nil || status != nil || payment != nil {
            filter = { event in
                (wanted.gateway == nil || event.gateway == wanted.gateway)
                    && (wanted.status == nil || event.status == wanted.status)
                    && (wanted.payment == nil || event.payment == wanted.payment)
            }
        }
        return ListPlan(
            GatewayEvent.byApplication, prefix: Key(application), filter: filter, show: { event, _ in event })
    }
}
