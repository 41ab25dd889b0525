import Billing

/// What a refusal proves.
enum StripeVerdict: Equatable {
    /// The issuer or Stripe said no.
    case declined(Failure)
    /// The buyer must confirm with their bank.
    case buyerMustAct
    /// Refused before anything was done.
    case notExecuted(Failure)
    /// Turned away: the same call may be made once more, and if that is turned away too, nothing was done.
    case rateLimited
    /// Another call holds the object or the key: the same call may be made once more, and nothing is proven.
    case busy
    /// It may have been carried out.
    case unknown(String)
    /// The key was used for other parameters: whatever was done under it comes first.
    case keyReused
    /// The object is in another state than thought: it is read and followed.
    case readObject
    /// No rule knows it: the object is read, and no other gateway is tried by itself.
    case unlisted(Failure)

    /// One rule: what an error must show, and what that proves. An absent condition holds.
    struct Rule: Sendable {
        var statuses: ClosedRange<Int> = 400...599
        var type: String?
        /// Codes; one that ends in `*` names a beginning.
        var codes: [String] = []
        var parameters: [String] = []
        var declineCodes: [String] = []
        var adviceCodes: [String] = []
        let meaning: Meaning

        func matches(_ error: StripeError) -> Bool {
            statuses.contains(error.status) && (type == nil || type == error.type)
                && (codes.isEmpty || codes.contains { Self.matches(error.code, $0) })
                && (parameters.isEmpty || parameters.contains(error.parameter))
                && (declineCodes.isEmpty || declineCodes.contains(error.declineCode))
                && (adviceCodes.isEmpty || adviceCodes.contains(error.adviceCode))
        }

        private static func matches(_ code: String, _ pattern: String) -> Bool {
            pattern.hasSuffix("*") ? code.hasPrefix(pattern.dropLast()) : code == pattern
        }
    }

    /// The right side of a rule.
    enum Meaning: Sendable {
        case rateLimited, busy, unknown, keyReused, configuration, unsupported, methodGone, readObject
        case final, confirmData, later
        /// By `StripeDecline`.
        case card
    }

    /// In order: the first that matches counts.
    static let rules: [Rule] = [
        Rule(statuses: 500...599, meaning: .unknown),
        Rule(type: "idempotency_error", meaning: .keyReused),
        Rule(statuses: 409...409, codes: ["idempotency_key_in_use"], meaning: .busy),
        Rule(statuses: 409...409, meaning: .busy),
        Rule(statuses: 429...429, codes: ["lock_timeout"], meaning: .busy),
        Rule(statuses: 429...429, codes: ["rate_limit", ""], meaning: .rateLimited),
        Rule(statuses: 429...429, meaning: .unknown),
        Rule(statuses: 401...401, meaning: .configuration),
        Rule(statuses: 403...403, meaning: .configuration),
        Rule(
            statuses: 400...499, codes: ["api_key_expired", "livemode_mismatch", "secret_key_required"],
            meaning: .configuration),
        Rule(
            statuses: 400...404, codes: ["resource_missing"], parameters: ["payment_method", "customer"],
            meaning: .methodGone),
        Rule(statuses: 400...499, codes: ["payment_intent_unexpected_state"], meaning: .readObject),
        Rule(statuses: 400...499, codes: ["charge_already_refunded"], meaning: .readObject),
        Rule(statuses: 400...499, declineCodes: ["duplicate_transaction"], meaning: .readObject),
        Rule(statuses: 402...402, adviceCodes: ["do_not_try_again"], meaning: .final),
        Rule(statuses: 402...402, adviceCodes: ["confirm_card_data"], meaning: .confirmData),
        Rule(statuses: 402...402, adviceCodes: ["try_again_later"], meaning: .later),
        Rule(statuses: 402...402, meaning: .card),
        Rule(statuses: 400...400, codes: ["amount_too_small", "amount_too_large"], meaning: .unsupported),
        Rule(statuses: 400...400, type: "invalid_request_error", parameters: currencyParameters, meaning: .unsupported),
        Rule(statuses: 400...400, codes: ["parameter_*", "url_invalid"], meaning: .configuration),
    ]

    private static let currencyParameters = ["currency", "line_items[0][price_data][currency]"]

    init(_ error: StripeError) {
        guard let rule = Self.rules.first(where: { $0.matches(error) }) else {
            self = .unlisted(error.failure("gateway_refused", "Stripe refused the call.", .gateway, movesOn: false))
            return
        }
        switch rule.meaning {
        case .rateLimited: self = .rateLimited
        case .busy: self = .busy
        case .unknown: self = .unknown("Stripe answered \(error.status).")
        case .keyReused: self = .keyReused
        case .configuration:
            self = .notExecuted(
                error.failure("gateway_misconfigured", "Stripe refused our settings.", .configuration))
        case .unsupported:
            let code = error.code.hasPrefix("amount_too_") ? error.code : "currency_not_supported"
            self = .notExecuted(error.failure(code, "Stripe does not take this amount.", .gateway))
        case .methodGone:
            self = .declined(
                error.failure(
                    "payment_method_unavailable", "Stripe does not have the saved method any more.", .gateway,
                    movesOn: true))
        case .readObject: self = .readObject
        case .final, .confirmData, .later, .card: self = Self.card(error)
        }
    }

    /// What a declined card means: by Stripe's advice where it gives one, else by the code.
    ///
    /// - Parameter error: Of a call, or the last one of an intent that was read.
    static func card(_ error: StripeError) -> StripeVerdict {
        let row = StripeDecline.row(error.rawCode)
        let standard = "The card was declined."
        if error.isBlocked {
            return .declined(error.failure("fraudulent", standard, .issuer, movesOn: false))
        }
        switch error.adviceCode {
        case "do_not_try_again":
            let code = row?.kind == .final ? row?.code : nil
            return .declined(error.failure(code ?? "do_not_try_again", standard, .issuer, movesOn: false))
        case "confirm_card_data":
            return .declined(error.failure(row?.code ?? "generic_decline", standard, .issuer, movesOn: true))
        case "try_again_later":
            return .declined(error.failure(row?.code ?? "generic_decline", standard, .issuer, movesOn: false))
        default:
            if row?.kind == .authenticate { return .buyerMustAct }
            guard let row else {
                return .declined(error.failure("generic_decline", standard, .issuer, movesOn: false))
            }
            let category: FailureCategory = row.kind == .nextGateway ? .gateway : .issuer
            return .declined(error.failure(row.code, standard, category, movesOn: row.kind.movesOn))
        }
    }

    /// Nothing was done, as it was turned away twice.
    static let turnedAway = Failure(
        "gateway_busy", "Stripe turned the call away: too many at once.", gatewayCode: "rate_limit", .gateway)
}
