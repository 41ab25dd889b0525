import HTTP

/// A call as the books read it.
struct StripePeerRequest: Sendable {
    let method: String
    /// The parts of the path, without the vendor's prefix; the first is `v1`.
    let path: [String]
    let form: StripePeerForm
    let key: String?
    /// Tells whether two calls are the same one.
    let fingerprint: String

    /// Nil for what is no call of the API.
    init?(_ request: Request) {
        var parts = request.path.split(separator: "/").map(String.init)
        guard let start = parts.firstIndex(of: "v1") else { return nil }
        parts.removeFirst(start)
        guard parts.count > 1 else { return nil }
        let isRead = request.method.isSafe
        let encoded = isRead ? Array(request.query.utf8) : request.body
        guard let items = QueryItems(encoded) else { return nil }
        path = parts
        method = request.method.text
        form = StripePeerForm(items)
        key = request.headers["idempotency-key"]
        fingerprint = "\(request.method.text) \(request.path)\n" + String(decoding: request.body, as: UTF8.self)
    }

    /// The operation, with `*` in the place of names.
    var operation: String {
        let words = [
            "v1", "balance", "checkout", "sessions", "expire", "payment_intents", "confirm", "cancel", "refunds",
        ]
        let more = ["charges", "setup_intents", "payment_methods", "detach", "webhook_endpoints"]
        return method + " /" + path.map { words.contains($0) || more.contains($0) ? $0 : "*" }.joined(separator: "/")
    }
}
