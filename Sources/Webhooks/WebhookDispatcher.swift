package import Billing
package import HTTP
package import Runtime
package import Storage

/// Sends events to webhook endpoints: each delivery is claimed durably, sent, and its outcome recorded, so that after
/// a crash anywhere it is sent again rather than lost.
package final class WebhookDispatcher: DueSource {
    let store: Store
    let ledger: Ledger
    let doors: Doors
    let client: Client
    let slots = Guarded(CallSlots())

    /// - Parameters:
    ///   - policy: which addresses may be connected to.
    ///   - transport: encrypts calls to `https` URLs.
    package init(
        store: Store, ledger: Ledger, doors: Doors, policy: OutboundPolicy = OutboundPolicy(),
        transport: (any SecureTransport)? = nil
    ) {
        self.store = store
        self.ledger = ledger
        self.doors = doors
        var limits = ClientLimits()
        limits.bodyByteCount = DeliveryAttempt.responseByteCount
        // Each try connects anew, to an address that is judged anew.
        limits.idlePerOrigin = 0
        client = Client(doors: doors, limits: limits, policy: policy.addressPolicy, transport: transport)
    }

    package var kind: StaticString { "deliveries" }

    /// Endpoints with something due that one look goes through.
    private static let endpointLimit = 100

    package func nextDue(of application: ApplicationID, in snapshot: Snapshot) -> Timestamp? {
        var next = snapshot.first(WebhookEndpoint.byBacklog, Key(application))?.backlogSince
        for first in firsts(of: application, in: snapshot) {
            if let time = first.nextTryAt { next = next.map { min($0, time) } ?? time }
        }
        return next
    }

    /// The soonest delivery of each endpoint.
    private func firsts(of application: ApplicationID, in snapshot: Snapshot) -> [Delivery] {
        var firsts: [Delivery] = []
        var from: Key?
        while firsts.count < Self.endpointLimit {
            var found: Delivery?
            snapshot.scan(Delivery.byDue, prefix: Key(application), from: from, limit: 1) { delivery, _ in
                found = delivery
                return false
            }
            guard let found else { break }
            firsts.append(found)
            guard let end = Key(application, found.endpoint).prefixEnd else { break }
            from = end
        }
        return firsts
    }

    /// The deliveries that are due, in order of time and event, a few for each endpoint.
    private func due(of application: ApplicationID, now: Timestamp, in snapshot: Snapshot) -> [Delivery] {
        var due: [Delivery] = []
        for first in firsts(of: application, in: snapshot) {
            snapshot.scan(
                Delivery.byDue, prefix: Key(application, first.endpoint), limit: 2 * CallSlots.limitPerEndpoint
            ) { delivery, _ in
                guard let time = delivery.nextTryAt, time <= now else { return false }
                due.append(delivery)
                return true
            }
        }
        return due.sorted { one, other in
            (one.nextTryAt ?? now, one.eventSequence, one.id) < (other.nextTryAt ?? now, other.eventSequence, other.id)
        }
    }

    package func runDue(of application: ApplicationID, now: Timestamp, waits: Bool) async -> Int {
        var begun = 0
        do {
            begun += try await workBacklog(of: application, now: now)
            let due = try await store.read { self.due(of: application, now: now, in: $0) }
            // Awaited calls go one at a time: what one of them releases may come before the next.
            let chosen = slots.withLock { slots -> [Delivery] in
                var chosen: [Delivery] = []
                for delivery in due where !(waits && chosen.count == 1) {
                    if slots.take(delivery.id, delivery.endpoint) { chosen.append(delivery) }
                }
                return chosen
            }
            if !chosen.isEmpty {
                let claims = try await claim(chosen, now: now)
                begun += chosen.count
                for claim in claims {
                    if waits {
                        await perform(claim)
                    } else {
                        let loop = slots.withLock { $0.nextLoop() }
                        doors.scheduler.spawn(on: loop) { await self.perform(claim) }
                    }
                }
            }
        } catch {
            doors.log.write(.warning, "webhooks_due", [("error", "\(error)")])
        }
        // Whoever moves the clock asks again at once; the calls that go on need a moment.
        if waits, begun == 0 { await doors.scheduler.sleep(until: doors.clock.instant().adding(milliseconds: 5)) }
        return begun
    }

    /// Looks at the next open deliveries of an endpoint that was enabled or deleted.
    ///
    /// - Returns: 1, or 0 when no endpoint of the application has a backlog.
    private func workBacklog(of application: ApplicationID, now: Timestamp) async throws -> Int {
        let hasBacklog = try await store.read { snapshot in
            snapshot.first(WebhookEndpoint.byBacklog, Key(application)) != nil
        }
        guard hasBacklog else { return 0 }
        return try await store.transact(for: application) { transaction -> Int in
            guard var endpoint = transaction.first(WebhookEndpoint.byBacklog, Key(application)) else { return 0 }
            DeliveryQueue.workBacklog(of: &endpoint, in: transaction)
            transaction.put(endpoint)
            return 1
        }
    }
}
