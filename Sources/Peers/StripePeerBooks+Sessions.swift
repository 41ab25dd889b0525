import JSON

extension StripePeerBooks {
    /// What is wrong with an amount; nil when Stripe would take it.
    static func refusal(amount: Int64?, _ currency: String?, _ parameter: String) -> StripePeerAnswer? {
        guard let currency, currency.count == 3, currency == currency.lowercased() else {
            return .invalid("parameter_invalid_string", "currency", "A currency in lower case is needed.")
        }
        guard let amount, amount > 0 else {
            return .invalid("parameter_invalid_integer", parameter, "A positive integer is needed.")
        }
        if ["isk", "ugx"].contains(currency), amount % 100 != 0 {
            return .invalid("parameter_invalid_integer", parameter, "It must end in 00.")
        }
        if ["usd", "eur"].contains(currency), amount < 50 {
            return .invalid("amount_too_small", parameter, "The amount is below the minimum.")
        }
        if amount > 99_999_999, !["inr", "idr", "jpy", "huf", "cop"].contains(currency) {
            return .invalid("amount_too_large", parameter, "The amount is above the maximum.")
        }
        return nil
    }

    mutating func makeSession(_ form: StripePeerForm) -> StripePeerAnswer {
        for name in ["metadata", "payment_intent_data[metadata]", "setup_intent_data[metadata]"] {
            if let broken = form.brokenMetadata(name) {
                return .invalid("parameter_invalid_string", broken, "Metadata is too long.")
            }
        }
        guard form["success_url"] != nil else {
            return .invalid("parameter_missing", "success_url", "A page to come back to is needed.")
        }
        let mode = form["mode"] ?? ""
        var amount: Int64 = 0
        let currency: String
        switch mode {
        case "payment":
            let price = "line_items[0][price_data]"
            if let refusal = Self.refusal(
                amount: form.integer("\(price)[unit_amount]"), form["\(price)[currency]"], "\(price)[unit_amount]")
            {
                return refusal
            }
            guard form["\(price)[product_data][name]"] != nil, form.integer("line_items[0][quantity]") == 1 else {
                return .invalid("parameter_missing", "line_items", "A named item is needed.")
            }
            amount = form.integer("\(price)[unit_amount]") ?? 0
            currency = form["\(price)[currency]"] ?? ""
        case "setup":
            guard let given = form["currency"] else {
                return .invalid("parameter_missing", "currency", "A currency is needed.")
            }
            currency = given
        default:
            return .invalid("parameter_invalid_string", "mode", "payment or setup.")
        }
        let id = newName("cs_test_")
        let session = Objects.Session(
            id: id, mode: mode, url: "https://checkout.stripe.example/c/pay/\(id)", amount: amount, currency: currency,
            created: now, createsCustomer: form["customer_creation"] == "always",
            savesMethod: mode == "setup" || form["payment_intent_data[setup_future_usage]"] == "off_session",
            metadata: form.pairs("metadata"),
            innerMetadata: form.pairs(mode == "setup" ? "setup_intent_data[metadata]" : "payment_intent_data[metadata]")
        )
        sessions[id] = session
        return StripePeerAnswer(show(session, .none))
    }

    func getSession(_ name: String, _ form: StripePeerForm) -> StripePeerAnswer {
        guard let session = sessions[name] else { return .missing("checkout.session", parameter: "session") }
        return StripePeerAnswer(show(session, form.expansions))
    }

    func listSessions(_ form: StripePeerForm) -> StripePeerAnswer {
        let since = form.integer("created[gte]") ?? 0
        let intent = form["payment_intent"]
        let found = sessions.items.filter { $0.created >= since && (intent == nil || $0.intent == intent) }
        return page(found, form, name: \.id) { show($0, .none) }
    }

    mutating func expireSession(_ name: String) -> StripePeerAnswer {
        guard var session = sessions[name] else { return .missing("checkout.session", parameter: "session") }
        guard session.status == "open" else {
            return .refused(
                400, "invalid_request_error",
                message: "Only open sessions can be expired; this one is \(session.status).")
        }
        session.status = "expired"
        sessions[name] = session
        if let intent = session.intent, var inner = intents[intent] {
            inner.status = "canceled"
            intents[intent] = inner
        }
        announce("checkout.session.expired", show(session, .none))
        return StripePeerAnswer(show(session, .none))
    }

    func show(_ session: Objects.Session, _ expansions: StripePeerExpansions) -> JSONValue {
        func shown(_ name: String?, _ member: String) -> JSONValue {
            guard let name, let inner = intents[name], let below = expansions.below(member) else { return .text(name) }
            return show(inner, below)
        }
        return .members([
            ("id", .string(session.id)), ("object", .string("checkout.session")),
            ("amount_total", session.mode == "setup" ? .null : .integer(session.amount)),
            ("created", .integer(session.created)), ("currency", .string(session.currency)),
            ("customer", .text(session.customer)), ("livemode", .bool(false)),
            ("metadata", .metadata(session.metadata)), ("mode", .string(session.mode)),
            ("payment_intent", shown(session.intent, "payment_intent")),
            ("payment_status", .string(session.paymentStatus)),
            ("setup_intent", shown(session.setupIntent, "setup_intent")), ("status", .string(session.status)),
            ("url", session.status == "open" ? .string(session.url) : .null),
        ])
    }
}
