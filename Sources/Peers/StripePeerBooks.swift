import HTTP
import JSON

/// The peer's books: every object, the answers kept under keys, and the events that are to be sent. A value: each call
/// is one step from one state of the books to the next.
struct StripePeerBooks: Sendable {
    typealias Objects = StripePeerObjects

    var sessions = StripePeerShelf<Objects.Session>()
    var intents = StripePeerShelf<Objects.Intent>()
    var methods = StripePeerShelf<Objects.Method>()
    var refunds = StripePeerShelf<Objects.Refund>()
    var endpoints: [Objects.Endpoint] = []
    var notices: [StripePeerNotice] = []
    var count = 0
    /// Seconds of the peer's clock, set before each step.
    var now: Int64 = 0
    private var kept: [String: (call: String, answer: StripePeerAnswer)] = [:]
    /// Keys whose first call is going on.
    private var running: Set<String> = []

    mutating func newName(_ prefix: String) -> String {
        count += 1
        return "\(prefix)peer\(count)"
    }

    // MARK: Keys

    /// Answers a call, or again as before for a key that was used.
    mutating func answer(_ request: StripePeerRequest, _ isVendorError: Bool = false) -> StripePeerAnswer {
        guard let key = request.key, request.method == "POST" else {
            return isVendorError ? .vendorError : perform(request)
        }
        if let known = kept[key] {
            guard known.call == request.fingerprint else {
                return .refused(
                    400, "idempotency_error",
                    message: "Keys for idempotent requests can only be used with the same parameters.")
            }
            var answer = known.answer
            answer.isReplayed = true
            return answer
        }
        if running.contains(key) {
            return .refused(
                409, "invalid_request_error", code: "idempotency_key_in_use", message: "The first call is going on.")
        }
        let answer = isVendorError ? .vendorError : perform(request)
        if answer.isKept { kept[key] = (request.fingerprint, answer) }
        return answer
    }

    /// The call has begun; another with its key is turned away until `end`.
    mutating func begin(_ request: StripePeerRequest) -> Bool {
        guard let key = request.key, kept[key] == nil else { return true }
        return running.insert(key).inserted
    }

    mutating func end(_ request: StripePeerRequest) {
        if let key = request.key { running.remove(key) }
    }

    /// Forgets every key, as happens after a day.
    mutating func forgetKeys() {
        kept = [:]
    }

    // MARK: Calls

    mutating func perform(_ request: StripePeerRequest) -> StripePeerAnswer {
        let path = request.path.dropFirst()
        let form = request.form
        switch (request.method, path.first ?? "", path.count) {
        case ("GET", "balance", 1):
            return StripePeerAnswer(
                .members([
                    ("object", .string("balance")), ("livemode", .bool(false)), ("available", .array([])),
                    ("pending", .array([])),
                ]))
        case ("POST", "checkout", 2): return makeSession(form)
        case ("GET", "checkout", 2): return listSessions(form)
        case ("GET", "checkout", 3): return getSession(path[path.startIndex + 2], form)
        case ("POST", "checkout", 4): return expireSession(path[path.startIndex + 2])
        case ("POST", "payment_intents", 1): return makeIntent(form)
        case ("GET", "payment_intents", 1): return listIntents(form)
        case ("GET", "payment_intents", 2): return getIntent(path[path.startIndex + 1], form)
        case ("POST", "payment_intents", 3):
            let name = path[path.startIndex + 1]
            switch path.last {
            case "confirm": return confirmIntent(name, form)
            case "cancel": return cancelIntent(name, form)
            default: return .missing("path", parameter: "")
            }
        case ("GET", "setup_intents", 2): return getSetupIntent(path[path.startIndex + 1])
        case ("GET", "charges", 2): return getCharge(path[path.startIndex + 1])
        case ("POST", "refunds", 1): return makeRefund(form)
        case ("GET", "refunds", 1): return listRefunds(form)
        case ("GET", "refunds", 2): return getRefund(path[path.startIndex + 1])
        case ("GET", "payment_methods", 2): return getMethod(path[path.startIndex + 1])
        case ("POST", "payment_methods", 3): return detachMethod(path[path.startIndex + 1])
        case ("POST", "webhook_endpoints", 1): return makeEndpoint(form)
        case ("GET", "webhook_endpoints", 1): return listEndpoints(form)
        case ("DELETE", "webhook_endpoints", 2): return deleteEndpoint(path[path.startIndex + 1])
        default: return .missing("path", parameter: "")
        }
    }

    /// One page of a list, newest first.
    func page<Item>(
        _ items: [Item], _ form: StripePeerForm, name: (Item) -> String, _ render: (Item) -> JSONValue
    ) -> StripePeerAnswer {
        var rest = Array(items.reversed())
        if let last = form["starting_after"] {
            guard let place = rest.firstIndex(where: { name($0) == last }) else {
                return .missing("object", parameter: "starting_after")
            }
            rest.removeFirst(place + 1)
        }
        let limit = form.integer("limit") ?? 10
        guard (1...100).contains(limit) else { return .invalid("parameter_invalid_integer", "limit", "1 to 100.") }
        let shown = rest.prefix(Int(limit)).map(render)
        return StripePeerAnswer(
            .members([
                ("object", .string("list")), ("data", .array(Array(shown))),
                ("has_more", .bool(rest.count > Int(limit))),
                ("url", .string("/v1")),
            ]))
    }

    // MARK: Events

    mutating func announce(_ type: String, _ object: JSONValue, previous: JSONValue? = nil) {
        let id = newName("evt_")
        var data: [(name: String, value: JSONValue)] = [("object", object)]
        if let previous { data.append(("previous_attributes", previous)) }
        let body = JSONValue.members([
            ("id", .string(id)), ("object", .string("event")), ("api_version", .string(StripePeer.version)),
            ("created", .integer(now)), ("data", .object(JSONObject(data))), ("livemode", .bool(false)),
            ("pending_webhooks", .integer(1)), ("request", .null), ("type", .string(type)),
        ])
        notices.append(StripePeerNotice(id: id, type: type, body: body.encoded()))
    }
}
