import Billing
import Runtime

/// One request's view of a payment's checkout.
struct CheckoutVisit: Sendable {
    let token: [UInt8]
    let payment: Payment
    let application: Application
    let gateways: [GatewayConfiguration]
    let now: Timestamp
    /// The merchant's page with the signed outcome, or nil without a `return_url`.
    let returnURL: String?
    /// Whether the buyer just finished, so that the success page goes on to the merchant by itself.
    let isFresh: Bool
    /// Whether the payment is open and nothing may be taken now: its application is held.
    let isHeld: Bool
    var view: CheckoutView

    /// Whether the buyer can still choose how to pay.
    var isOpen: Bool { payment.status == .pending && now < payment.expiresAt }

    /// What the page's script watches.
    var state: String {
        payment.status == .pending && now >= payment.expiresAt ? "expired" : payment.status.rawValue
    }

    /// Why the newest attempt failed, while no other is open.
    var lastFailure: Failure? {
        guard let last = payment.attempts.last, last.status == .declined || last.status == .errored else { return nil }
        return last.failure
    }

    func gateway(_ name: String) -> GatewayConfiguration? {
        gateways.first { $0.gateway == name }
    }
}
