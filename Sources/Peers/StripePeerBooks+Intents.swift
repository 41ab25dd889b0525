import JSON

extension StripePeerBooks {
    mutating func makeIntent(_ form: StripePeerForm) -> StripePeerAnswer {
        if let refusal = Self.refusal(amount: form.integer("amount"), form["currency"], "amount") { return refusal }
        if let broken = form.brokenMetadata("metadata") {
            return .invalid("parameter_invalid_string", broken, "Metadata is too long.")
        }
        guard let customer = form["customer"], methods.items.contains(where: { $0.customer == customer }) else {
            return .invalid("resource_missing", "customer", "No such customer.")
        }
        guard let name = form["payment_method"], let method = methods[name], method.customer == customer else {
            return .invalid("resource_missing", "payment_method", "No such payment method of this customer.")
        }
        guard form["payment_method_types[0]"] == method.card.type else {
            return .invalid("parameter_invalid_string", "payment_method_types", "The method is of another type.")
        }
        let intent = Objects.Intent(
            id: newName("pi_"), status: "requires_confirmation", amount: form.integer("amount") ?? 0,
            currency: form["currency"] ?? "", created: now, metadata: form.pairs("metadata"), customer: customer,
            method: name)
        intents[intent.id] = intent
        return StripePeerAnswer(show(intent, form.expansions))
    }

    mutating func confirmIntent(_ name: String, _ form: StripePeerForm) -> StripePeerAnswer {
        guard let intent = intents[name] else { return .missing("payment_intent", parameter: "intent") }
        guard intent.status == "requires_confirmation", let used = intent.method, let method = methods[used] else {
            return .refused(
                400, "invalid_request_error", code: "payment_intent_unexpected_state",
                message: "It cannot be confirmed: its status is \(intent.status).",
                more: [("payment_intent", show(intent, .none))], isKept: true)
        }
        guard method.customer == intent.customer else {
            return .invalid("resource_missing", "payment_method", "No such payment method of this customer.")
        }
        let after = charge(intent, method.card, form["off_session"] == "true" ? method.card.later : method.card.now)
        guard after.status == "requires_payment_method", let error = after.lastError else {
            return StripePeerAnswer(show(after, form.expansions))
        }
        return .refused(
            402, "card_error", code: error.code, message: error.message,
            more: Self.members(of: error) + [("payment_intent", show(after, .none))], isKept: true)
    }

    /// What becomes of an intent that is carried out.
    mutating func charge(
        _ before: Objects.Intent, _ card: StripePeerCard, _ story: StripePeerCard.Story
    ) -> Objects.Intent {
        var intent = before
        intent.charge = newName("ch_")
        intent.isBlocked = story == .blocked
        switch story {
        case .succeeds:
            intent.status = "succeeded"
            intent.received = intent.amount
            intent.lastError = nil
        case .settles:
            intent.status = "processing"
        case .declines(let code, let advice):
            let own = ["expired_card", "incorrect_cvc", "incorrect_number", "processing_error"].contains(code)
            intent.lastError = Objects.Decline(
                code: own ? code : "card_declined", declineCode: code, advice: advice, message: "Declined: \(code).")
        case .blocked:
            intent.lastError = Objects.Decline(
                code: "card_declined", declineCode: "generic_decline", advice: nil, message: "Declined.")
        case .authenticates:
            intent.lastError = Objects.Decline(
                code: "authentication_required", declineCode: "authentication_required", advice: nil,
                message: "The buyer must confirm.")
        }
        if intent.lastError != nil { intent.status = "requires_payment_method" }
        intents[intent.id] = intent
        let type = ["succeeded": "succeeded", "processing": "processing"][intent.status] ?? "payment_failed"
        announce("payment_intent.\(type)", show(intent, .none))
        if intent.status == "succeeded", card.isDisputed { dispute(intent.id) }
        return intent
    }

    mutating func cancelIntent(_ name: String, _ form: StripePeerForm) -> StripePeerAnswer {
        guard var intent = intents[name] else { return .missing("payment_intent", parameter: "intent") }
        let reasons = ["duplicate", "fraudulent", "requested_by_customer", "abandoned"]
        guard form["cancellation_reason"].map(reasons.contains) ?? true else {
            return .invalid("parameter_invalid_string", "cancellation_reason", "No such reason.")
        }
        let isOfSession = sessions.items.contains { $0.intent == name }
        guard intent.status.hasPrefix("requires_"), !isOfSession else {
            return .refused(
                400, "invalid_request_error", code: "payment_intent_unexpected_state",
                message: "It cannot be cancelled.", more: [("payment_intent", show(intent, .none))])
        }
        intent.status = "canceled"
        intents[name] = intent
        announce("payment_intent.canceled", show(intent, .none))
        return StripePeerAnswer(show(intent, .none))
    }

    func getIntent(_ name: String, _ form: StripePeerForm) -> StripePeerAnswer {
        guard let intent = intents[name], !intent.isSetup else {
            return .missing("payment_intent", parameter: "intent")
        }
        return StripePeerAnswer(show(intent, form.expansions))
    }

    func getSetupIntent(_ name: String) -> StripePeerAnswer {
        guard let intent = intents[name], intent.isSetup else { return .missing("setup_intent", parameter: "intent") }
        return StripePeerAnswer(show(intent, .none))
    }

    func getCharge(_ name: String) -> StripePeerAnswer {
        guard let intent = intents.items.first(where: { $0.charge == name }) else {
            return .missing("charge", parameter: "charge")
        }
        return StripePeerAnswer(showCharge(of: intent))
    }

    func listIntents(_ form: StripePeerForm) -> StripePeerAnswer {
        let since = form.integer("created[gte]") ?? 0
        let customer = form["customer"]
        let found = intents.items.filter {
            !$0.isSetup && $0.created >= since && (customer == nil || $0.customer == customer)
        }
        return page(found, form, name: \.id) { show($0, .none) }
    }

    // MARK: Shapes

    private static func members(of error: Objects.Decline) -> [(name: String, value: JSONValue)] {
        var members: [(name: String, value: JSONValue)] = []
        if let code = error.declineCode { members.append(("decline_code", .string(code))) }
        if let advice = error.advice { members.append(("advice_code", .string(advice))) }
        return members
    }

    func show(_ intent: Objects.Intent, _ expansions: StripePeerExpansions) -> JSONValue {
        let method: JSONValue
        if let name = intent.method, let found = methods[name], expansions.below("payment_method") != nil {
            method = show(found)
        } else {
            method = .text(intent.method)
        }
        guard !intent.isSetup else {
            return .members([
                ("id", .string(intent.id)), ("object", .string("setup_intent")), ("created", .integer(intent.created)),
                ("customer", .text(intent.customer)), ("livemode", .bool(false)),
                ("metadata", .metadata(intent.metadata)), ("payment_method", method),
                ("status", .string(intent.status)),
            ])
        }
        let error = intent.lastError.map { error in
            JSONValue.members(
                [
                    ("type", .string("card_error")), ("code", .string(error.code)), ("message", .string(error.message)),
                ] + Self.members(of: error))
        }
        return .members([
            ("id", .string(intent.id)), ("object", .string("payment_intent")), ("amount", .integer(intent.amount)),
            ("amount_received", .integer(intent.received)), ("capture_method", .string("automatic")),
            ("created", .integer(intent.created)), ("currency", .string(intent.currency)),
            ("customer", .text(intent.customer)), ("last_payment_error", error ?? .null),
            (
                "latest_charge",
                expansions.below("latest_charge") != nil && intent.charge != nil
                    ? showCharge(of: intent) : .text(intent.charge)
            ), ("livemode", .bool(false)), ("metadata", .metadata(intent.metadata)), ("next_action", .null),
            ("payment_method", method), ("status", .string(intent.status)),
        ])
    }

    func showCharge(of intent: Objects.Intent) -> JSONValue {
        let refunded = refunded(intent.id)
        return .members([
            ("id", .text(intent.charge)), ("object", .string("charge")), ("amount", .integer(intent.amount)),
            ("amount_refunded", .integer(refunded)), ("currency", .string(intent.currency)),
            ("customer", .text(intent.customer)), ("metadata", .metadata(intent.metadata)),
            (
                "outcome",
                .members([
                    (
                        "type",
                        .string(
                            intent.isBlocked ? "blocked" : intent.lastError == nil ? "authorized" : "issuer_declined")
                    )
                ])
            ), ("paid", .bool(intent.status == "succeeded")), ("payment_intent", .string(intent.id)),
            ("refunded", .bool(refunded == intent.amount)),
        ])
    }
}
