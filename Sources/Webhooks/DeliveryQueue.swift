import Billing
import Fields
import Runtime
import Storage

/// The order of deliveries: which held one may go, and when.
///
/// Deliveries of one object to one endpoint are first tried in the order of their events. Relaxed endpoints hold a
/// delivery back only while an earlier one was never tried, strict ones while an earlier one is open.
enum DeliveryQueue {
    /// Open deliveries one transaction looks at; with their responses they stay well under its limit of bytes.
    static let batchCount = 50

    /// Releases the delivery behind `delivery`, whose try has just been recorded, if it waited for that.
    static func releaseNext(after delivery: Delivery, to endpoint: WebhookEndpoint, in transaction: Transaction) {
        var next: Delivery?
        transaction.scan(
            Delivery.openByObject, prefix: Key(endpoint.id, delivery.objectID),
            from: Key(endpoint.id, delivery.objectID, delivery.eventSequence + 1), limit: 1
        ) { found, _ in
            next = found
            return false
        }
        if let next, next.status == .held { release(next, to: endpoint, at: transaction.now, in: transaction) }
    }

    /// Queues a held delivery, unless the order or the endpoint's state forbids it.
    private static func release(
        _ held: Delivery, to endpoint: WebhookEndpoint, at time: Timestamp, in transaction: Transaction
    ) {
        guard endpoint.state != .disabled, !mustWait(held, endpoint.ordering, in: transaction) else { return }
        var released = held
        released.status = released.tries == 0 ? .queued : .retrying
        released.nextTryAt = time
        transaction.put(released)
        transaction.announceDeliveries(of: released.application)
    }

    private static func mustWait(
        _ delivery: Delivery, _ ordering: DeliveryOrdering, in transaction: Transaction
    ) -> Bool {
        var mustWait = false
        transaction.scan(
            Delivery.openByObject, prefix: Key(delivery.endpoint, delivery.objectID),
            upTo: Key(delivery.endpoint, delivery.objectID, delivery.eventSequence), order: .descending, limit: 1
        ) { earlier, _ in
            mustWait = ordering == .strict || earlier.tries == 0
            return false
        }
        return mustWait
    }

    /// Has every open delivery of the endpoint looked at again: the first ones now, the rest by the dispatcher. The
    /// caller writes `endpoint`.
    static func beginBacklog(of endpoint: inout WebhookEndpoint, in transaction: Transaction) {
        endpoint.backlogSince = transaction.now
        endpoint.backlogCursor = Blob()
        workBacklog(of: &endpoint, in: transaction)
    }

    /// Looks at the next open deliveries of an endpoint with a backlog. The caller writes `endpoint`, whose
    /// `backlogSince` is nil once all were looked at.
    static func workBacklog(of endpoint: inout WebhookEndpoint, in transaction: Transaction) {
        guard let since = endpoint.backlogSince else { return }
        var batch: [Delivery] = []
        var last: Key?
        transaction.scan(
            Delivery.openByObject, prefix: Key(endpoint.id),
            after: endpoint.backlogCursor.bytes.isEmpty ? nil : Key(bytes: endpoint.backlogCursor.bytes),
            limit: batchCount
        ) { delivery, entry in
            batch.append(delivery)
            last = entry
            return true
        }
        for delivery in batch {
            if endpoint.deletedAt != nil {
                // One that is being sent ends by itself.
                if delivery.status != .sending { fail(delivery, in: transaction) }
            } else if delivery.status == .held {
                release(delivery, to: endpoint, at: since, in: transaction)
            }
        }
        if batch.count < batchCount {
            endpoint.backlogSince = nil
            endpoint.backlogCursor = Blob()
        } else if let last {
            endpoint.backlogCursor = Blob(last.bytes)
            transaction.announceDeliveries(of: endpoint.application)
        }
    }

    /// Gives a delivery up.
    static func fail(_ delivery: Delivery, in transaction: Transaction) {
        var failed = delivery
        failed.status = .failed
        failed.nextTryAt = nil
        failed.finishedAt = transaction.now
        transaction.put(failed)
    }
}
