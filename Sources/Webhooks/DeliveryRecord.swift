import Billing
import Runtime
import Storage

/// Writes what came of a try: the delivery, its endpoint, and whatever waited for it.
struct DeliveryRecord: Sendable {
    let ledger: Ledger
    let attempt: DeliveryAttempt
    let claim: DeliveryClaim

    /// The newest tries that a delivery keeps.
    static let logLimit = 12
    /// Nothing but failures for so long disables an endpoint.
    static let failingSeconds: Int64 = 5 * 86_400

    /// Changes nothing when the claim does not hold any more.
    func write(in transaction: Transaction) {
        guard var delivery = transaction.get(Delivery.self, claim.delivery.primaryKey), claim.holds(delivery),
            let before = transaction.get(WebhookEndpoint.self, Key(delivery.endpoint))
        else { return }
        delivery.tries += 1
        delivery.log = (delivery.log + [attempt.entry]).suffix(Self.logLimit)
        delivery.response = attempt.response
        var endpoint = before
        note(on: &endpoint, at: transaction.now)
        delivery.nextTryAt = nil
        if attempt.isSuccess {
            delivery.status = .delivered
        } else if endpoint.deletedAt != nil {
            delivery.status = .failed
        } else if attempt.isGone {
            delivery.status = .held
        } else if let delay = delay(afterTry: delivery.tries, in: transaction) {
            delivery.status = endpoint.state == .disabled ? .held : .retrying
            if delivery.status == .retrying { delivery.nextTryAt = transaction.now.adding(milliseconds: delay) }
        } else {
            delivery.status = .failed
        }
        if !delivery.isOpen { delivery.finishedAt = transaction.now }
        transaction.put(delivery)
        save(endpoint, before, in: transaction)
        DeliveryQueue.releaseNext(after: delivery, to: endpoint, in: transaction)
        transaction.announceDeliveries(of: delivery.application)
    }

    private func delay(afterTry tries: Int64, in transaction: Transaction) -> Int64? {
        let random = transaction.random(8, purpose: "webhook retry").reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        return RetrySchedule.delayMilliseconds(
            afterTry: tries, randomness: random, askedSeconds: attempt.retryAfterSeconds)
    }

    private func note(on endpoint: inout WebhookEndpoint, at time: Timestamp) {
        guard !attempt.isSuccess else {
            endpoint.consecutiveFailures = 0
            endpoint.failingSince = nil
            endpoint.lastSuccessAt = time
            if endpoint.state == .failing { endpoint.state = .delivering }
            return
        }
        endpoint.consecutiveFailures += 1
        let since = endpoint.failingSince ?? time
        endpoint.failingSince = since
        guard endpoint.state != .disabled, endpoint.deletedAt == nil else { return }
        if attempt.isGone {
            disable(&endpoint, at: time, "The receiver answered 410 Gone.")
        } else if since.adding(seconds: Self.failingSeconds) <= time {
            disable(&endpoint, at: time, "Every try of the last five days failed.")
        } else {
            endpoint.state = .failing
        }
    }

    private func disable(_ endpoint: inout WebhookEndpoint, at time: Timestamp, _ reason: String) {
        endpoint.state = .disabled
        endpoint.disabledAt = time
        endpoint.disabledReason = reason
        endpoint.backlogSince = nil
    }

    /// Disabling has its event and audit entry; that calls succeed or fail shows in the deliveries themselves.
    private func save(_ endpoint: WebhookEndpoint, _ before: WebhookEndpoint, in transaction: Transaction) {
        guard endpoint.state == .disabled, before.state != .disabled else {
            transaction.put(endpoint)
            return
        }
        let mode = transaction.get(Application.self, Key(endpoint.application))?.mode ?? .test
        ledger.save(
            endpoint, before: before, mode: mode, action: "webhook_endpoint.disable",
            by: Act.system.because(endpoint.disabledReason), in: transaction)
    }
}
