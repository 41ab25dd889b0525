import Billing
import JSON

/// An answer with which PayPal refused a call, classified.
struct PayPalRefusal: Sendable, Equatable {
    enum Meaning: Sendable, Equatable {
        case listed(PayPalIssue.Meaning)
        /// Refused before execution; the same call may be made again in a moment.
        case rateLimited
        /// The object is not there.
        case missing
        /// Another call about the object is under way.
        case conflict
        /// No rule knows it: never the next gateway.
        case unlisted
    }

    let meaning: Meaning
    /// PayPal's own word for it.
    let issue: String
    /// Where PayPal wants the buyer, when it says so.
    let actionURL: String?

    /// Reads a 4xx answer; nil for one that proves nothing.
    init?(status: Int, _ object: JSONObject?) {
        let issues = object?.objects("details").compactMap { $0.text("issue") } ?? []
        let names = issues + [object?.text("name"), object?.text("error")].compactMap(\.self)
        let listed = names.lazy.compactMap { name in PayPalIssue.meaning(of: name).map { (name, $0) } }.first
        actionURL = object.flatMap { PayPalOrder.actionURL(in: $0) }
        issue = Self.shown(listed?.0 ?? names.first ?? "HTTP_\(status)")
        switch status {
        case 401: meaning = .listed(.configuration)
        case 429: meaning = .rateLimited
        // What is no answer of PayPal's own, such as a proxy's page, says nothing about the call.
        case _ where names.isEmpty: return nil
        case 400, 403: meaning = .listed(listed?.1 ?? .configuration)
        case 404: meaning = listed.map { .listed($0.1) } ?? .missing
        case 409: meaning = listed.map { .listed($0.1) } ?? .conflict
        case 422: meaning = listed.map { .listed($0.1) } ?? .unlisted
        default: return nil
        }
    }

    /// A peer's word, short and of letters that break no line.
    private static func shown(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { (0x21...0x7e).contains($0) }
        return isPlain && (1...64).contains(text.utf8.count) ? text : "unreadable"
    }

    // MARK: What it means

    /// A refusal of a call that moves no money: nothing happened.
    var failure: Failure {
        switch meaning {
        case .listed(.declined(let code)):
            Failure(code, "PayPal declined the payment.", gatewayCode: issue, .issuer)
        case .listed(.failsOver(let code)):
            Failure(code, "PayPal does not take this payment.", gatewayCode: issue, .gateway)
        case .listed(.refundFinal(let code)):
            Failure(code, "PayPal does not make this refund.", gatewayCode: issue, .gateway)
        case .listed(.refundLater):
            Failure("refund_not_possible_yet", "PayPal cannot make this refund yet.", gatewayCode: issue, .gateway)
        case .listed(.configuration):
            Failure(
                "gateway_misconfigured", "PayPal refused the account or its settings.", gatewayCode: issue,
                .configuration)
        case .rateLimited:
            Failure("gateway_rate_limited", "PayPal takes no more calls for a moment.", gatewayCode: issue, .gateway)
        case .missing:
            Failure("session_expired", "PayPal does not know this order any more.", gatewayCode: issue, .gateway)
        case .listed(.busy), .listed(.read), .listed(.requiresAction), .conflict, .unlisted:
            Failure("gateway_refused", "PayPal refused the call.", gatewayCode: issue, .gateway)
        }
    }

    /// What a refused capture or charge means; nil where the order is to be read.
    ///
    /// - Parameter approvalURL: Where the buyer acts, when the answer does not say.
    func outcome(approvalURL: String) -> Outcome? {
        switch meaning {
        case .listed(.declined), .unlisted:
            .declined(declined)
        case .listed(.requiresAction): .requiresAction(url: actionURL ?? approvalURL)
        case .listed(.failsOver), .listed(.configuration), .rateLimited: .notExecuted(failure)
        case .listed(.read), .missing: nil
        case .listed(.busy), .conflict: .unknown("PayPal is still carrying out a call about this order.")
        // A refund's words about a capture make no sense; nothing follows from them.
        case .listed(.refundFinal), .listed(.refundLater): .unknown("PayPal answered \(issue) to a capture.")
        }
    }

    private var declined: Failure {
        if case .unlisted = meaning {
            return Failure("generic_decline", "PayPal refused the payment.", gatewayCode: issue, .issuer)
        }
        return failure
    }

    /// What a refused refund means; nil where the capture is to be read.
    var refundOutcome: RefundOutcome? {
        switch meaning {
        // Perhaps the account is another one by now: nothing is final before the operator has looked.
        case .missing:
            .notExecuted(
                Failure("charge_not_found", "PayPal does not know the capture.", gatewayCode: issue, .configuration))
        case .listed(.refundFinal), .unlisted, .listed(.declined):
            .failed(Failure(refundCode, "PayPal does not make this refund.", gatewayCode: issue, .gateway))
        case .listed(.refundLater), .listed(.failsOver), .listed(.configuration), .rateLimited: .notExecuted(failure)
        case .listed(.read): nil
        case .listed(.busy), .listed(.requiresAction), .conflict:
            .unknown("PayPal is still carrying out a call about this capture.")
        }
    }

    private var refundCode: String {
        if case .listed(.refundFinal(let code)) = meaning { return code }
        return "refund_refused"
    }
}
