import Billing
import Fields
import HTTP
import Runtime
import Storage

/// One try: claimed, made, recorded.
extension WebhookDispatcher {
    /// Marks deliveries, which have slots, as being sent. Those whose endpoint is disabled or deleted become held or
    /// failed instead, and lose their slots. After a throw nothing is claimed: they are still due.
    func claim(_ deliveries: [Delivery], now: Timestamp) async throws -> [DeliveryClaim] {
        let ids = deliveries.map(\.id)
        let application = deliveries.first?.application
        do {
            let claims = try await store.transact { transaction -> [DeliveryClaim] in
                if let application {
                    try transaction.keepTime(of: application)
                    // They are due again when the hold ends.
                    guard !Holds.isHeld(application, in: transaction) else { return [] }
                }
                return ids.compactMap { Self.claim($0, now: now, in: transaction) }
            }
            giveUpSlots(of: deliveries, except: Set(claims.map(\.delivery.id)))
            return claims
        } catch {
            giveUpSlots(of: deliveries, except: [])
            throw error
        }
    }

    private func giveUpSlots(of deliveries: [Delivery], except claimed: Set<DeliveryID>) {
        slots.withLock { slots in
            for delivery in deliveries where !claimed.contains(delivery.id) {
                slots.free(delivery.endpoint)
                slots.finish(delivery.id)
            }
        }
    }

    private static func claim(_ id: DeliveryID, now: Timestamp, in transaction: Transaction) -> DeliveryClaim? {
        guard var delivery = transaction.get(Delivery.self, Key(id)), delivery.isOpen,
            let time = delivery.nextTryAt, time <= max(now, transaction.now)
        else { return nil }
        guard let endpoint = transaction.get(WebhookEndpoint.self, Key(delivery.endpoint)), endpoint.deletedAt == nil
        else {
            DeliveryQueue.fail(delivery, in: transaction)
            return nil
        }
        guard endpoint.state != .disabled else {
            delivery.status = .held
            delivery.nextTryAt = nil
            transaction.put(delivery)
            return nil
        }
        delivery.status = .sending
        delivery.nextTryAt = transaction.now.adding(seconds: DeliveryClaim.leaseSeconds)
        transaction.put(delivery)
        return DeliveryClaim(delivery: delivery, time: transaction.now)
    }

    /// Makes the call and records what came of it.
    func perform(_ claim: DeliveryClaim) async {
        let attempt = await call(claim)
        slots.withLock { $0.free(claim.delivery.endpoint) }
        await record(attempt, of: claim)
        slots.withLock { $0.finish(claim.delivery.id) }
    }

    private func call(_ claim: DeliveryClaim) async -> DeliveryAttempt {
        let (delivery, time) = (claim.delivery, claim.time)
        let request: ClientRequest
        do {
            request = try await store.read { try self.request(claim, at: self.doors.clock.now(), in: $0) }
        } catch let error as UnsendableDelivery {
            return DeliveryAttempt(at: time, error: error.reason)
        } catch {
            doors.log.write(
                .error, "webhook_not_rendered", [("delivery", delivery.id.description), ("error", "\(error)")])
            return DeliveryAttempt(at: time, error: "The event could not be read from the store.")
        }
        let deadline = doors.clock.instant().adding(seconds: DeliveryAttempt.timeLimitSeconds)
        var trace = ClientTrace()
        let result: Result<ClientResponse, ClientError>
        do throws(ClientError) {
            result = .success(try await client.send(request, deadline: deadline, recording: &trace))
        } catch {
            result = .failure(error)
        }
        return DeliveryAttempt(at: time, now: doors.clock.now(), result, trace)
    }

    /// - Parameter time: The time of the world, by which a receiver judges the signature.
    private func request(_ claim: DeliveryClaim, at time: Timestamp, in snapshot: Snapshot) throws -> ClientRequest {
        let delivery = claim.delivery
        guard let endpoint = snapshot.get(WebhookEndpoint.self, Key(delivery.endpoint)),
            let event = snapshot.get(Event.self, Key(delivery.application, delivery.eventSequence))
        else { throw UnsendableDelivery(reason: "The event or its endpoint does not exist any more.") }
        guard let url = URL(endpoint.url) else {
            throw UnsendableDelivery(reason: "The endpoint's URL cannot be used; change it.")
        }
        let owner = endpoint.id.description
        let (current, next) = endpoint.signingSecrets(at: claim.time)
        guard let secret = ledger.vault.openText(current, for: owner) else {
            throw UnsendableDelivery(reason: "The endpoint's secret cannot be opened with this server's master key.")
        }
        var request = ClientRequest(method: .post, url: url, body: EventRenderer(ledger).json(event, in: snapshot))
        request.mayReuseConnection = false
        request.headers = [
            ("Content-Type", "application/json"), ("User-Agent", "CentralPay-Webhooks/1.0"),
            ("X-Event-Id", event.id.description), ("X-Event-Type", event.type.rawValue),
            ("X-Delivery-Attempt", String(delivery.tries + 1)),
        ]
        request.headers +=
            WebhookSignature(id: event.id.description, at: time, body: request.body)
            .headers(secret: secret, next: next.flatMap { ledger.vault.openText($0, for: owner) })
        return request
    }

    /// Tries to record in a full queue.
    private static let recordTryLimit = 100

    private func record(_ attempt: DeliveryAttempt, of claim: DeliveryClaim) async {
        let ledger = self.ledger
        for _ in 0..<Self.recordTryLimit {
            do {
                return try await store.transact(for: claim.delivery.application) { transaction in
                    DeliveryRecord(ledger: ledger, attempt: attempt, claim: claim).write(in: transaction)
                }
            } catch StoreError.busy {
                await doors.scheduler.sleep(until: doors.clock.instant().adding(milliseconds: 100))
            } catch {
                // The lease ends and the delivery is tried again: at least once, as promised.
                doors.log.write(
                    .warning, "webhook_not_recorded",
                    [("delivery", claim.delivery.id.description), ("error", "\(error)")])
                return
            }
        }
    }
}

/// Why a delivery cannot be sent as things are; in a sentence for its log.
private struct UnsendableDelivery: Error {
    let reason: String
}

extension WebhookEndpoint {
    /// The sealed secret that signs at `time`, and the new one while both do.
    fileprivate func signingSecrets(at time: Timestamp) -> (current: Blob, next: Blob?) {
        guard let nextSecretFrom else { return (sealedSecret, nil) }
        return time < nextSecretFrom ? (sealedSecret, sealedNextSecret) : (sealedNextSecret, nil)
    }
}
