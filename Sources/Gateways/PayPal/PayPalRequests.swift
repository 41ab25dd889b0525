import Billing
import Bytes
import HTTP
import JSON

/// The calls of PayPal's API, as values. Names that stand in paths were checked before.
enum PayPalRequests {
    // MARK: Orders

    /// Makes an order that the buyer approves on PayPal's page.
    static func hostedOrder(_ order: Order, key: String) throws(PayPalRefused) -> WireRequest {
        let value = try PayPalMoney.text(order.amount)
        return post("order.create", "/v2/checkout/orders", key: key) { json in
            beginOrder(order, value, .hosted, &json)
            json.name("payment_source")
            json.beginObject()
            json.name("paypal")
            json.beginObject()
            experience(order, &json)
            if order.savesMethod {
                json.name("attributes")
                json.beginObject()
                json.name("vault")
                json.beginObject()
                member("store_in_vault", "ON_SUCCESS", &json)
                usage(&json)
                json.endObject()
                json.endObject()
            }
            json.endObject()
            json.endObject()
        }
    }

    /// Makes an order without a source, which a saved method pays when it is captured.
    static func savedOrder(_ order: Order, key: String) throws(PayPalRefused) -> WireRequest {
        let value = try PayPalMoney.text(order.amount)
        return post("order.prepare", "/v2/checkout/orders", key: key) { json in
            beginOrder(order, value, .saved, &json)
        }
    }

    private static func beginOrder(_ order: Order, _ value: String, _ kind: PayPalName.Kind, _ json: inout JSONWriter) {
        member("intent", "CAPTURE", &json)
        json.name("purchase_units")
        json.beginArray()
        json.beginObject()
        amount(order.amount, value, &json)
        member("custom_id", PayPalName.custom(order, kind), &json)
        member("invoice_id", PayPalName.invoice(order, kind), &json)
        let description = String(String.UnicodeScalarView(order.description.unicodeScalars.prefix(127)))
        if !description.isEmpty { member("description", description, &json) }
        json.endObject()
        json.endArray()
    }

    private static func experience(_ order: Order, _ json: inout JSONWriter) {
        json.name("experience_context")
        json.beginObject()
        member("return_url", order.returnURL, &json)
        member("cancel_url", order.backURL, &json)
        member("user_action", "PAY_NOW", &json)
        member("shipping_preference", "NO_SHIPPING", &json)
        if let locale = order.locale, isLocale(locale) { member("locale", locale, &json) }
        json.endObject()
    }

    /// Language, and perhaps country: `de` or `de-CH`. Anything else PayPal may refuse, so it is left out.
    private static func isLocale(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ $0.utf8.count == 2 }) else { return false }
        return parts[0].utf8.allSatisfy { (0x61...0x7a).contains($0) }
            && parts.dropFirst().allSatisfy { $0.utf8.allSatisfy { (0x41...0x5a).contains($0) } }
    }

    /// Takes the money of an order that the buyer approved.
    static func capture(_ order: String, key: String) -> WireRequest {
        var request = post("order.capture", "/v2/checkout/orders/\(order)/capture", key: key) { _ in }
        request.movesMoney = true
        return request
    }

    /// Takes the money of an order by charging a saved method.
    static func charge(_ order: String, token: String, key: String) -> WireRequest {
        var request = post("order.charge", "/v2/checkout/orders/\(order)/capture", key: key) { json in
            json.name("payment_source")
            json.beginObject()
            json.name("paypal")
            json.beginObject()
            member("vault_id", token, &json)
            json.name("stored_credential")
            json.beginObject()
            member("payment_initiator", "MERCHANT", &json)
            member("usage", "SUBSEQUENT", &json)
            member("usage_pattern", "RECURRING_PREPAID", &json)
            json.endObject()
            json.endObject()
            json.endObject()
        }
        request.movesMoney = true
        return request
    }

    static func order(_ id: String) -> WireRequest { fetch("order.get", "/v2/checkout/orders/\(id)") }

    static func capture(_ id: String) -> WireRequest { fetch("capture.get", "/v2/payments/captures/\(id)") }

    // MARK: Refunds

    static func refund(_ capture: String, _ amount: Money, key: String) throws(PayPalRefused) -> WireRequest {
        let value = try PayPalMoney.text(amount)
        var request = post("refund.create", "/v2/payments/captures/\(capture)/refund", key: key) { json in
            Self.amount(amount, value, &json)
            member("custom_id", key, &json)
        }
        request.movesMoney = true
        return request
    }

    static func refund(_ id: String) -> WireRequest { fetch("refund.get", "/v2/payments/refunds/\(id)") }

    // MARK: Saved methods

    /// Opens a page on which the buyer leaves the method without paying.
    static func setupToken(_ order: Order, key: String) -> WireRequest {
        post("setup_token.create", "/v3/vault/setup-tokens", key: key) { json in
            json.name("payment_source")
            json.beginObject()
            json.name("paypal")
            json.beginObject()
            usage(&json)
            json.name("experience_context")
            json.beginObject()
            member("return_url", order.returnURL, &json)
            member("cancel_url", order.backURL, &json)
            member("shipping_preference", "NO_SHIPPING", &json)
            if let locale = order.locale, isLocale(locale) { member("locale", locale, &json) }
            json.endObject()
            json.endObject()
            json.endObject()
        }
    }

    static func setupToken(_ id: String) -> WireRequest { fetch("setup_token.get", "/v3/vault/setup-tokens/\(id)") }

    /// Turns an approved setup token into a saved method.
    static func paymentToken(_ setup: String, key: String) -> WireRequest {
        post("payment_token.create", "/v3/vault/payment-tokens", key: key) { json in
            json.name("payment_source")
            json.beginObject()
            json.name("token")
            json.beginObject()
            member("id", setup, &json)
            member("type", "SETUP_TOKEN", &json)
            json.endObject()
            json.endObject()
        }
    }

    static func paymentToken(_ id: String) -> WireRequest {
        fetch("payment_token.get", "/v3/vault/payment-tokens/\(id)")
    }

    static func paymentTokens(of customer: String) -> WireRequest {
        fetch(
            "payment_token.list",
            "/v3/vault/payment-tokens?customer_id=\(PercentEncoding.encode(customer))&page_size=5")
    }

    static func forget(_ token: String) -> WireRequest {
        WireRequest("payment_token.delete", .delete, "/v3/vault/payment-tokens/\(token)")
    }

    // MARK: Notices

    /// What is asked of PayPal to be told of.
    static let eventTypes = [
        "CHECKOUT.ORDER.APPROVED", "CHECKOUT.PAYMENT-APPROVAL.REVERSED", "PAYMENT.CAPTURE.COMPLETED",
        "PAYMENT.CAPTURE.PENDING", "PAYMENT.CAPTURE.DENIED", "PAYMENT.CAPTURE.DECLINED", "PAYMENT.CAPTURE.REFUNDED",
        "PAYMENT.CAPTURE.REVERSED", "VAULT.PAYMENT-TOKEN.CREATED", "VAULT.PAYMENT-TOKEN.DELETED",
        "CUSTOMER.DISPUTE.CREATED", "CUSTOMER.DISPUTE.RESOLVED",
    ]

    static func webhook(url: String) -> WireRequest {
        post("webhook.create", "/v1/notifications/webhooks") { json in
            member("url", url, &json)
            json.name("event_types")
            types(&json)
        }
    }

    /// Has an address that PayPal knows already be told of everything that is asked for.
    static func webhookTypes(_ id: String) -> WireRequest {
        var request = WireRequest("webhook.update", .patch, "/v1/notifications/webhooks/\(id)")
        request.fields = [
            WireRequest.Field("Accept", "application/json"), WireRequest.Field("Content-Type", "application/json"),
        ]
        var json = JSONWriter(capacity: 1024)
        json.beginArray()
        json.beginObject()
        member("op", "replace", &json)
        member("path", "/event_types", &json)
        json.name("value")
        types(&json)
        json.endObject()
        json.endArray()
        request.body = json.bytes
        return request
    }

    private static func types(_ json: inout JSONWriter) {
        json.beginArray()
        for type in eventTypes {
            json.beginObject()
            member("name", type, &json)
            json.endObject()
        }
        json.endArray()
    }

    static var webhooks: WireRequest { fetch("webhook.list", "/v1/notifications/webhooks") }

    /// Asks PayPal whether a notice is its own.
    ///
    /// - Parameter body: The notice as it came, one JSON value: written anew it would not verify.
    static func verification(_ signature: PayPalSignature, webhookID: String, body: [UInt8]) -> WireRequest {
        post("webhook.verify", "/v1/notifications/verify-webhook-signature") { json in
            member("auth_algo", signature.algorithm, &json)
            member("cert_url", signature.certificateURL, &json)
            member("transmission_id", signature.transmissionID, &json)
            member("transmission_sig", signature.signatureText, &json)
            member("transmission_time", signature.time, &json)
            member("webhook_id", webhookID, &json)
            json.name("webhook_event")
            json.raw(body)
        }
    }

    // MARK: The account

    static func token(clientID: String, secret: String) -> WireRequest {
        var request = WireRequest("token.create", .post, "/v1/oauth2/token")
        request.fields = [
            WireRequest.Field("Authorization", "Basic " + Base64.encode(Array("\(clientID):\(secret)".utf8))),
            WireRequest.Field("Accept", "application/json"),
            WireRequest.Field("Content-Type", "application/x-www-form-urlencoded"),
        ]
        request.body = Array("grant_type=client_credentials".utf8)
        return request
    }

    // MARK: Pieces

    private static func fetch(_ operation: StaticString, _ path: String) -> WireRequest {
        var request = WireRequest(operation, .get, path)
        request.fields = [WireRequest.Field("Accept", "application/json")]
        return request
    }

    /// A call with a JSON object; PayPal wants its type also where the object is empty.
    private static func post(
        _ operation: StaticString, _ path: String, key: String? = nil, _ body: (inout JSONWriter) -> Void
    ) -> WireRequest {
        var request = WireRequest(operation, .post, path)
        request.fields = [
            WireRequest.Field("Accept", "application/json"), WireRequest.Field("Content-Type", "application/json"),
            WireRequest.Field("Prefer", "return=representation"),
        ]
        if let key { request.fields.append(WireRequest.Field("PayPal-Request-Id", key)) }
        var json = JSONWriter(capacity: 512)
        json.beginObject()
        body(&json)
        json.endObject()
        request.body = json.bytes
        return request
    }

    private static func member(_ name: StaticString, _ text: String, _ json: inout JSONWriter) {
        json.name(name)
        json.string(text)
    }

    private static func amount(_ amount: Money, _ value: String, _ json: inout JSONWriter) {
        json.name("amount")
        json.beginObject()
        member("currency_code", amount.currency.description, &json)
        member("value", value, &json)
        json.endObject()
    }

    /// What a saved method is for: this server charges it again and again, in advance.
    private static func usage(_ json: inout JSONWriter) {
        member("usage_type", "MERCHANT", &json)
        member("usage_pattern", "RECURRING_PREPAID", &json)
    }
}
