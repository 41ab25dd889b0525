import Bytes
package import HTTP
import JSON
package import Runtime

/// Something that speaks PayPal's API as PayPal does: orders, captures, refunds, saved methods, request ids and signed
/// notices, with a ledger of what it took, and with every fault by script.
package final class PayPalPeer: Sendable {
    /// What the ledger shows of one capture.
    package struct Taken: Sendable, Equatable {
        package let order: String
        package let capture: String
        package let custom: String?
        package let invoice: String?
        package let amount: PayPalPeerAmount
        /// `COMPLETED`, `PENDING`, `DECLINED`, `PARTIALLY_REFUNDED` or `REFUNDED`.
        package let status: String
        /// Units that went back.
        package let refundedUnits: Int64
    }

    /// What the next capture or charge becomes.
    package enum Fate: Sendable, Equatable {
        case completes
        /// HTTP 201, and the capture in it is declined for this reason.
        case declinesInside(String?)
        /// It is taken and waits for this reason.
        case pends(String)
        /// It is refused with this issue.
        case refuses(String)
    }

    struct State: Sendable {
        var books = PayPalPeerBooks()
        var faults: [(operation: String, fault: PeerFault)] = []
        var fates: [Fate] = []
        var calls: [PeerCall] = []
        var notices: [PayPalPeerNotice] = []
        var noticeCount = 0
        var namesTokensLate = false
        var refundStatus = "COMPLETED"
    }

    let doors: Doors
    let clientID: String
    let secret: String
    /// Where it is reached, for the links in its answers.
    let baseURL: String
    let state = Guarded(State())
    let signer: PayPalPeerSigner?

    /// - Parameter signer: Signs its notices and serves its certificate; without one there are no notices.
    package init(
        doors: Doors, baseURL: String, clientID: String = "client", secret: String = "secret",
        signer: PayPalPeerSigner? = nil
    ) {
        self.doors = doors
        self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
        self.clientID = clientID
        self.secret = secret
        self.signer = signer
    }

    // MARK: Script

    /// The next call of `operation`, such as `POST /v2/checkout/orders/*/capture`, goes wrong so.
    package func script(_ operation: String, _ fault: PeerFault) {
        state.withLock { $0.faults.append((operation, fault)) }
    }

    /// What the next capture or charge becomes.
    package func script(_ fate: Fate) {
        state.withLock { $0.fates.append(fate) }
    }

    /// From now on the name of a saved method comes by a notice only.
    package func nameTokensLate() {
        state.withLock { $0.namesTokensLate = true }
    }

    /// What refunds become from now on: `COMPLETED`, `PENDING`, `FAILED`.
    package func refundsBecome(_ status: String) {
        state.withLock { $0.refundStatus = status }
    }

    /// Access tokens given so far are taken no more.
    package func forgetAccessTokens() {
        state.withLock { $0.books.accessTokens = [] }
    }

    // MARK: Reading

    /// Every call that came, in order.
    package var calls: [PeerCall] { state.withLock { $0.calls } }

    /// Every capture there is, in order.
    package var ledger: [Taken] {
        state.withLock { state in
            state.books.orders.flatMap { order in
                order.captures.map { capture in
                    Taken(
                        order: order.id, capture: capture.id, custom: order.custom, invoice: order.invoice,
                        amount: PayPalPeerAmount(currency: order.amount.currency, units: capture.units),
                        status: capture.status, refundedUnits: state.books.refunded(order, capture.id))
                }
            }
        }
    }

    /// The names and states of all orders, in order.
    package var orders: [(id: String, status: String)] {
        state.withLock { $0.books.orders.map { ($0.id, $0.status) } }
    }

    /// Notices that were made since the last time, signed.
    package func takeNotices() -> [PayPalPeerNotice] {
        state.withLock { state in
            defer { state.notices = [] }
            return state.notices
        }
    }

    // MARK: Answering

    /// Answers one call.
    package func handle(_ request: Request) async -> PeerServer.Reply {
        let (operation, fault) = state.withLock { state -> (String, PeerFault?) in
            let operation = Self.operation(request)
            state.calls.append(
                PeerCall(
                    number: state.calls.count + 1, operation: operation,
                    earlier: state.calls.count { $0.operation == operation },
                    key: request.headers["paypal-request-id"],
                    target: request.method.text + " " + request.target, body: request.body))
            guard let index = state.faults.firstIndex(where: { $0.operation == operation }) else {
                return (operation, nil)
            }
            return (operation, state.faults.remove(at: index).fault)
        }
        switch fault {
        case nil: return .answer(answer(request, operation))
        case .cutBefore: return .cut
        case .silentBefore: return .silence
        case .cutAfter:
            _ = answer(request, operation)
            return .cut
        case .cutWithinAnswer: return .cutWithin(answer(request, operation))
        case .silentAfter:
            _ = answer(request, operation)
            return .silence
        case .storedError(let isDone):
            if isDone { _ = answer(request, operation) }
            return .answer(Self.error(500, "INTERNAL_SERVER_ERROR"))
        case .garbage:
            var response = answer(request, operation)
            response.body = Array("<html>Bad gateway</html>".utf8)
            return .answer(response)
        case .slow(let milliseconds):
            await doors.scheduler.sleep(until: doors.clock.instant().adding(milliseconds: milliseconds))
            return .answer(answer(request, operation))
        case .rateLimited: return .answer(Self.error(429, "RATE_LIMIT_REACHED"))
        }
    }

    /// Method and path with `*` for names.
    private static func operation(_ request: Request) -> String {
        let words = [
            "v1", "v2", "v3", "oauth2", "token", "checkout", "orders", "capture", "payments", "captures", "refund",
            "refunds", "vault", "setup-tokens", "payment-tokens", "notifications", "webhooks",
            "verify-webhook-signature", "certs", "checkoutnow",
        ]
        let parts = request.path.split(separator: "/").map { words.contains(String($0)) ? String($0) : "*" }
        return request.method.text + " /" + parts.joined(separator: "/")
    }

    private func answer(_ request: Request, _ operation: String) -> Response {
        switch operation {
        case "POST /v1/oauth2/token": return accessToken(request)
        case "GET /v1/notifications/certs/*": return certificate()
        case "GET /checkoutnow": return visit(request)
        default: break
        }
        let authorization = request.headers["authorization"] ?? ""
        guard state.withLock({ $0.books.accessTokens.contains { authorization == "Bearer " + $0 } }) else {
            return Self.error(401, "AUTHENTICATION_FAILURE", "INVALID_TOKEN")
        }
        let names = request.path.split(separator: "/").map(String.init)
        var body = JSONObject()
        if request.method == .post {
            guard request.headers["content-type"]?.hasPrefix("application/json") == true else {
                return Self.error(415, "UNSUPPORTED_MEDIA_TYPE")
            }
            guard case .object(let object)? = try? JSON.parse(request.body) else {
                return Self.error(400, "INVALID_REQUEST", "MALFORMED_REQUEST_JSON")
            }
            body = object
        }
        let key = request.headers["paypal-request-id"]
        guard (key?.utf8.count ?? 1) <= 108 else { return Self.error(400, "INVALID_REQUEST", "INVALID_STRING_LENGTH") }
        let mock = request.headers["paypal-mock-response"].flatMap(Self.mockIssue)
        if let mock { return Self.error(422, "UNPROCESSABLE_ENTITY", mock) }
        return state.withLock { state in
            switch operation {
            case "POST /v2/checkout/orders": createOrder(body, key, &state)
            case "GET /v2/checkout/orders/*": showOrder(names[3], 200, state)
            case "POST /v2/checkout/orders/*/capture": capture(names[3], body, key, &state)
            case "GET /v2/payments/captures/*": showCapture(names[3], state)
            case "POST /v2/payments/captures/*/refund": refund(names[3], body, key, &state)
            case "GET /v2/payments/refunds/*": showRefund(names[3], 200, state)
            case "POST /v3/vault/setup-tokens": createSetup(body, key, &state)
            case "GET /v3/vault/setup-tokens/*": showSetup(names[3], 200, state)
            case "POST /v3/vault/payment-tokens": createToken(body, key, &state)
            case "GET /v3/vault/payment-tokens": listTokens(request.query, state)
            case "GET /v3/vault/payment-tokens/*": showToken(names[3], 200, state)
            case "DELETE /v3/vault/payment-tokens/*": deleteToken(names[3], &state)
            case "POST /v1/notifications/webhooks": createWebhook(body, &state)
            case "GET /v1/notifications/webhooks": listWebhooks(state)
            case "PATCH /v1/notifications/webhooks/*": updateWebhook(names[3], request.body, &state)
            case "POST /v1/notifications/verify-webhook-signature": verify(body, request.body, state)
            default: Self.error(404, "RESOURCE_NOT_FOUND")
            }
        }
    }

    private func accessToken(_ request: Request) -> Response {
        let expected = "Basic " + Base64.encode(Array("\(clientID):\(secret)".utf8))
        guard request.headers["authorization"] == expected else {
            return Self.json(401) { json in
                json.name("error")
                json.string("invalid_client")
                json.name("error_description")
                json.string("Client Authentication failed")
            }
        }
        guard request.body == Array("grant_type=client_credentials".utf8) else {
            return Self.json(400) { json in
                json.name("error")
                json.string("unsupported_grant_type")
            }
        }
        let token = state.withLock { state -> String in
            state.books.accessTokenCount += 1
            let token = "A21AA\(state.books.accessTokenCount)"
            state.books.accessTokens.append(token)
            return token
        }
        return Self.json(200) { json in
            json.name("access_token")
            json.string(token)
            json.name("token_type")
            json.string("Bearer")
            json.name("expires_in")
            json.integer(32_400)
        }
    }

    private static func mockIssue(_ header: String) -> String? {
        guard case .object(let object)? = try? JSON.parse(Array(header.utf8)),
            case .string(let issue)? = object["mock_application_codes"]
        else { return nil }
        return issue
    }

    // MARK: Pieces

    static func json(_ status: Int, _ write: (inout JSONWriter) -> Void) -> Response {
        var json = JSONWriter(capacity: 1024)
        json.beginObject()
        write(&json)
        json.endObject()
        return Response(
            status: status, headers: [("Content-Type", "application/json"), ("PayPal-Debug-Id", "f1a2b3c4d5e6f")],
            body: json.bytes)
    }

    static func error(_ status: Int, _ name: String, _ issue: String? = nil) -> Response {
        json(status) { json in
            json.name("name")
            json.string(name)
            json.name("message")
            json.string("The request was refused.")
            json.name("debug_id")
            json.string("f1a2b3c4d5e6f")
            json.name("details")
            json.beginArray()
            if let issue {
                json.beginObject()
                json.name("issue")
                json.string(issue)
                json.name("description")
                json.string("See the name of the issue.")
                json.endObject()
            }
            json.endArray()
        }
    }

    static func link(_ rel: String, _ href: String, _ json: inout JSONWriter, method: String = "GET") {
        json.beginObject()
        json.name("href")
        json.string(href)
        json.name("rel")
        json.string(rel)
        json.name("method")
        json.string(method)
        json.endObject()
    }
}
