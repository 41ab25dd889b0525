import Billing
import Runtime

/// The right to make one try of a delivery, durable before the call.
struct DeliveryClaim: Sendable {
    /// As it stands in the store: `sending`, its next try at the end of the lease.
    let delivery: Delivery
    /// The application's time of the claim.
    let time: Timestamp

    /// A crash during the call lets the delivery be tried again after so long.
    static let leaseSeconds: Int64 = 60

    /// Whether `current` is still the delivery that was claimed, so that this claim may record its outcome.
    func holds(_ current: Delivery) -> Bool {
        current.status == .sending && current.nextTryAt == delivery.nextTryAt && current.tries == delivery.tries
    }
}
