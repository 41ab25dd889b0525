/// A card as Stripe's test mode knows it: what happens when it is used now, and when it is charged later.
package struct StripePeerCard: Sendable, Equatable {
    /// What comes of charging it.
    package enum Story: Sendable, Equatable {
        case succeeds
        case declines(code: String, advice: String? = nil)
        /// Stripe's own rules keep it from the bank.
        case blocked
        /// The buyer must confirm; nobody is there to do it when it is charged later.
        case authenticates
        /// It takes time, and then succeeds or fails.
        case settles
    }

    package var last4 = "4242"
    package var brand = "visa"
    package var now = Story.succeeds
    package var later = Story.succeeds
    /// A dispute follows each charge.
    package var isDisputed = false
    /// What its refunds are at first.
    package var refundStatus = "succeeded"
    package var type = "card"

    package init(now: Story = .succeeds, later: Story = .succeeds) {
        self.now = now
        self.later = later
    }

    package static let good = StripePeerCard()

    /// One that was left without trouble and is declined whenever it is charged later.
    package static func declined(_ code: String, advice: String? = nil) -> StripePeerCard {
        StripePeerCard(later: .declines(code: code, advice: advice))
    }

    /// A card of the test mode by its number; nil for one that it does not have.
    package init?(number: String) {
        let digits = number.filter { $0.isASCII && $0.isNumber }
        guard digits.count == 16 else { return nil }
        last4 = String(digits.suffix(4))
        switch last4 {
        case "4242", "3155": break
        case "0002": now = .declines(code: "generic_decline")
        case "9995": now = .declines(code: "insufficient_funds")
        case "9987": now = .declines(code: "lost_card")
        case "9979": now = .declines(code: "stolen_card")
        case "0069": now = .declines(code: "expired_card")
        case "0127": now = .declines(code: "incorrect_cvc")
        case "0119": now = .declines(code: "processing_error")
        case "6975": now = .declines(code: "card_velocity_exceeded")
        case "0019": now = .blocked
        case "0341": later = .declines(code: "generic_decline")
        case "3184": later = .authenticates
        case "3178": later = .declines(code: "insufficient_funds")
        case "0259": isDisputed = true
        case "7726": refundStatus = "pending"
        case "5126": refundStatus = "succeeded"
        default: return nil
        }
    }
}
