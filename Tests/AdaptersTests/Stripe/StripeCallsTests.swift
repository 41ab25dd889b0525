import Billing
import HTTP
import Runtime
import Testing

@testable import Gateways

@Suite struct StripeCallsTests {
    private static func order(
        saves: Bool = false, email: String? = nil, locale: String? = nil, description: String = "Order #7 & café"
    ) throws -> Order {
        StripeFixture.order(
            saves: saves, account: try StripeFixture.sealed.get(), email: email, locale: locale,
            description: description)
    }

    private static func form(_ request: WireRequest) throws -> [String: String] {
        let items = try #require(QueryItems(request.body))
        return Dictionary(items.map { ($0.name, $0.value) }) { first, _ in first }
    }

    @Test func `a form is encoded as Stripe reads it`() throws {
        let request = StripeCalls.payment(try Self.order(), units: 9999, key: "k-1")
        let body = String(decoding: request.body, as: UTF8.self)
        #expect(
            body.contains("line_items%5B0%5D%5Bprice_data%5D%5Bproduct_data%5D%5Bname%5D=Order+%237+%26+caf%C3%A9"))
        #expect(request.method == .post && request.path == "/v1/checkout/sessions" && !request.movesMoney)
        #expect(
            request.fields == [
                WireRequest.Field("Stripe-Version", "2026-05-27.dahlia"),
                WireRequest.Field("Content-Type", "application/x-www-form-urlencoded"),
                WireRequest.Field("Idempotency-Key", "k-1"),
            ])
    }

    @Test func `a page names the payment, its amount and the ways back`() throws {
        let form = try Self.form(
            StripeCalls.payment(try Self.order(email: "a@b.example", locale: "pt_BR"), units: 9999, key: "k"))
        let hash = "00000000000000000000000000000001"
        #expect(form["mode"] == "payment")
        #expect(form["success_url"] == "https://pay.example/checkout/t1/return")
        #expect(form["cancel_url"] == "https://pay.example/checkout/t1/back")
        #expect(form["client_reference_id"] == hash)
        #expect(form["customer_email"] == "a@b.example" && form["locale"] == "pt-BR")
        #expect(form["line_items[0][quantity]"] == "1")
        #expect(form["line_items[0][price_data][currency]"] == "usd")
        #expect(form["line_items[0][price_data][unit_amount]"] == "9999")
        #expect(form["metadata[centralpay_payment]"] == hash)
        #expect(form["payment_intent_data[metadata][centralpay_payment]"] == hash)
        #expect(form["payment_intent_data[metadata][centralpay_attempt]"] == "1")
        #expect(
            form["payment_intent_data[metadata][centralpay_application]"] == StripeFixture.application.description)
        #expect(form["customer_creation"] == nil && form["payment_intent_data[setup_future_usage]"] == nil)
        #expect(form["ui_mode"] == nil && form["expires_at"] == nil)
    }

    @Test func `a card is kept only when the payment asks for it`() throws {
        let form = try Self.form(StripeCalls.payment(try Self.order(saves: true), units: 1, key: "k"))
        #expect(form["customer_creation"] == "always")
        #expect(form["payment_intent_data[setup_future_usage]"] == "off_session")
    }

    @Test func `a charge without the buyer is made unconfirmed, and carried out without them`() throws {
        let token = try #require(StripeToken("cus_1/pm_1"))
        let made = StripeCalls.makeIntent(token, try Self.order(), units: 9999, key: "k")
        let form = try Self.form(made)
        #expect(form["confirm"] == nil && !made.movesMoney)
        #expect(form["customer"] == "cus_1" && form["payment_method"] == "pm_1")
        #expect(form["payment_method_types[0]"] == "card" && form["amount"] == "9999" && form["currency"] == "usd")
        let confirm = StripeCalls.confirm("pi_1", key: "k-2")
        #expect(confirm.path == "/v1/payment_intents/pi_1/confirm" && confirm.movesMoney)
        #expect(try Self.form(confirm)["off_session"] == "true")
    }

    @Test func `a refund carries its key`() throws {
        let order = try Self.order()
        let request = StripeCalls.refund("pi_1", units: 100, order, key: "refund-1")
        let form = try Self.form(request)
        #expect(form["payment_intent"] == "pi_1" && form["amount"] == "100" && request.movesMoney)
        #expect(form["metadata[centralpay_key]"] == "refund-1")
        #expect(try Self.form(StripeCalls.refund("ch_1", units: 100, order, key: "k"))["charge"] == "ch_1")
    }

    @Test func `nothing is asked for without a name of the right form`() {
        #expect(StripeName.isValid("pi_1A", "pi_"))
        for name in ["pi_", "cs_1", "pi_1/confirm", "pi_1?x", "pi_\u{e9}", "pi_" + String(repeating: "1", count: 260)] {
            #expect(!StripeName.isValid(name, "pi_"), "\(name)")
        }
    }

    @Test(
        arguments: [
            ("en", "en"), ("en-US", "en"), ("EN_gb", "en-GB"), ("de-AT", "de"), ("zh-TW", "zh-TW"),
            ("es-419", "es-419"),
            ("xx", nil), ("", nil), (nil, nil),
        ] as [(String?, String?)])
    func `a page has the buyer's language where Stripe has it`(tag: String?, locale: String?) {
        #expect(StripeCalls.locale(tag) == locale)
    }

    @Test(
        arguments: [
            ("sk_live_1", .live), ("rk_live_1", .live), ("sk_test_1", .test), ("rk_test_1", .test), ("pk_live_1", nil),
            ("", nil),
        ] as [(String, Mode?)])
    func `a key tells which money it moves`(key: String, mode: Mode?) {
        #expect(StripeGateway.mode(ofKey: key) == mode)
    }
}
