import Bytes
import Crypto
import Fields
import Runtime
package import Storage

/// Writes objects together with what every mutation owes: its events, their deliveries, and an audit entry, all in
/// the same transaction.
package struct Ledger: Sendable {
    package let vault: Vault
    package let links: Links

    package init(vault: Vault, links: Links) {
        self.vault = vault
        self.links = links
    }

    /// One event about to be written.
    struct Draft {
        var type: EventType
        var object: EventObject
        var objectID: String
        var objectSequence: Int64
        var data: [UInt8]
        var before: [UInt8] = []
        var customer = CustomerID.none
        /// The subscription whose audit trail the event belongs to.
        var subscription: SubscriptionID?
        /// Whether `data` and `before` are personal as a whole.
        var isPersonal = false
    }

    /// Writes an event with its deliveries.
    ///
    /// - Returns: its sequence within the application.
    @discardableResult
    func emit(
        _ draft: Draft, application: ApplicationID, mode: Mode, by act: Act, in transaction: Transaction
    ) -> Int64 {
        let event = write(draft, application: application, mode: mode, by: act, in: transaction)
        queueDeliveries(of: event, in: transaction)
        return event.sequence
    }

    /// Writes an event that is not sent to anybody yet.
    func write(
        _ draft: Draft, application: ApplicationID, mode: Mode, by act: Act, in transaction: Transaction
    ) -> Event {
        assert(transaction.isOnTime(of: application), "\(draft.type) is written at another time than its application's")
        var counters =
            transaction.get(Counters.self, Key().adding(application))
            ?? {
                var fresh = Counters()
                fresh.application = application
                return fresh
            }()
        counters.events += 1
        transaction.put(counters)
        var event = Event()
        event.id = EventID(in: transaction, purpose: "event")
        event.application = application
        event.sequence = counters.events
        event.type = draft.type
        event.createdAt = transaction.now
        event.mode = mode
        event.object = draft.object
        event.objectID = draft.objectID
        event.objectSequence = draft.objectSequence
        event.customer = draft.customer
        event.subscription = draft.subscription
        event.actor = act.actor
        event.reason = act.reason
        if draft.isPersonal {
            event.data = vault.sealPersonal(draft.data, of: draft.customer, in: transaction)
            if !draft.before.isEmpty {
                event.before = vault.sealPersonal(draft.before, of: draft.customer, in: transaction)
            }
        } else {
            event.data = Blob(draft.data)
            event.before = Blob(draft.before)
            if draft.customer != .none,
                let customer = transaction.get(Customer.self, Key().adding(draft.customer))
            {
                let summary = RecordCodec.encode(CustomerSummary(customer))
                event.personal = vault.sealPersonal(summary, of: draft.customer, in: transaction)
            }
        }
        transaction.put(event)
        return event
    }

    private func queueDeliveries(of event: Event, in transaction: Transaction) {
        var endpoints: [WebhookEndpoint] = []
        transaction.scan(
            WebhookEndpoint.byApplication, prefix: Key().adding(event.application), limit: WebhookEndpoint.limit
        ) { endpoint, _ in
            if endpoint.wants(event.type) { endpoints.append(endpoint) }
            return true
        }
        for endpoint in endpoints { queue(event, to: endpoint, in: transaction) }
    }

    /// Queues `event` for one endpoint: held while an earlier event of the same object is on its way there, or while
    /// the endpoint is disabled.
    @discardableResult
    package func queue(_ event: Event, to endpoint: WebhookEndpoint, in transaction: Transaction) -> Delivery {
        var delivery = Delivery()
        delivery.id = DeliveryID(in: transaction, purpose: "delivery")
        delivery.application = event.application
        delivery.endpoint = endpoint.id
        delivery.eventID = event.id
        delivery.eventSequence = event.sequence
        delivery.eventType = event.type
        delivery.objectID = event.objectID
        delivery.createdAt = transaction.now
        var mustWait = endpoint.state == .disabled
        // Deliveries of an object are first tried in order, so the newest open one tells about all.
        transaction.scan(
            Delivery.openByObject, prefix: Key(endpoint.id, event.objectID), order: .descending, limit: 1
        ) { newest, _ in
            if endpoint.ordering == .strict || newest.tries == 0 { mustWait = true }
            return false
        }
        delivery.status = mustWait ? .held : .queued
        delivery.nextTryAt = mustWait ? nil : transaction.now
        transaction.put(delivery)
        transaction.announceDeliveries(of: delivery.application)
        return delivery
    }

    /// Writes the audit entry of a mutation and extends the chain.
    package func audit(
        _ action: String, on objectID: String, application: ApplicationID, event: Int64 = 0, by act: Act,
        in transaction: Transaction
    ) {
        var head = transaction.get(AuditHead.self, AuditHead.key) ?? AuditHead()
        var entry = AuditEntry()
        entry.sequence = head.sequence + 1
        entry.at = transaction.now
        entry.application = application
        entry.actor = act.actor
        entry.source = act.source
        entry.requestID = act.requestID
        entry.action = action
        entry.objectID = objectID
        entry.reason = act.reason
        entry.event = event
        entry.previous = head.digest
        transaction.put(entry)
        head.sequence = entry.sequence
        head.digest = Blob(SHA256.hash(RecordCodec.encode(entry)))
        transaction.put(head)
        transaction.setDigest(head.digest.bytes)
    }
}
