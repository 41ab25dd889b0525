import Billing
import JSON
import Testing

@testable import Gateways

/// Each row of the tables that say what a refusal proves.
@Suite struct StripeVerdictTests {
    /// What a verdict comes down to.
    enum Kind: Sendable {
        case declined, buyerMustAct, failsOver, configuration, rateLimited, busy, unknown, keyReused, readObject
        case unlisted
    }

    private static func kind(_ verdict: StripeVerdict) -> Kind {
        switch verdict {
        case .declined: .declined
        case .buyerMustAct: .buyerMustAct
        case .notExecuted(let failure): failure.category == .configuration ? .configuration : .failsOver
        case .rateLimited: .rateLimited
        case .busy: .busy
        case .unknown: .unknown
        case .keyReused: .keyReused
        case .readObject: .readObject
        case .unlisted: .unlisted
        }
    }

    static func error(_ status: Int, _ members: [String: String]) -> StripeError {
        StripeError(
            status: status, JSONObject(members.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
    }

    @Test(
        arguments: [
            (429, ["code": "rate_limit"], .rateLimited), (429, [:], .rateLimited),
            (429, ["code": "lock_timeout"], .busy),
            (429, ["code": "something_else"], .unknown), (409, ["code": "idempotency_key_in_use"], .busy),
            (500, ["type": "api_error"], .unknown), (503, [:], .unknown), (500, ["code": "rate_limit"], .unknown),
            (500, ["type": "card_error", "decline_code": "processing_error"], .unknown),
            (401, ["type": "invalid_request_error"], .configuration), (403, [:], .configuration),
            (400, ["code": "api_key_expired"], .configuration), (400, ["code": "livemode_mismatch"], .configuration),
            (400, ["code": "secret_key_required"], .configuration),
            (400, ["code": "parameter_missing"], .configuration),
            (400, ["code": "parameter_unknown", "param": "currency_x"], .configuration),
            (400, ["code": "url_invalid"], .configuration), (400, ["type": "idempotency_error"], .keyReused),
            (400, ["code": "amount_too_small", "param": "amount"], .failsOver),
            (400, ["code": "amount_too_large"], .failsOver),
            (400, ["type": "invalid_request_error", "param": "currency"], .failsOver),
            (
                400, ["type": "invalid_request_error", "code": "parameter_invalid_string", "param": "currency"],
                .failsOver
            ),
            (404, ["code": "resource_missing", "param": "payment_method"], .declined),
            (400, ["code": "resource_missing", "param": "customer"], .declined),
            (404, ["code": "resource_missing", "param": "intent"], .unlisted),
            (400, ["code": "payment_intent_unexpected_state"], .readObject),
            (400, ["code": "charge_already_refunded"], .readObject),
            (402, ["type": "card_error", "decline_code": "duplicate_transaction"], .readObject),
            (402, ["advice_code": "do_not_try_again", "decline_code": "generic_decline"], .declined),
            (402, ["advice_code": "confirm_card_data", "decline_code": "generic_decline"], .declined),
            (402, ["advice_code": "try_again_later", "decline_code": "generic_decline"], .declined),
            (400, ["code": "something_new"], .unlisted), (422, [:], .unlisted),
        ] as [(Int, [String: String], Kind)])
    func `each signal has its class`(status: Int, members: [String: String], kind: Kind) {
        #expect(Self.kind(StripeVerdict(Self.error(status, members))) == kind)
    }

    /// Our code, whether another gateway or method may be tried at once, and whether the card is done with.
    struct Meaning: Sendable {
        let code: String
        let movesOn: Bool
        let isHard: Bool

        init(_ code: String, movesOn: Bool = false, isHard: Bool = false) {
            self.code = code
            self.movesOn = movesOn
            self.isHard = isHard
        }
    }

    static let meanings: [(raw: String, meaning: Meaning)] = [
        ("lost_card", Meaning("lost_card", isHard: true)), ("stolen_card", Meaning("stolen_card", isHard: true)),
        ("pickup_card", Meaning("pickup_card", isHard: true)),
        ("restricted_card", Meaning("restricted_card", isHard: true)),
        ("fraudulent", Meaning("fraudulent", isHard: true)),
        ("merchant_blacklist", Meaning("fraudulent", isHard: true)),
        ("security_violation", Meaning("security_violation", isHard: true)),
        ("stop_payment_order", Meaning("stop_payment_order", isHard: true)),
        ("revocation_of_authorization", Meaning("revocation_of_authorization", isHard: true)),
        ("revocation_of_all_authorizations", Meaning("revocation_of_all_authorizations", isHard: true)),
        ("do_not_try_again", Meaning("do_not_try_again", isHard: true)),

        ("expired_card", Meaning("expired_card", movesOn: true)),
        ("incorrect_number", Meaning("incorrect_number", movesOn: true)),
        ("invalid_number", Meaning("incorrect_number", movesOn: true)),
        ("incorrect_cvc", Meaning("incorrect_cvc", movesOn: true)),
        ("invalid_cvc", Meaning("incorrect_cvc", movesOn: true)),
        ("invalid_expiry_month", Meaning("invalid_expiry", movesOn: true)),
        ("invalid_expiry_year", Meaning("invalid_expiry", movesOn: true)),
        ("incorrect_zip", Meaning("incorrect_address", movesOn: true)),
        ("incorrect_address", Meaning("incorrect_address", movesOn: true)),
        ("invalid_account", Meaning("invalid_account", movesOn: true, isHard: true)),
        ("new_account_information_available", Meaning("card_details_changed", movesOn: true)),
        ("card_not_supported", Meaning("card_not_supported", movesOn: true)),
        ("currency_not_supported", Meaning("currency_not_supported", movesOn: true)),
        ("not_permitted", Meaning("transaction_not_allowed", movesOn: true)),
        ("service_not_allowed", Meaning("transaction_not_allowed", movesOn: true)),
        ("transaction_not_allowed", Meaning("transaction_not_allowed", movesOn: true)),
        ("invalid_amount", Meaning("transaction_not_allowed", movesOn: true)),
        ("incorrect_pin", Meaning("pin_required", movesOn: true)),
        ("invalid_pin", Meaning("pin_required", movesOn: true)),
        ("pin_try_exceeded", Meaning("pin_required", movesOn: true)),
        ("offline_pin_required", Meaning("pin_required", movesOn: true)),
        ("online_or_offline_pin_required", Meaning("pin_required", movesOn: true)),

        ("insufficient_funds", Meaning("insufficient_funds", movesOn: true)),
        ("card_velocity_exceeded", Meaning("card_velocity_exceeded", movesOn: true)),
        ("withdrawal_count_limit_exceeded", Meaning("card_velocity_exceeded", movesOn: true)),

        ("processing_error", Meaning("processing_error", movesOn: true)),
        ("issuer_not_available", Meaning("processing_error", movesOn: true)),
        ("reenter_transaction", Meaning("processing_error", movesOn: true)),
        ("try_again_later", Meaning("processing_error", movesOn: true)),
        ("approve_with_id", Meaning("processing_error", movesOn: true)),

        ("generic_decline", Meaning("generic_decline")), ("do_not_honor", Meaning("generic_decline")),
        ("call_issuer", Meaning("generic_decline")), ("no_action_taken", Meaning("generic_decline")),
        ("a_code_of_tomorrow", Meaning("generic_decline")),
    ]

    @Test(arguments: meanings)
    func `each code of a declined card has its class`(raw: String, meaning: Meaning) {
        let error = Self.error(402, ["type": "card_error", "code": "card_declined", "decline_code": raw])
        guard case .declined(let failure) = StripeVerdict(error) else {
            Issue.record("not declined")
            return
        }
        #expect(failure.code == meaning.code)
        #expect(failure.allowsNextGateway == meaning.movesOn)
        #expect(failure.isHard == meaning.isHard)
        #expect(failure.gatewayCode == raw)
        // Where there is no code of the issuer's, Stripe's own counts.
        #expect(StripeVerdict(Self.error(402, ["code": raw])) == .declined(failure))
    }

    private static let authenticating = [
        "authentication_required", "authentication_not_handled", "mobile_device_authentication_required",
    ]

    @Test func `every row of the table is tried here`() {
        let tried = Set(Self.meanings.map(\.raw)).union(Self.authenticating).union(["blocked"])
        let known = StripeDecline.rows.flatMap(\.raw)
        #expect(Set(known).subtracting(tried) == [])
        #expect(Set(known).count == known.count)
    }

    @Test(arguments: authenticating)
    func `the buyer confirms where the bank asks for it`(raw: String) {
        #expect(StripeVerdict(Self.error(402, ["decline_code": raw])) == .buyerMustAct)
    }

    @Test(arguments: [
        ("do_not_try_again", "insufficient_funds", Meaning("do_not_try_again", isHard: true)),
        ("do_not_try_again", "stolen_card", Meaning("stolen_card", isHard: true)),
        ("confirm_card_data", "do_not_honor", Meaning("generic_decline", movesOn: true)),
        ("try_again_later", "processing_error", Meaning("processing_error")),
        ("try_again_later", "insufficient_funds", Meaning("insufficient_funds")),
        ("advice_of_tomorrow", "insufficient_funds", Meaning("insufficient_funds", movesOn: true)),
    ])
    func `advice outranks the code`(advice: String, raw: String, meaning: Meaning) {
        let error = Self.error(402, ["advice_code": advice, "decline_code": raw])
        guard case .declined(let failure) = StripeVerdict(error) else {
            Issue.record("not declined")
            return
        }
        #expect(failure.code == meaning.code)
        #expect(failure.allowsNextGateway == meaning.movesOn)
        #expect(failure.isHard == meaning.isHard)
    }

    @Test func `what Stripe's own rules keep from the bank is final`() throws {
        let text =
            #"{"error":{"decline_code":"generic_decline","payment_intent":{"latest_charge":{"outcome":{"type":"blocked"}}}}}"#
        let error = try #require(StripeError(WireResponse(status: 402, body: Array(text.utf8))))
        guard case .declined(let failure) = StripeVerdict(error) else {
            Issue.record("not declined")
            return
        }
        #expect(failure.isHard && !failure.allowsNextGateway && failure.gatewayCode == "blocked")
    }

    @Test func `a refusal without a reason is none`() {
        for body in ["", "<html>", "[]", "{}", #"{"error":"x"}"#] {
            #expect(StripeError(WireResponse(status: 402, body: Array(body.utf8))) == nil)
        }
    }
}
