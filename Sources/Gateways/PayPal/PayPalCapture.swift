import Billing
import JSON

/// A capture of an order: the money.
struct PayPalCapture: Sendable {
    enum State: Sendable, Equatable {
        case taken, pending, declined
        /// A word that this server does not know.
        case strange
    }

    let id: String
    let state: State
    /// Nil when it cannot be read exactly.
    let amount: Money?
    /// Why it was declined.
    let failure: Failure
    /// The order it belongs to, where it says so.
    let order: String?
    /// What it says it belongs to.
    let owner: PayPalName.Owner?
    /// Whether money of it went back.
    let isRefunded: Bool

    init(_ object: JSONObject) {
        id = object.text("id") ?? ""
        let status = object.text("status") ?? ""
        switch status {
        case "COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED": state = .taken
        case "PENDING": state = .pending
        case "DECLINED", "FAILED": state = .declined
        default: state = .strange
        }
        isRefunded = status == "PARTIALLY_REFUNDED" || status == "REFUNDED"
        amount = PayPalMoney.read(object.object("amount"))
        owner = PayPalName.owner(object.text("custom_id"))
        let up = object.objects("links").first { $0.text("rel") == "up" }?.text("href")
        order =
            object.object("supplementary_data")?.object("related_ids")?.text("order_id")
            ?? up?.split(separator: "/").last.map(String.init)
        failure = Self.failure(object, status)
    }

    private static func failure(_ object: JSONObject, _ status: String) -> Failure {
        let reason = object.object("status_details")?.text("reason")
        let response = object.object("processor_response")?.text("response_code")
        let raw = [reason, response, status].compactMap(\.self).first { (1...64).contains($0.utf8.count) }
        let isBlocked = reason == "DECLINED_BY_RISK_FRAUD_FILTERS"
        return Failure(
            isBlocked ? "fraudulent" : "generic_decline", "PayPal declined the payment.", gatewayCode: raw, .issuer)
    }
}
