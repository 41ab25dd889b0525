package import Billing
import Runtime
package import Storage

/// Finding and retrying deliveries, inside a transaction or snapshot.
package struct Deliveries: Sendable {
    package let ledger: Ledger

    package init(_ ledger: Ledger) {
        self.ledger = ledger
    }

    /// The most rows one page looks at.
    private static let scanLimit = 10_000

    /// One page of an application's deliveries by time of creation.
    ///
    /// - Parameters:
    ///   - after: the `next` of the page before, for the same filter and order.
    ///   - limit: 1 to 100 rows.
    /// - Returns: the rows, and where the next page begins; nil after the last one.
    package func list(
        _ filter: DeliveryFilter, of application: ApplicationID, after: Key? = nil,
        order: ScanOrder = .descending, limit: Int, in snapshot: Snapshot
    ) -> (deliveries: [Delivery], next: Key?) {
        let index: Index<Delivery>
        let prefix: Key
        if let event = filter.event {
            (index, prefix) = (Delivery.byEvent, Key(event))
        } else if let endpoint = filter.endpoint {
            (index, prefix) = (Delivery.byEndpoint, Key(endpoint))
        } else if let status = filter.status {
            (index, prefix) = (Delivery.byStatus, Key(application, status.rawValue))
        } else {
            (index, prefix) = (Delivery.byApplication, Key(application))
        }
        var rows: [Delivery] = []
        var last: Key?
        var next: Key?
        var seen = 0
        snapshot.scan(index, prefix: prefix, after: after, order: order) { delivery, entry in
            if rows.count == limit || seen == Self.scanLimit {
                next = last
                return false
            }
            seen += 1
            last = entry
            if delivery.application == application, filter.matches(delivery) { rows.append(delivery) }
            return true
        }
        return (rows, next)
    }

    /// - Throws: `not_found`, also for another application's.
    package func find(
        _ id: DeliveryID, application: ApplicationID, in snapshot: Snapshot
    ) throws(Refusal) -> Delivery {
        guard let delivery = snapshot.get(Delivery.self, Key(id)), delivery.application == application else {
            throw .notFound("delivery")
        }
        return delivery
    }

    /// Sends a delivery now that failed, or waits for its next try.
    ///
    /// - Throws: `invalid_state` from any other status, and when the endpoint is disabled or was deleted.
    package func retry(
        _ id: DeliveryID, application: Application, by act: Act, in transaction: Transaction
    ) throws(Refusal) -> Delivery {
        var delivery = try find(id, application: application.id, in: transaction)
        guard delivery.status == .failed || delivery.status == .retrying else {
            throw Refusal(
                .invalidState,
                "The delivery is \(delivery.status.rawValue); only failed and retrying ones can be sent again.")
        }
        guard let endpoint = transaction.get(WebhookEndpoint.self, Key(delivery.endpoint)), endpoint.deletedAt == nil
        else { throw Refusal(.invalidState, "The webhook endpoint of this delivery was deleted.") }
        guard endpoint.state != .disabled else { throw WebhookEndpoints.disabled }
        delivery.status = .queued
        delivery.nextTryAt = transaction.now
        delivery.finishedAt = nil
        transaction.put(delivery)
        transaction.announceDeliveries(of: delivery.application)
        ledger.audit(
            "webhook_delivery.retry", on: id.description, application: application.id, by: act, in: transaction)
        return delivery
    }
}
