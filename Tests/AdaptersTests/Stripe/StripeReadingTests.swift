import Billing
import JSON
import Testing

@testable import Gateways

/// Each row of the table of states.
@Suite struct StripeReadingTests {
    private static func account() throws -> Account { try StripeFixture.sealed.get() }

    private static func object(_ text: String) throws -> JSONObject {
        guard case .object(let object) = try JSON.parse(Array(text.utf8)) else { throw StripeFixture.Unexpected() }
        return object
    }

    private static let card =
        #"{"id":"pm_1","type":"card","customer":null,"card":{"brand":"visa","last4":"4242","exp_month":12,"exp_year":2034}}"#

    private static func intent(_ status: String, _ more: String = "") -> String {
        #"{"id":"pi_1","status":"\#(status)","amount":9999,"amount_received":9999,"currency":"usd","customer":"cus_1","#
            + #""payment_method":\#(card)\#(more)}"#
    }

    private static func session(_ status: String, _ paid: String, _ intent: String, _ more: String = "") -> String {
        #"{"id":"cs_1","mode":"payment","status":"\#(status)","payment_status":"\#(paid)","customer":"cus_1","#
            + #""amount_total":9999,"currency":"usd","url":"https://s/1","payment_intent":\#(intent)\#(more)}"#
    }

    /// What an outcome comes down to.
    enum Kind: Sendable {
        case succeeded, requiresAction, approved, declined, notExecuted, settling, unknown
    }

    private static func kind(_ outcome: Outcome) -> Kind {
        switch outcome {
        case .succeeded: .succeeded
        case .requiresAction: .requiresAction
        case .approved: .approved
        case .declined: .declined
        case .notExecuted: .notExecuted
        case .settling: .settling
        case .unknown: .unknown
        }
    }

    private static let error = #","last_payment_error":{"code":"card_declined","decline_code":"insufficient_funds"}"#

    @Test(
        arguments: [
            (session("open", "unpaid", "null"), .requiresAction),
            (session("open", "unpaid", intent("requires_payment_method", error)), .requiresAction),
            (session("complete", "paid", intent("succeeded")), .succeeded),
            (session("complete", "paid", #""pi_1""#), .succeeded), (session("complete", "paid", "null"), .unknown),
            (session("complete", "paid", intent("processing")), .unknown),
            (session("complete", "unpaid", intent("processing")), .settling),
            (session("complete", "unpaid", #""pi_1""#), .settling),
            (session("complete", "unpaid", intent("succeeded")), .succeeded),
            (session("complete", "unpaid", intent("requires_payment_method", error)), .declined),
            (session("complete", "unpaid", intent("canceled")), .notExecuted),
            (session("complete", "no_payment_required", "null"), .unknown),
            (session("expired", "unpaid", "null"), .notExecuted),
            (session("expired", "unpaid", intent("canceled")), .notExecuted),
            (session("expired", "unpaid", intent("succeeded")), .succeeded),
            (session("expired", "unpaid", intent("processing")), .settling),
            (session("expired", "paid", "null"), .unknown),
            (session("open", "paid", intent("succeeded")), .unknown), (session("paused", "unpaid", "null"), .unknown),
        ] as [(String, Kind)])
    func `each state of a session has its outcome`(text: String, kind: Kind) throws {
        let order = StripeFixture.order(account: try Self.account())
        #expect(Self.kind(StripeReading.session(try Self.object(text), "cs_1", order)) == kind)
        // An answer about another session proves nothing.
        #expect(StripeReading.session(try Self.object(text), "cs_2", order).isUnknown)
    }

    @Test(
        arguments: [
            (intent("succeeded"), .succeeded), (intent("processing"), .settling), (intent("canceled"), .notExecuted),
            (intent("requires_action"), .requiresAction), (intent("requires_payment_method", error), .declined),
            (
                intent("requires_payment_method", #","last_payment_error":{"decline_code":"authentication_required"}"#),
                .requiresAction
            ),
            (intent("requires_payment_method"), .notExecuted), (intent("requires_confirmation"), .notExecuted),
            (intent("requires_capture"), .unknown), (intent("a_state_of_tomorrow"), .unknown),
            (#"{"id":"pi_1"}"#, .unknown),
            (#"{"id":"pi_1","status":"succeeded","amount":"9999","currency":"usd"}"#, .unknown),
            (#"{"id":"pi_1","status":"succeeded","amount":9999,"currency":"zzz"}"#, .unknown),
            (#"{"id":"pi_1","status":"succeeded","amount":9999}"#, .unknown),
        ] as [(String, Kind)])
    func `each state of an intent has its outcome`(text: String, kind: Kind) throws {
        let order = StripeFixture.order(account: try Self.account())
        #expect(Self.kind(StripeReading.intent(try Self.object(text), "pi_1", order)) == kind)
        #expect(StripeReading.intent(try Self.object(text), "pi_2", order).isUnknown)
    }

    @Test func `a blocked charge is final`() throws {
        let order = StripeFixture.order(account: try Self.account())
        let text = Self.intent(
            "requires_payment_method", Self.error + #","latest_charge":{"outcome":{"type":"blocked"}}"#)
        let failure = StripeReading.intent(try Self.object(text), "pi_1", order).failure
        #expect(failure?.isHard == true && failure?.allowsNextGateway == false)
    }

    @Test func `a charge is what Stripe says, in name, amount and method`() throws {
        let account = try Self.account()
        let text = Self.session("complete", "paid", Self.intent("succeeded"))
            .replacing(#""amount_received":9999"#, with: #""amount_received":9000"#)
        let plain = StripeReading.session(try Self.object(text), "cs_1", StripeFixture.order(account: account)).charge
        #expect(plain?.reference == "pi_1")
        #expect(plain?.amount == Money(9000, .usd))
        #expect(plain?.method == MethodSummary(type: "card", brand: "visa", last4: "4242"))
        #expect(plain?.saved == nil)
        let saving = StripeFixture.order(saves: true, account: account)
        let saved = StripeReading.session(try Self.object(text), "cs_1", saving).charge?.saved
        #expect(saved?.token == "cus_1/pm_1")
        #expect(saved?.expiryMonth == 12 && saved?.expiryYear == 2034)
    }

    private static func setup(_ status: String, _ paid: String, _ intent: String) -> String {
        #"{"id":"cs_1","mode":"setup","status":"\#(status)","payment_status":"\#(paid)","customer":"cus_1","#
            + #""url":"https://s/1","setup_intent":\#(intent)}"#
    }

    @Test(
        arguments: [
            (setup("open", "no_payment_required", "null"), .requiresAction),
            (
                setup(
                    "complete", "no_payment_required",
                    #"{"id":"seti_1","status":"succeeded","payment_method":\#(card)}"#), .succeeded
            ),
            (
                setup(
                    "complete", "no_payment_required",
                    #"{"id":"seti_1","status":"processing","payment_method":\#(card)}"#), .unknown
            ),
            (setup("complete", "no_payment_required", #""seti_1""#), .unknown),
            (setup("expired", "no_payment_required", "null"), .notExecuted),
        ] as [(String, Kind)])
    func `a session that leaves a method takes no money`(text: String, kind: Kind) throws {
        let account = try Self.account()
        let order = StripeFixture.order(1, .zero(.usd), saves: true, account: account)
        let outcome = StripeReading.session(try Self.object(text), "cs_1", order)
        #expect(Self.kind(outcome) == kind)
        if let charge = outcome.charge {
            #expect(charge.amount == .zero(.usd))
            #expect(charge.saved?.token == "cus_1/pm_1")
        }
        // For a payment it proves nothing.
        let paying = StripeFixture.order(account: account)
        #expect(StripeReading.session(try Self.object(text), "cs_1", paying).isUnknown)
    }

    @Test(
        arguments: [
            ("succeeded", .succeeded(reference: "re_1")), ("pending", .pending(reference: "re_1")),
            ("requires_action", .pending(reference: "re_1")),
        ] as [(String, RefundOutcome)])
    func `each state of a refund has its outcome`(status: String, outcome: RefundOutcome) throws {
        let object = try Self.object(#"{"id":"re_1","status":"\#(status)","amount":5,"currency":"usd"}"#)
        #expect(StripeReading.refund(object) == outcome)
        #expect(StripeReading.listed(object)?.amount == Money(5, .usd))
    }

    @Test(arguments: ["failed", "canceled"])
    func `a refund that did not arrive says why`(status: String) throws {
        let object = try Self.object(
            #"{"id":"re_1","status":"\#(status)","amount":5,"currency":"usd","failure_reason":"declined"}"#)
        guard case .failed(let failure) = StripeReading.refund(object) else {
            Issue.record("not failed")
            return
        }
        #expect(failure.code == "refund_failed" && failure.gatewayCode == "declined")
        #expect(StripeReading.listed(object)?.status == .failed)
    }

    @Test func `methods other than cards keep their type in the token`() throws {
        let debit = try Self.object(
            #"{"id":"pm_2","type":"sepa_debit","sepa_debit":{"last4":"3000"},"customer":"cus_9"}"#)
        let saved = try #require(StripeReading.saved(debit, customer: "cus_9"))
        #expect(saved.token == "cus_9/pm_2/sepa_debit")
        #expect(saved.summary == MethodSummary(type: "sepa_debit", brand: nil, last4: "3000"))
        #expect(StripeToken(saved.token)?.text == saved.token)
        let wallet = try Self.object(#"{"id":"pm_3","type":"link","link":{"email":"a@b.example"}}"#)
        #expect(StripeReading.summary(wallet) == MethodSummary(type: "wallet"))
    }

    @Test(arguments: ["", "cus_1", "cus_1/", "/pm_1", "cus_1/pm_1/card/x", "cus_1/pm 1", "pm_1/cus_1", "cus_1/../x"])
    func `a token of another form is none`(text: String) {
        #expect(StripeToken(text) == nil)
    }
}
