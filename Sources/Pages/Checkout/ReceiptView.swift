package import Runtime

/// What a paid payment's page shows beside the order.
package struct ReceiptView: Sendable {
    /// The payment's hash.
    package var payment: String
    /// Such as `Visa ending 4242`; nil when it is not known.
    package var paidWith: String?
    package var paidAt: Timestamp

    package init(payment: String, paidWith: String?, paidAt: Timestamp) {
        self.payment = payment
        self.paidWith = paidWith
        self.paidAt = paidAt
    }
}
