import JSON

extension StripePeerBooks {
    /// What of an intent went back or is on its way.
    func refunded(_ intent: String) -> Int64 {
        refunds.items.reduce(into: 0) { sum, refund in
            if refund.intent == intent, refund.status != "failed", refund.status != "canceled" { sum += refund.amount }
        }
    }

    mutating func makeRefund(_ form: StripePeerForm) -> StripePeerAnswer {
        let intent =
            form["payment_intent"].flatMap { intents[$0] }
            ?? form["charge"].flatMap { name in intents.items.first { $0.charge == name } }
        guard let intent else { return .missing("payment_intent", parameter: "payment_intent") }
        guard intent.status == "succeeded" else {
            return .invalid("", "payment_intent", "This payment has no successful charge to refund.")
        }
        let left = intent.received - refunded(intent.id)
        guard left > 0 else {
            return .refused(
                400, "invalid_request_error", code: "charge_already_refunded", message: "It has been refunded.")
        }
        let amount = form.integer("amount") ?? left
        guard amount > 0, amount <= left else {
            return .refused(
                400, "invalid_request_error", parameter: "amount", message: "The amount is more than what is left.")
        }
        let card = intent.method.flatMap { methods[$0] }?.card
        return StripePeerAnswer(
            show(refund(intent, amount, form.pairs("metadata"), status: card?.refundStatus ?? "succeeded")))
    }

    mutating func refund(
        _ intent: Objects.Intent, _ amount: Int64, _ metadata: Objects.Metadata, status: String
    ) -> Objects.Refund {
        let refund = Objects.Refund(
            id: newName("re_"), intent: intent.id, amount: amount, currency: intent.currency, status: status,
            failureReason: nil, created: now, metadata: metadata)
        refunds[refund.id] = refund
        announce("refund.created", show(refund))
        announce("charge.refunded", showCharge(of: intent))
        return refund
    }

    func getRefund(_ name: String) -> StripePeerAnswer {
        guard let refund = refunds[name] else { return .missing("refund", parameter: "refund") }
        return StripePeerAnswer(show(refund))
    }

    func listRefunds(_ form: StripePeerForm) -> StripePeerAnswer {
        let charge = form["charge"].flatMap { name in intents.items.first { $0.charge == name } }?.id
        let intent = form["payment_intent"] ?? charge
        return page(refunds.items.filter { intent == nil || $0.intent == intent }, form, name: \.id) { show($0) }
    }

    func show(_ refund: Objects.Refund) -> JSONValue {
        var members: [(name: String, value: JSONValue)] = [
            ("id", .string(refund.id)), ("object", .string("refund")), ("amount", .integer(refund.amount)),
            ("charge", .text(intents[refund.intent]?.charge)), ("created", .integer(refund.created)),
            ("currency", .string(refund.currency)), ("metadata", .metadata(refund.metadata)),
            ("payment_intent", .string(refund.intent)), ("status", .string(refund.status)),
        ]
        if let reason = refund.failureReason { members.append(("failure_reason", .string(reason))) }
        return .members(members)
    }

    mutating func dispute(_ intent: String) {
        guard let found = intents[intent] else { return }
        announce(
            "charge.dispute.created",
            .members([
                ("id", .string(newName("dp_"))), ("object", .string("dispute")), ("amount", .integer(found.amount)),
                ("charge", .text(found.charge)), ("currency", .string(found.currency)), ("metadata", .members([])),
                ("payment_intent", .string(intent)), ("status", .string("needs_response")),
            ]))
    }
}
