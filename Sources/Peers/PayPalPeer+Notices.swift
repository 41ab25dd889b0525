import Bytes
import HTTP
import JSON
import Runtime
import X509

/// Notices, and what the buyer and the merchant do at PayPal's own pages.
extension PayPalPeer {
    /// Where the certificate is said to be; nobody but PayPal may be believed about that.
    package static let certificateURL = "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-360caa42-peer"

    /// The name of our address for notices; the same for everybody who registers one.
    package static let webhookID = "0EH40505U7160970P"

    // MARK: What people do

    /// The buyer approves an order.
    package func approve(_ id: String) {
        state.withLock { state in
            if let index = state.books.order(id),
                ["PAYER_ACTION_REQUIRED", "CREATED"].contains(state.books.orders[index].status)
            {
                state.books.orders[index].status = "APPROVED"
                announce("CHECKOUT.ORDER.APPROVED", of: index, &state)
            } else if let index = state.books.setups.firstIndex(where: { $0.id == id }) {
                state.books.setups[index].status = "APPROVED"
            }
        }
    }

    /// The order's time is over.
    package func void(_ id: String) {
        state.withLock { state in
            guard let index = state.books.order(id), state.books.orders[index].captures.isEmpty else { return }
            state.books.orders[index].status = "VOIDED"
        }
    }

    /// A capture that was pending is decided.
    package func decide(_ capture: String, status: String) {
        state.withLock { state in
            guard let place = state.books.capture(capture) else { return }
            state.books.orders[place.order].captures[place.capture].status = status
            let word = status == "COMPLETED" ? "COMPLETED" : "DENIED"
            announce("PAYMENT.CAPTURE.\(word)", of: place.order, &state)
        }
    }

    /// Somebody gives money back on PayPal's pages.
    package func refundByHand(_ capture: String, units: Int64) {
        state.withLock { state in
            guard let place = state.books.capture(capture) else { return }
            _ = add(units, to: place, custom: nil, &state)
        }
    }

    /// From now on a saved method is refused with this issue.
    package func kill(_ token: String, _ issue: String) {
        state.withLock { state in
            guard let index = state.books.tokens.firstIndex(where: { $0.id == token }) else { return }
            state.books.tokens[index].refusal = issue
        }
    }

    /// The names of saved methods that came late are told now.
    package func nameTokens() {
        state.withLock { state in
            for index in state.books.orders.indices where state.books.orders[index].isTokenLate {
                state.books.orders[index].isTokenLate = false
                announce("VAULT.PAYMENT-TOKEN.CREATED", of: index, &state)
            }
        }
    }

    /// The buyer disputes a capture.
    package func dispute(_ capture: String) {
        state.withLock { state in
            guard let place = state.books.capture(capture) else { return }
            announce("CUSTOMER.DISPUTE.CREATED", of: place.order, &state)
        }
    }

    /// PayPal's page: whoever opens it approves, or turns back with `act=cancel`, and is sent where the order says.
    func visit(_ request: Request) -> Response {
        guard let items = QueryItems(request.query), let id = items["token"] else { return Response(status: 400) }
        let urls = state.withLock { state -> (String?, String?)? in
            if let index = state.books.order(id) {
                return (state.books.orders[index].returnURL, state.books.orders[index].cancelURL)
            }
            return state.books.setups.first { $0.id == id }.map { ($0.returnURL, $0.cancelURL) }
        }
        guard let urls, let back = urls.0, let cancel = urls.1 else { return Response(status: 404) }
        let isApproval = items["act"] != "cancel"
        if isApproval { approve(id) }
        let target = isApproval ? back : cancel
        let mark = target.contains("?") ? "&" : "?"
        let more = isApproval ? "token=\(id)&PayerID=QYR5Z8XDVJNXQ" : "token=\(id)"
        return Response(status: 302, headers: [("Location", target + mark + more)])
    }

    // MARK: Making notices

    /// Signs a notice about an order and keeps it for delivery.
    func announce(_ type: String, of index: Int, _ state: inout State) {
        guard let signer else { return }
        state.noticeCount += 1
        let order = state.books.orders[index]
        let id = "WH-\(state.noticeCount)"
        let now = doors.clock.now()
        let resource = document { writeResource(type, order, state, to: &$0) }
        let body = document { json in
            json.name("id")
            json.string(id)
            json.name("event_version")
            json.string("1.0")
            json.name("create_time")
            json.string(now.description)
            json.name("resource_type")
            json.string(type.hasPrefix("CHECKOUT") ? "checkout-order" : "capture")
            json.name("event_type")
            json.string(type)
            json.name("resource")
            json.raw(resource)
        }
        let transmission = "b3d5c9a0-e7a1-11f0-9c3b-\(state.noticeCount)"
        let message = "\(transmission)|\(now)|\(Self.webhookID)|\(CRC32.checksum(body))"
        let signature = try? signer.key.sign(Array(message.utf8), scheme: .rsaPKCS1SHA256, random: signer.random)
        state.notices.append(
            PayPalPeerNotice(
                id: id, type: type, body: body, transmissionID: transmission, time: now.description,
                certificateURL: Self.certificateURL, signature: Base64.encode(signature ?? [])))
    }

    private func writeResource(
        _ type: String, _ order: PayPalPeerBooks.Order, _ state: State, to json: inout JSONWriter
    ) {
        switch type {
        case "CHECKOUT.ORDER.APPROVED": write(order, state, to: &json)
        case "PAYMENT.CAPTURE.REFUNDED":
            if let refund = order.refunds.last { write(refund, order, to: &json) }
        case "VAULT.PAYMENT-TOKEN.CREATED":
            json.name("id")
            json.string(order.token ?? "")
            json.name("metadata")
            json.beginObject()
            json.name("order_id")
            json.string(order.id)
            json.endObject()
        case "CUSTOMER.DISPUTE.CREATED":
            json.name("dispute_id")
            json.string("PP-D-1")
            json.name("disputed_transactions")
            json.beginArray()
            json.beginObject()
            json.name("seller_transaction_id")
            json.string(order.captures.last?.id ?? "")
            json.endObject()
            json.endArray()
        default:
            if let capture = order.captures.last { write(capture, order, to: &json) }
        }
    }

    // MARK: The API of notices

    func certificate() -> Response {
        guard let signer else { return Self.error(404, "RESOURCE_NOT_FOUND") }
        let text = signer.chain.map { PEM.encode("CERTIFICATE", $0.der) }.joined()
        return Response(
            status: 200, headers: [("Content-Type", "application/x-x509-ca-cert")], body: Array(text.utf8))
    }

    func createWebhook(_ body: JSONObject, _ state: inout State) -> Response {
        guard let url = body.text("url"), url.hasPrefix("https://"), !body.objects("event_types").isEmpty else {
            return Self.error(400, "VALIDATION_ERROR")
        }
        guard !state.books.webhooks.contains(where: { $0.url == url }) else {
            return Self.error(400, "WEBHOOK_URL_ALREADY_EXISTS")
        }
        let types = body.objects("event_types").compactMap { $0.text("name") }
        let webhook = PayPalPeerBooks.Webhook(id: Self.webhookID, url: url, types: types)
        state.books.webhooks.append(webhook)
        return Self.json(201) { write(webhook, to: &$0) }
    }

    func updateWebhook(_ id: String, _ body: [UInt8], _ state: inout State) -> Response {
        guard let index = state.books.webhooks.firstIndex(where: { $0.id == id }) else {
            return Self.error(404, "INVALID_RESOURCE_ID")
        }
        guard case .array(let changes)? = try? JSON.parse(body), case .object(let change)? = changes.first,
            change.text("op") == "replace", change.text("path") == "/event_types"
        else { return Self.error(400, "VALIDATION_ERROR") }
        state.books.webhooks[index].types = change.objects("value").compactMap { $0.text("name") }
        return Self.json(200) { write(state.books.webhooks[index], to: &$0) }
    }

    /// The events of which somebody is told.
    package var eventTypes: [String] { state.withLock { $0.books.webhooks.first?.types ?? [] } }

    /// Somebody asked for these events only.
    package func narrowEvents(to types: [String]) {
        state.withLock { state in
            for index in state.books.webhooks.indices { state.books.webhooks[index].types = types }
        }
    }

    func listWebhooks(_ state: State) -> Response {
        Self.json(200) { json in
            json.name("webhooks")
            json.beginArray()
            for webhook in state.books.webhooks { json.raw(document { write(webhook, to: &$0) }) }
            json.endArray()
        }
    }

    private func write(_ webhook: PayPalPeerBooks.Webhook, to json: inout JSONWriter) {
        json.name("id")
        json.string(webhook.id)
        json.name("url")
        json.string(webhook.url)
        json.name("event_types")
        json.beginArray()
        for type in webhook.types {
            json.beginObject()
            json.name("name")
            json.string(type)
            json.endObject()
        }
        json.endArray()
    }

    /// Whether a notice is the peer's own: the event is taken as it stands in the call, byte for byte.
    func verify(_ body: JSONObject, _ raw: [UInt8], _ state: State) -> Response {
        let member = Array("\"webhook_event\":".utf8)
        let start = raw.indices.first { raw[$0...].starts(with: member) }
        var isValid = false
        if let signer, let start, raw.last == 0x7d {
            let event = Array(raw[(start + member.count)..<(raw.count - 1)])
            let message = [
                body.text("transmission_id") ?? "", body.text("transmission_time") ?? "",
                body.text("webhook_id") ?? "", String(CRC32.checksum(event)),
            ].joined(separator: "|")
            let signature = body.text("transmission_sig").flatMap { Base64.decode($0) } ?? []
            isValid =
                body.text("webhook_id") == Self.webhookID
                && signer.key.publicKey.isValid(signature, scheme: .rsaPKCS1SHA256, message: Array(message.utf8))
        }
        return Self.json(200) { json in
            json.name("verification_status")
            json.string(isValid ? "SUCCESS" : "FAILURE")
        }
    }
}
