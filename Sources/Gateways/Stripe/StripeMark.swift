import Billing
import JSON

/// What this server writes into the metadata of an object at Stripe, to know it again.
struct StripeMark: Equatable {
    static let payment = "centralpay_payment"
    static let attempt = "centralpay_attempt"
    static let application = "centralpay_application"
    static let key = "centralpay_key"

    let payment: PaymentHash?
    let attempt: Int64?
    let application: ApplicationID?
    /// The key of the call that made it; refunds carry it.
    let key: String?

    init(_ object: JSONObject) {
        let metadata = object.object("metadata") ?? JSONObject()
        payment = metadata.text(Self.payment).flatMap { PaymentHash($0) }
        attempt = metadata.text(Self.attempt).flatMap { Int64($0) }.flatMap { $0 > 0 ? $0 : nil }
        application = metadata.text(Self.application).flatMap { ApplicationID($0) }
        key = metadata.text(Self.key)
    }

    /// The payment, unless it is one of another application that uses the same account.
    func payment(of account: Account) -> PaymentHash? {
        guard application == nil || application == account.application else { return nil }
        return payment
    }
}
