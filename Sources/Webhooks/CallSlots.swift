import Billing

/// Which calls are going on: at most so many in all, and for one endpoint.
struct CallSlots: Sendable {
    static let limit = 64
    static let limitPerEndpoint = 4

    /// Deliveries whose call or record is not finished.
    private var deliveries: Set<DeliveryID> = []
    private var counts: [WebhookEndpointID: Int] = [:]
    private var count = 0
    /// Deals calls to the loops in turn.
    private var turn = 0

    /// Takes a slot for a delivery unless it has one or there is none left.
    mutating func take(_ delivery: DeliveryID, _ endpoint: WebhookEndpointID) -> Bool {
        let used = counts[endpoint] ?? 0
        guard count < Self.limit, used < Self.limitPerEndpoint, deliveries.insert(delivery).inserted else {
            return false
        }
        count += 1
        counts[endpoint] = used + 1
        return true
    }

    /// The call ended; its slot is free before the record of it wakes others.
    mutating func free(_ endpoint: WebhookEndpointID) {
        count -= 1
        let used = counts[endpoint] ?? 1
        counts[endpoint] = used > 1 ? used - 1 : nil
    }

    /// Everything about the delivery is done.
    mutating func finish(_ delivery: DeliveryID) {
        deliveries.remove(delivery)
    }

    mutating func nextLoop() -> Int {
        turn &+= 1
        return turn & 0xffff
    }
}
