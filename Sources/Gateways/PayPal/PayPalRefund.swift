import Billing
import JSON

/// A refund as PayPal shows it.
struct PayPalRefund: Sendable {
    let id: String
    let status: RefundStatus
    let failure: Failure?
    let amount: Money?
    /// The text that PayPal keeps with it: the key of our call, or what somebody wrote by hand.
    let custom: String?
    /// The capture whose money it is, where it says so.
    let capture: String?

    /// Nil for an object that is no refund, or is in a state that this server does not know.
    init?(_ object: JSONObject) {
        guard let id = object.text("id"), PayPalName.isSafe(id) else { return nil }
        self.id = id
        let word = object.text("status") ?? ""
        switch word {
        case "COMPLETED": status = .succeeded
        case "PENDING": status = .pending
        case "FAILED", "CANCELLED": status = .failed
        default: return nil
        }
        let reason = object.object("status_details")?.text("reason")
        failure =
            status == .failed
            ? Failure("refund_failed", "PayPal did not make the refund.", gatewayCode: reason ?? word, .gateway) : nil
        amount = PayPalMoney.read(object.object("amount"))
        custom = object.text("custom_id")
        capture = Self.capture(in: object)
    }

    /// The capture a refund goes back to: the last part of its link upwards.
    static func capture(in refund: JSONObject) -> String? {
        let up = refund.objects("links").first { $0.text("rel") == "up" }?.text("href")
        guard let name = up?.split(separator: "/").last.map(String.init), PayPalName.isSafe(name) else { return nil }
        return name
    }

    var outcome: RefundOutcome {
        switch status {
        case .succeeded: .succeeded(reference: id)
        case .pending: .pending(reference: id)
        case .failed: .failed(failure ?? Failure("refund_failed", "PayPal did not make the refund.", .gateway))
        }
    }

    /// The key of the call that made it.
    var key: String? { custom?.hasPrefix("refund-") == true ? custom : nil }
}
