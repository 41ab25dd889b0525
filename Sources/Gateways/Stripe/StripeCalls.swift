import Billing
import HTTP
import Runtime

/// The requests of every call, as values. They depend on their arguments alone, so that a call made again with its key
/// is the same call.
enum StripeCalls {
    /// The version of the API that this code was written for.
    static let version = "2026-05-27.dahlia"
    static let address = "https://api.stripe.com"

    /// Languages of the hosted page.
    static let locales = [
        "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-419", "et", "fi", "fil", "fr", "fr-CA", "hr", "hu", "id",
        "it", "ja", "ko", "lt", "lv", "ms", "mt", "nb", "nl", "pl", "pt", "pt-BR", "ro", "ru", "sk", "sl", "sv", "th",
        "tr", "vi", "zh", "zh-HK", "zh-TW",
    ]

    /// Notices that `StripeNotice` reads.
    static let events = [
        "checkout.session.completed", "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed", "checkout.session.expired", "payment_intent.succeeded",
        "payment_intent.processing", "payment_intent.payment_failed", "payment_intent.canceled",
        "payment_intent.requires_action", "refund.created", "refund.updated", "refund.failed", "charge.refunded",
        "charge.dispute.created", "charge.dispute.closed", "setup_intent.succeeded", "setup_intent.setup_failed",
        "payment_method.automatically_updated", "payment_method.detached",
    ]

    // MARK: Sessions

    /// A page at which the buyer pays.
    ///
    /// No `expires_at`: it would have to lie between 30 minutes and 24 hours ahead of Stripe's clock, which a payment's
    /// own expiry need not; a session of an expired payment is expired by name.
    static func payment(_ order: Order, units: Int64, key: String) -> WireRequest {
        var form = StripeForm()
        form.set("mode", "payment")
        addPages(to: &form, order)
        let currency = StripeMoney.code(of: order.amount.currency)
        form.set("line_items[0][quantity]", 1)
        form.set("line_items[0][price_data][currency]", currency)
        form.set("line_items[0][price_data][unit_amount]", units)
        form.set(
            "line_items[0][price_data][product_data][name]", order.description.isEmpty ? "Payment" : order.description)
        if !order.description.isEmpty { form.set("payment_intent_data[description]", order.description) }
        if order.savesMethod {
            form.set("customer_creation", "always")
            form.set("payment_intent_data[setup_future_usage]", "off_session")
        }
        form.mark("metadata", order)
        form.mark("payment_intent_data[metadata]", order)
        return post("checkout_session.create", "/v1/checkout/sessions", form, key: key)
    }

    /// A page at which the buyer leaves a method, without paying.
    static func setup(_ order: Order, key: String) -> WireRequest {
        var form = StripeForm()
        form.set("mode", "setup")
        addPages(to: &form, order)
        form.set("currency", StripeMoney.code(of: order.amount.currency))
        form.set("customer_creation", "always")
        form.mark("metadata", order)
        form.mark("setup_intent_data[metadata]", order)
        return post("checkout_session.create", "/v1/checkout/sessions", form, key: key)
    }

    private static func addPages(to form: inout StripeForm, _ order: Order) {
        form.set("success_url", order.returnURL)
        form.set("cancel_url", order.backURL)
        form.set("client_reference_id", order.payment.description)
        if let email = order.customerEmail, !email.isEmpty { form.set("customer_email", email) }
        if let locale = locale(order.locale) { form.set("locale", locale) }
    }

    /// The language of the page nearest to `tag`; nil leaves it to the browser.
    static func locale(_ tag: String?) -> String? {
        guard let tag = tag.map({ String($0.map { $0 == "_" ? "-" : $0 }) }) else { return nil }
        if let exact = locales.first(where: { $0.lowercased() == tag.lowercased() }) { return exact }
        let language = tag.prefix { $0 != "-" }.lowercased()
        return locales.first { $0 == language }
    }

    static func session(_ name: String) -> WireRequest {
        var form = StripeForm()
        form.expand("payment_intent.payment_method", "payment_intent.latest_charge", "setup_intent.payment_method")
        return get("checkout_session.get", "/v1/checkout/sessions/\(name)", form)
    }

    /// Without a key: an expiry made again does no harm, and a failure kept under a key would come back for a day.
    static func expire(_ session: String) -> WireRequest {
        post("checkout_session.expire", "/v1/checkout/sessions/\(session)/expire", StripeForm(), key: nil)
    }

    // MARK: Charges without the buyer

    static func makeIntent(_ token: StripeToken, _ order: Order, units: Int64, key: String) -> WireRequest {
        var form = StripeForm()
        form.set("amount", units)
        form.set("currency", StripeMoney.code(of: order.amount.currency))
        form.set("customer", token.customer)
        form.set("payment_method", token.method)
        // Without it Stripe wants a page to come back to.
        form.set("payment_method_types[0]", token.type)
        if !order.description.isEmpty { form.set("description", order.description) }
        form.mark("metadata", order)
        return post("payment_intent.create", "/v1/payment_intents", form, key: key)
    }

    static func confirm(_ intent: String, key: String) -> WireRequest {
        var form = StripeForm()
        form.set("off_session", "true")
        form.expand("payment_method", "latest_charge")
        var request = post("payment_intent.confirm", "/v1/payment_intents/\(intent)/confirm", form, key: key)
        request.movesMoney = true
        return request
    }

    static func intent(_ name: String) -> WireRequest {
        var form = StripeForm()
        form.expand("payment_method", "latest_charge")
        return get("payment_intent.get", "/v1/payment_intents/\(name)", form)
    }

    /// Without a key, as `expire`.
    static func cancel(_ intent: String) -> WireRequest {
        var form = StripeForm()
        form.set("cancellation_reason", "abandoned")
        return post("payment_intent.cancel", "/v1/payment_intents/\(intent)/cancel", form, key: nil)
    }

    // MARK: Refunds

    /// - Parameter charge: An intent, or a charge that an operator named.
    static func refund(_ charge: String, units: Int64, _ order: Order, key: String) -> WireRequest {
        var form = StripeForm()
        form.set(chargeParameter(charge), charge)
        form.set("amount", units)
        form.mark("metadata", order)
        form.set("metadata[\(StripeMark.key)]", key)
        var request = post("refund.create", "/v1/refunds", form, key: key)
        request.movesMoney = true
        return request
    }

    static func refund(_ name: String) -> WireRequest {
        get("refund.get", "/v1/refunds/\(name)", StripeForm())
    }

    static func refunds(of charge: String, after last: String?) -> WireRequest {
        var form = StripeForm()
        form.set(chargeParameter(charge), charge)
        return page("refund.list", "/v1/refunds", form, after: last, count: 100)
    }

    private static func chargeParameter(_ charge: String) -> String {
        charge.hasPrefix(StripeName.charge) ? "charge" : "payment_intent"
    }

    static func charge(_ name: String) -> WireRequest {
        get("charge.get", "/v1/charges/\(name)", StripeForm())
    }

    // MARK: Saved methods

    static func method(_ name: String) -> WireRequest {
        get("payment_method.get", "/v1/payment_methods/\(name)", StripeForm())
    }

    /// Without a key, as `expire`.
    static func detach(_ method: String) -> WireRequest {
        post("payment_method.detach", "/v1/payment_methods/\(method)/detach", StripeForm(), key: nil)
    }

    static func setupIntent(_ name: String) -> WireRequest {
        get("setup_intent.get", "/v1/setup_intents/\(name)", StripeForm())
    }

    // MARK: The account

    static func balance() -> WireRequest {
        get("balance.get", "/v1/balance", StripeForm())
    }

    static func intents(since time: Timestamp, after last: String?) -> WireRequest {
        var form = StripeForm()
        form.set("created[gte]", max(0, time.seconds))
        return page("payment_intent.list", "/v1/payment_intents", form, after: last, count: 100)
    }

    static func sessions(since time: Timestamp, after last: String?) -> WireRequest {
        var form = StripeForm()
        form.set("created[gte]", max(0, time.seconds))
        return page("checkout_session.list", "/v1/checkout/sessions", form, after: last, count: 50)
    }

    /// Without a key: the secret comes in the answer alone, so a lost answer is of no use again.
    static func register(_ url: String) -> WireRequest {
        var form = StripeForm()
        form.set("url", url)
        for (index, event) in events.enumerated() { form.set("enabled_events[\(index)]", event) }
        form.set("api_version", version)
        form.set("description", "CentralPay")
        return post("webhook_endpoint.create", "/v1/webhook_endpoints", form, key: nil)
    }

    static func endpoints(after last: String?) -> WireRequest {
        page("webhook_endpoint.list", "/v1/webhook_endpoints", StripeForm(), after: last, count: 100)
    }

    static func removeEndpoint(_ name: String) -> WireRequest {
        var request = WireRequest("webhook_endpoint.delete", .delete, "/v1/webhook_endpoints/\(name)")
        request.fields = [WireRequest.Field("Stripe-Version", version)]
        return request
    }

    // MARK: Shapes

    private static func page(
        _ operation: StaticString, _ path: String, _ form: StripeForm, after last: String?, count: Int64
    ) -> WireRequest {
        var form = form
        form.set("limit", count)
        if let last { form.set("starting_after", last) }
        return get(operation, path, form)
    }

    private static func get(_ operation: StaticString, _ path: String, _ form: StripeForm) -> WireRequest {
        var request = WireRequest(operation, .get, form.isEmpty ? path : "\(path)?\(form.text)")
        request.fields = [WireRequest.Field("Stripe-Version", version)]
        return request
    }

    private static func post(_ operation: StaticString, _ path: String, _ form: StripeForm, key: String?) -> WireRequest
    {
        var request = WireRequest(operation, .post, path)
        request.fields = [
            WireRequest.Field("Stripe-Version", version),
            WireRequest.Field("Content-Type", "application/x-www-form-urlencoded"),
        ]
        if let key { request.fields.append(WireRequest.Field("Idempotency-Key", key)) }
        request.body = Array(form.text.utf8)
        return request
    }
}
