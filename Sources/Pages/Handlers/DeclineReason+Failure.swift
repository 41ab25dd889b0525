import Billing

extension DeclineReason {
    /// What a buyer is told about a failure at `gateway`.
    init(_ failure: Failure, gateway: String) {
        switch failure.code {
        case "insufficient_funds": self = .funds
        case "expired_card": self = .expiredCard
        case "incorrect_cvc", "incorrect_number": self = .details
        case "authentication_failed": self = .authentication
        case "buyer_cancelled": self = .wallet(gateway)
        default: self = failure.category == .issuer ? .bank : .trouble(gateway)
        }
    }
}
