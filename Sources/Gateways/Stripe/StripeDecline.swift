import Billing

/// Why a card was declined, by Stripe's `decline_code`, else `code`: one row for every class and code of ours.
struct StripeDecline {
    /// What may be tried next.
    enum Class: Sendable {
        /// Never this card again by itself, and no other gateway.
        case final
        /// Another method, or the same with corrected data.
        case otherMethod
        /// The buyer must confirm with their bank.
        case authenticate
        /// Later again, or another method now.
        case soft
        /// Says nothing about the card: the next gateway.
        case nextGateway
        /// Could be anything: later again.
        case ambiguous

        /// Whether the next gateway, or a saved method at another, may be tried at once, where no buyer is present.
        var movesOn: Bool {
            switch self {
            case .otherMethod, .soft, .nextGateway: true
            case .final, .authenticate, .ambiguous: false
            }
        }
    }

    let kind: Class
    /// Our stable code.
    let code: String
    /// Stripe's codes.
    let raw: [String]

    private init(_ kind: Class, _ code: String, _ raw: [String]) {
        self.kind = kind
        self.code = code
        self.raw = raw
    }

    static let rows: [StripeDecline] = [
        StripeDecline(.final, "lost_card", ["lost_card"]),
        StripeDecline(.final, "stolen_card", ["stolen_card"]),
        StripeDecline(.final, "pickup_card", ["pickup_card"]),
        StripeDecline(.final, "restricted_card", ["restricted_card"]),
        StripeDecline(.final, "fraudulent", ["fraudulent", "merchant_blacklist", "blocked"]),
        StripeDecline(.final, "security_violation", ["security_violation"]),
        StripeDecline(.final, "stop_payment_order", ["stop_payment_order"]),
        StripeDecline(.final, "revocation_of_authorization", ["revocation_of_authorization"]),
        StripeDecline(.final, "revocation_of_all_authorizations", ["revocation_of_all_authorizations"]),
        StripeDecline(.final, "do_not_try_again", ["do_not_try_again"]),

        StripeDecline(.otherMethod, "expired_card", ["expired_card"]),
        StripeDecline(.otherMethod, "incorrect_number", ["incorrect_number", "invalid_number"]),
        StripeDecline(.otherMethod, "incorrect_cvc", ["incorrect_cvc", "invalid_cvc"]),
        StripeDecline(.otherMethod, "invalid_expiry", ["invalid_expiry_month", "invalid_expiry_year"]),
        StripeDecline(.otherMethod, "incorrect_address", ["incorrect_zip", "incorrect_address"]),
        StripeDecline(.otherMethod, "invalid_account", ["invalid_account"]),
        StripeDecline(.otherMethod, "card_details_changed", ["new_account_information_available"]),
        StripeDecline(.otherMethod, "card_not_supported", ["card_not_supported"]),
        StripeDecline(.otherMethod, "currency_not_supported", ["currency_not_supported"]),
        StripeDecline(
            .otherMethod, "transaction_not_allowed",
            ["not_permitted", "service_not_allowed", "transaction_not_allowed", "invalid_amount"]),
        StripeDecline(
            .otherMethod, "pin_required",
            [
                "incorrect_pin", "invalid_pin", "pin_try_exceeded", "offline_pin_required",
                "online_or_offline_pin_required",
            ]
        ),

        StripeDecline(
            .authenticate, "authentication_required",
            ["authentication_required", "authentication_not_handled", "mobile_device_authentication_required"]),

        StripeDecline(.soft, "insufficient_funds", ["insufficient_funds"]),
        StripeDecline(.soft, "card_velocity_exceeded", ["card_velocity_exceeded", "withdrawal_count_limit_exceeded"]),

        StripeDecline(
            .nextGateway, "processing_error",
            ["processing_error", "issuer_not_available", "reenter_transaction", "try_again_later", "approve_with_id"]),

        StripeDecline(
            .ambiguous, "generic_decline", ["generic_decline", "do_not_honor", "call_issuer", "no_action_taken"]),
    ]

    static func row(_ raw: String) -> StripeDecline? { rows.first { $0.raw.contains(raw) } }
}
