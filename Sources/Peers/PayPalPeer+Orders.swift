import HTTP
import JSON

/// Orders, captures and refunds.
extension PayPalPeer {
    func createOrder(_ body: JSONObject, _ key: String?, _ state: inout State) -> Response {
        if let key, let id = state.books.replays["order \(key)"] { return showOrder(id, 200, state) }
        let units = body.objects("purchase_units")
        guard body.text("intent") == "CAPTURE", units.count == 1 else {
            return Self.error(400, "INVALID_REQUEST", "MISSING_REQUIRED_PARAMETER")
        }
        let amount: PayPalPeerAmount
        do throws(PayPalPeerAmount.Problem) {
            amount = try PayPalPeerAmount(units[0].object("amount"))
        } catch {
            return Self.error(error == .form ? 400 : 422, "UNPROCESSABLE_ENTITY", error.rawValue)
        }
        for (name, limit) in [("custom_id", 127), ("invoice_id", 127), ("description", 127)]
        where (units[0].text(name)?.unicodeScalars.count ?? 0) > limit {
            return Self.error(400, "INVALID_REQUEST", "INVALID_STRING_LENGTH")
        }
        let source = body.object("payment_source")
        if source != nil, key == nil { return Self.error(400, "INVALID_REQUEST", "PAYPAL_REQUEST_ID_REQUIRED") }
        let wallet = source?.object("paypal")
        let experience = wallet?.object("experience_context")
        let vault = wallet?.object("attributes")?.object("vault")
        if let vault, vault.text("store_in_vault") != "ON_SUCCESS" || vault.text("usage_type") != "MERCHANT" {
            return Self.error(400, "INVALID_REQUEST", "INVALID_PARAMETER_VALUE")
        }
        let order = PayPalPeerBooks.Order(
            id: state.books.name("5O"), status: source == nil ? "CREATED" : "PAYER_ACTION_REQUIRED",
            custom: units[0].text("custom_id"), invoice: units[0].text("invoice_id"), amount: amount,
            hasSource: source != nil, vaults: vault != nil, returnURL: experience?.text("return_url"),
            cancelURL: experience?.text("cancel_url"))
        state.books.orders.append(order)
        if let key { state.books.replays["order \(key)"] = order.id }
        return showOrder(order.id, 201, state)
    }

    func showOrder(_ id: String, _ status: Int, _ state: State) -> Response {
        guard let index = state.books.order(id) else {
            return Self.error(404, "RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID")
        }
        return Self.json(status) { write(state.books.orders[index], state, to: &$0) }
    }

    /// The members of an order.
    func write(_ order: PayPalPeerBooks.Order, _ state: State, to json: inout JSONWriter) {
        json.name("id")
        json.string(order.id)
        json.name("intent")
        json.string("CAPTURE")
        json.name("status")
        json.string(order.status)
        if order.hasSource { writeSource(order, to: &json) }
        json.name("purchase_units")
        json.beginArray()
        json.beginObject()
        json.name("reference_id")
        json.string("default")
        order.amount.write("amount", to: &json)
        writeOwner(order, to: &json)
        if !order.captures.isEmpty {
            json.name("payments")
            json.beginObject()
            json.name("captures")
            json.beginArray()
            for capture in order.captures { json.raw(document { write(capture, order, to: &$0) }) }
            json.endArray()
            if !order.refunds.isEmpty {
                json.name("refunds")
                json.beginArray()
                for refund in order.refunds { json.raw(document { write(refund, order, to: &$0) }) }
                json.endArray()
            }
            json.endObject()
        }
        json.endObject()
        json.endArray()
        json.name("links")
        json.beginArray()
        Self.link("self", "\(baseURL)/v2/checkout/orders/\(order.id)", &json)
        if order.captures.isEmpty, order.status != "VOIDED" {
            Self.link(
                order.hasSource ? "payer-action" : "approve", "\(baseURL)/checkoutnow?token=\(order.id)", &json)
        }
        json.endArray()
    }

    private func writeSource(_ order: PayPalPeerBooks.Order, to json: inout JSONWriter) {
        json.name("payment_source")
        json.beginObject()
        json.name("paypal")
        json.beginObject()
        if !order.captures.isEmpty {
            json.name("email_address")
            json.string("buyer@example.com")
            json.name("account_id")
            json.string("QYR5Z8XDVJNXQ")
        }
        if order.vaults, let token = order.token {
            json.name("attributes")
            json.beginObject()
            json.name("vault")
            json.beginObject()
            if !order.isTokenLate {
                json.name("id")
                json.string(token)
            }
            json.name("status")
            json.string(order.isTokenLate ? "APPROVED" : "VAULTED")
            json.endObject()
            json.endObject()
        }
        json.endObject()
        json.endObject()
    }

    private func writeOwner(_ order: PayPalPeerBooks.Order, to json: inout JSONWriter) {
        if let custom = order.custom {
            json.name("custom_id")
            json.string(custom)
        }
        if let invoice = order.invoice {
            json.name("invoice_id")
            json.string(invoice)
        }
    }

    func document(_ write: (inout JSONWriter) -> Void) -> [UInt8] {
        var json = JSONWriter(capacity: 512)
        json.beginObject()
        write(&json)
        json.endObject()
        return json.bytes
    }

    /// The members of a capture.
    func write(_ capture: PayPalPeerBooks.Capture, _ order: PayPalPeerBooks.Order, to json: inout JSONWriter) {
        json.name("id")
        json.string(capture.id)
        json.name("status")
        json.string(capture.status)
        if let reason = capture.reason {
            json.name("status_details")
            json.beginObject()
            json.name("reason")
            json.string(reason)
            json.endObject()
        }
        order.amount.write("amount", to: &json, units: capture.units)
        json.name("final_capture")
        json.bool(true)
        writeOwner(order, to: &json)
        json.name("supplementary_data")
        json.beginObject()
        json.name("related_ids")
        json.beginObject()
        json.name("order_id")
        json.string(order.id)
        json.endObject()
        json.endObject()
        json.name("links")
        json.beginArray()
        Self.link("self", "\(baseURL)/v2/payments/captures/\(capture.id)", &json)
        Self.link("up", "\(baseURL)/v2/checkout/orders/\(order.id)", &json)
        json.endArray()
    }

    /// The members of a refund.
    func write(_ refund: PayPalPeerBooks.Refund, _ order: PayPalPeerBooks.Order, to json: inout JSONWriter) {
        json.name("id")
        json.string(refund.id)
        json.name("status")
        json.string(refund.status)
        order.amount.write("amount", to: &json, units: refund.units)
        if let custom = refund.custom {
            json.name("custom_id")
            json.string(custom)
        }
        json.name("links")
        json.beginArray()
        Self.link("self", "\(baseURL)/v2/payments/refunds/\(refund.id)", &json)
        Self.link("up", "\(baseURL)/v2/payments/captures/\(refund.capture)", &json)
        json.endArray()
    }

    func capture(_ id: String, _ body: JSONObject, _ key: String?, _ state: inout State) -> Response {
        if let key, state.books.replays["capture \(key)"] == id { return showOrder(id, 200, state) }
        guard let index = state.books.order(id) else {
            return Self.error(404, "RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID")
        }
        let order = state.books.orders[index]
        guard order.status != "COMPLETED" else {
            return Self.error(422, "UNPROCESSABLE_ENTITY", "ORDER_ALREADY_CAPTURED")
        }
        let wallet = body.object("payment_source")?.object("paypal")
        if let wallet {
            guard let name = wallet.text("vault_id"), let token = state.books.tokens.first(where: { $0.id == name })
            else { return Self.error(422, "UNPROCESSABLE_ENTITY", "TOKEN_ID_NOT_FOUND") }
            guard wallet.object("stored_credential")?.text("payment_initiator") == "MERCHANT" else {
                return Self.error(422, "UNPROCESSABLE_ENTITY", "PAYER_ACTION_REQUIRED")
            }
            if let refusal = token.refusal { return Self.error(422, "UNPROCESSABLE_ENTITY", refusal) }
        } else if order.status != "APPROVED" {
            return Self.error(422, "UNPROCESSABLE_ENTITY", "ORDER_NOT_APPROVED")
        }
        let isPaid = state.books.orders.contains { other in
            other.invoice != nil && other.invoice == order.invoice
                && other.captures.contains { $0.status != "DECLINED" && $0.status != "FAILED" }
        }
        if isPaid { return Self.error(422, "UNPROCESSABLE_ENTITY", "DUPLICATE_INVOICE_ID") }
        let fate = state.fates.isEmpty ? Fate.completes : state.fates.removeFirst()
        var capture = PayPalPeerBooks.Capture(
            id: state.books.name("2G"), status: "COMPLETED", units: order.amount.units)
        switch fate {
        case .refuses(let issue): return Self.error(422, "UNPROCESSABLE_ENTITY", issue)
        case .completes: break
        case .declinesInside(let reason):
            capture.status = "DECLINED"
            capture.reason = reason
        case .pends(let reason):
            capture.status = "PENDING"
            capture.reason = reason
        }
        state.books.orders[index].captures.append(capture)
        state.books.orders[index].status = "COMPLETED"
        if wallet != nil { state.books.orders[index].hasSource = true }
        if order.vaults, capture.status != "DECLINED" {
            let token = PayPalPeerBooks.Token(
                id: state.books.name("8k"), customer: state.books.name("cus"), refusal: nil)
            state.books.tokens.append(token)
            state.books.orders[index].token = token.id
            state.books.orders[index].isTokenLate = state.namesTokensLate
        }
        if let key { state.books.replays["capture \(key)"] = id }
        announce("PAYMENT.CAPTURE.\(capture.status)", of: index, &state)
        return showOrder(id, 201, state)
    }

    func showCapture(_ id: String, _ state: State) -> Response {
        guard let place = state.books.capture(id) else {
            return Self.error(404, "RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID")
        }
        let order = state.books.orders[place.order]
        return Self.json(200) { write(order.captures[place.capture], order, to: &$0) }
    }

    func refund(_ id: String, _ body: JSONObject, _ key: String?, _ state: inout State) -> Response {
        if let key, let known = state.books.replays["refund \(key)"] { return showRefund(known, 200, state) }
        guard let place = state.books.capture(id) else {
            return Self.error(404, "RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID")
        }
        let order = state.books.orders[place.order]
        let capture = order.captures[place.capture]
        guard capture.status != "PENDING" else { return Self.error(422, "UNPROCESSABLE_ENTITY", "PENDING_CAPTURE") }
        let left = capture.units - state.books.refunded(order, id)
        guard left > 0 else { return Self.error(422, "UNPROCESSABLE_ENTITY", "CAPTURE_FULLY_REFUNDED") }
        var units = left
        if let object = body.object("amount") {
            guard let amount = try? PayPalPeerAmount(object), amount.currency == order.amount.currency else {
                return Self.error(422, "UNPROCESSABLE_ENTITY", "DECIMAL_PRECISION")
            }
            units = amount.units
        }
        guard units <= left else { return Self.error(422, "UNPROCESSABLE_ENTITY", "REFUND_AMOUNT_EXCEEDED") }
        let made = add(units, to: place, custom: body.text("custom_id"), &state)
        if let key { state.books.replays["refund \(key)"] = made }
        return showRefund(made, 201, state)
    }

    /// Gives money back, for a call or by hand.
    func add(
        _ units: Int64, to place: (order: Int, capture: Int), custom: String?, _ state: inout State
    ) -> String {
        let capture = state.books.orders[place.order].captures[place.capture]
        let refund = PayPalPeerBooks.Refund(
            id: state.books.name("1J"), capture: capture.id, units: units, status: state.refundStatus, custom: custom)
        state.books.orders[place.order].refunds.append(refund)
        let order = state.books.orders[place.order]
        let back = state.books.refunded(order, capture.id)
        if back > 0 {
            state.books.orders[place.order].captures[place.capture].status =
                back == capture.units ? "REFUNDED" : "PARTIALLY_REFUNDED"
        }
        announce("PAYMENT.CAPTURE.REFUNDED", of: place.order, &state)
        return refund.id
    }

    func showRefund(_ id: String, _ status: Int, _ state: State) -> Response {
        guard let place = state.books.refund(id) else {
            return Self.error(404, "RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID")
        }
        let order = state.books.orders[place.order]
        return Self.json(status) { write(order.refunds[place.refund], order, to: &$0) }
    }
}
