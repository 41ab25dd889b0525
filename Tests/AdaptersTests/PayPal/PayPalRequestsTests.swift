import Billing
import HTTP
import JSON
import Testing

@testable import Gateways

@Suite struct PayPalRequestsTests {
    private struct Sent {
        let request: WireRequest
        let document: String
        let path: String
        var newer: [String] = []
    }

    /// Every call with a body, as it is made for a payment of 99.99 that saves the method.
    private static func all(_ fixture: PayPalFixture) throws -> [Sent] {
        var payment = fixture.payment(saves: true)
        payment.locale = "de-CH"
        payment.description = String(repeating: "é", count: 200)
        let order = fixture.order(payment)
        return [
            Sent(
                request: try PayPalRequests.hostedOrder(order, key: "k"), document: "checkout_orders_v2",
                path: "/v2/checkout/orders", newer: ["usage_pattern"]),
            Sent(
                request: try PayPalRequests.savedOrder(order, key: "k"), document: "checkout_orders_v2",
                path: "/v2/checkout/orders"),
            Sent(
                request: PayPalRequests.capture("5O1", key: "k"), document: "checkout_orders_v2",
                path: "/v2/checkout/orders/{id}/capture"),
            Sent(
                request: PayPalRequests.charge("5O1", token: "8k1", key: "k"), document: "checkout_orders_v2",
                path: "/v2/checkout/orders/{id}/capture", newer: ["stored_credential"]),
            Sent(
                request: try PayPalRequests.refund("2G1", order.amount, key: "k"), document: "payments_payment_v2",
                path: "/v2/payments/captures/{capture_id}/refund"),
            Sent(
                request: PayPalRequests.setupToken(order, key: "k"), document: "vault_payment_tokens_v3",
                path: "/v3/vault/setup-tokens", newer: ["usage_pattern"]),
            Sent(
                request: PayPalRequests.paymentToken("5C1", key: "k"), document: "vault_payment_tokens_v3",
                path: "/v3/vault/payment-tokens", newer: ["type"]),
            Sent(
                request: PayPalRequests.webhook(url: "https://pay.example/x"), document: "notifications_webhooks_v1",
                path: "/v1/notifications/webhooks"),
        ]
    }

    private static let documents = "paypal-openapi-subset.json"

    @Test(.enabled(if: ReferenceFile.isThere(documents)))
    func `bodies hold what PayPal declares`() throws {
        let bytes = try #require(ReferenceFile.contents(Self.documents))
        let limits = JSONLimits(depth: 64, byteCount: 4 << 20, memberCount: 100_000)
        guard case .object(let documents) = try JSON.parse(bytes, limits: limits) else { throw Unexpected("kind") }
        try PayPalFixture.run { fixture in
            for sent in try Self.all(fixture) {
                let check = SchemaCheck(document: try #require(documents.object(sent.document)), newer: sent.newer)
                #expect(try check.problems("post", sent.path, sent.request.body) == [], "\(sent.path)")
                #expect(try !check.problems("post", sent.path, Array(#"{"intent":1,"nonsense":"x"}"#.utf8)).isEmpty)
            }
        }
    }

    @Test func `calls that move money take a fresh connection and carry their key`() throws {
        try PayPalFixture.run { fixture in
            for sent in try Self.all(fixture) {
                let isMoney = sent.path.hasSuffix("/capture") || sent.path.hasSuffix("/refund")
                #expect(sent.request.movesMoney == isMoney)
                let key = sent.request.fields.first { $0.name == "PayPal-Request-Id" }
                #expect((key?.value == "k") == !sent.path.hasPrefix("/v1/"))
                #expect(sent.request.fields.contains(WireRequest.Field("Content-Type", "application/json")))
            }
        }
    }

    @Test func `an order, word for word`() throws {
        try PayPalFixture.run { fixture in
            let hash = "00000000000000000000000000000001"
            let request = try PayPalRequests.hostedOrder(fixture.order(fixture.payment(units: 1_000)), key: "k")
            #expect(
                String(decoding: request.body, as: UTF8.self) == """
                    {"intent":"CAPTURE","purchase_units":[{"amount":{"currency_code":"USD","value":"10.00"},\
                    "custom_id":"\(hash)-1","invoice_id":"\(hash)-1","description":"Order 1"}],\
                    "payment_source":{"paypal":{"experience_context":{\
                    "return_url":"https://pay.example/checkout/\(hash)/return",\
                    "cancel_url":"https://pay.example/checkout/\(hash)/back","user_action":"PAY_NOW",\
                    "shipping_preference":"NO_SHIPPING"}}}}
                    """)
        }
    }

    @Test func `a notice is handed back for verification byte for byte`() throws {
        let body = Array(#"{ "id" : "WH-1",  "x":1.50 }"#.utf8)
        let signature = try PayPalSignature(
            .init([
                ("PAYPAL-TRANSMISSION-ID", "a"), ("PAYPAL-TRANSMISSION-TIME", "b"), ("PAYPAL-CERT-URL", "c"),
                ("PAYPAL-AUTH-ALGO", "d"), ("PAYPAL-TRANSMISSION-SIG", "e"),
            ]))
        let request = PayPalRequests.verification(signature, webhookID: "w", body: body)
        #expect(
            String(decoding: request.body, as: UTF8.self).hasSuffix(#""webhook_event":{ "id" : "WH-1",  "x":1.50 }}"#))
    }

    @Test(arguments: [("de", true), ("de-CH", true), ("de_CH", false), ("DE", false), ("x", false), ("de-CHE", false)])
    func `a locale that PayPal would refuse is left out`(locale: String, isSent: Bool) throws {
        try PayPalFixture.run { fixture in
            var payment = fixture.payment()
            payment.locale = locale
            let request = try PayPalRequests.hostedOrder(fixture.order(payment), key: "k")
            #expect(String(decoding: request.body, as: UTF8.self).contains("\"locale\"") == isSent)
        }
    }
}
