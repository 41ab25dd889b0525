import Billing
import Fields

/// What happens to a test card.
package enum SandboxStory: String, Choice {
    case succeeds
    case declines = "generic_decline"
    case lacksFunds = "insufficient_funds"
    case isExpired = "expired_card"
    case hasWrongCode = "incorrect_cvc"
    /// The one decline after which the next gateway may try.
    case failsProcessing = "processing_error"
    case needsAuthentication = "authentication_required"
    /// Is charged and saved, then declined whenever the saved card is charged.
    case declinesLater = "declines_later"
    /// Succeeds and is disputed five seconds later.
    case isDisputed = "disputed"

    /// The decline of this story while the buyer pays; nil where the money is taken.
    var decline: Failure? {
        switch self {
        case .succeeds, .needsAuthentication, .declinesLater, .isDisputed: nil
        case .declines: Self.genericDecline
        case .lacksFunds:
            Failure("insufficient_funds", "The card has insufficient funds.", gatewayCode: rawValue, .issuer)
        case .isExpired: Failure("expired_card", "The card has expired.", gatewayCode: rawValue, .issuer)
        case .hasWrongCode:
            Failure("incorrect_cvc", "The card's security code is wrong.", gatewayCode: rawValue, .issuer)
        case .failsProcessing:
            Failure("processing_error", "The card could not be processed.", gatewayCode: rawValue, .gateway)
        }
    }

    /// The decline of this story when a saved card is charged without the buyer.
    var laterDecline: Failure? {
        self == .declinesLater ? Self.genericDecline : decline
    }

    static let genericDecline = Failure(
        "generic_decline", "The card was declined.", gatewayCode: "generic_decline", .issuer)
}
