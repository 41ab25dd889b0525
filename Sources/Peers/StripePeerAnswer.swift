import HTTP
import JSON

/// What the peer answers to one call.
struct StripePeerAnswer: Sendable {
    let status: Int
    let body: [UInt8]
    /// Whether it is kept under the call's key: execution began.
    var isKept = true
    var isReplayed = false

    init(_ body: JSONValue) {
        status = 200
        self.body = body.encoded()
    }

    private init(status: Int, error members: [(name: String, value: JSONValue)], isKept: Bool) {
        self.status = status
        body = JSONValue.object(JSONObject([("error", .object(JSONObject(members)))])).encoded()
        self.isKept = isKept
    }

    /// A refusal in Stripe's words; empty members are left out.
    static func refused(
        _ status: Int, _ type: String, code: String = "", parameter: String = "", message: String = "Refused.",
        more: [(name: String, value: JSONValue)] = [], isKept: Bool = false
    ) -> StripePeerAnswer {
        var members: [(name: String, value: JSONValue)] = [("type", .string(type))]
        if !code.isEmpty { members.append(("code", .string(code))) }
        if !parameter.isEmpty { members.append(("param", .string(parameter))) }
        members.append(("message", .string(message)))
        return StripePeerAnswer(status: status, error: members + more, isKept: isKept)
    }

    static func invalid(_ code: String, _ parameter: String, _ message: String) -> StripePeerAnswer {
        refused(400, "invalid_request_error", code: code, parameter: parameter, message: message)
    }

    static func missing(_ name: String, parameter: String) -> StripePeerAnswer {
        refused(
            404, "invalid_request_error", code: "resource_missing", parameter: parameter, message: "No such \(name).")
    }

    static let vendorError = refused(500, "api_error", message: "An error of our own.", isKept: true)
    static let rateLimited = refused(429, "invalid_request_error", code: "rate_limit", message: "Too many requests.")

    func response(requestID: String) -> Response {
        var headers = [
            (name: "Content-Type", value: "application/json"), (name: "Request-Id", value: requestID),
            (name: "Stripe-Version", value: StripePeer.version),
        ]
        if isReplayed { headers.append((name: "Idempotent-Replayed", value: "true")) }
        return Response(status: status, headers: headers, body: body)
    }
}
