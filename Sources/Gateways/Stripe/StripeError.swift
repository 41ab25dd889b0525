import Billing
import JSON

/// A refusal as Stripe words it.
struct StripeError: Equatable {
    /// 0 for the last error of an object that was read.
    let status: Int
    let type: String
    let code: String
    let declineCode: String
    let adviceCode: String
    let message: String
    let parameter: String
    /// The state of the intent it is about, where Stripe sends it along.
    let intentStatus: String
    /// Whether Stripe's own rules kept the charge from the bank.
    let isBlocked: Bool

    /// - Parameter error: The member `error` of an answer, or an object's `last_payment_error`.
    init(status: Int, _ error: JSONObject) {
        self.status = status
        func text(_ name: String) -> String { error.text(name).map { String($0.prefix(128)) } ?? "" }
        type = text("type")
        code = text("code")
        declineCode = text("decline_code")
        adviceCode = text("advice_code")
        parameter = text("param")
        message = Self.line(error.text("message") ?? "")
        let intent = error.object("payment_intent")
        intentStatus = intent?.text("status") ?? ""
        isBlocked = intent.map(Self.isBlocked) ?? false
    }

    /// Nil when the answer does not say what went wrong, which proves nothing.
    init?(_ response: WireResponse) {
        guard let error = response.object?.object("error") else { return nil }
        self.init(status: response.status, error)
    }

    /// Whether the last charge of an intent was kept from the bank.
    static func isBlocked(_ intent: JSONObject) -> Bool {
        intent.object("latest_charge")?.object("outcome")?.text("type") == "blocked"
    }

    /// Stripe's own name of what happened: the finest there is.
    var rawCode: String {
        if isBlocked { return "blocked" }
        if !declineCode.isEmpty { return declineCode }
        return code.isEmpty ? type : code
    }

    /// One line of at most 300 characters.
    private static func line(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 ? " " : $0 }).prefix(300))
    }

    func failure(_ code: String, _ standard: String, _ category: FailureCategory, movesOn: Bool? = nil) -> Failure {
        Failure(
            code, message.isEmpty ? standard : message, gatewayCode: rawCode.isEmpty ? nil : rawCode, category,
            movesOn: movesOn)
    }
}
