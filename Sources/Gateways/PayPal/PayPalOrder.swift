import Billing
import HTTP
import JSON

/// An order as PayPal shows it. Every value may be missing or strange; money counts only where it is spelled out.
struct PayPalOrder: Sendable {
    let id: String
    let status: String
    /// What it says it belongs to, when it names a payment of ours.
    let owner: PayPalName.Owner?
    /// Where the buyer approves it.
    let actionURL: String?
    /// In PayPal's order.
    let captures: [PayPalCapture]
    let refunds: [PayPalRefund]
    /// The method that was left for later charges.
    let saved: SavedMethod?

    /// Nil for an object that is no order.
    init?(_ object: JSONObject) {
        guard let id = object.text("id"), PayPalName.isSafe(id), let status = object.text("status") else { return nil }
        self.id = id
        self.status = status
        let units = object.objects("purchase_units")
        owner = units.lazy.compactMap { PayPalName.owner($0.text("custom_id")) }.first
        actionURL = Self.actionURL(in: object)
        let payments = units.compactMap { $0.object("payments") }
        captures = payments.flatMap { $0.objects("captures") }.map(PayPalCapture.init)
        refunds = payments.flatMap { $0.objects("refunds") }.compactMap { PayPalRefund($0) }
        let wallet = object.object("payment_source")?.object("paypal")
        saved = wallet?.object("attributes")?.object("vault").flatMap(Self.saved)
    }

    /// A vaulted token; one that is only approved has no name yet, which comes with a notice.
    private static func saved(_ vault: JSONObject) -> SavedMethod? {
        guard let token = vault.text("id"), PayPalName.isSafe(token) else { return nil }
        return SavedMethod(token: token, summary: wallet)
    }

    static let wallet = MethodSummary(type: "wallet", brand: "paypal")

    /// Where PayPal sends the buyer.
    static func actionURL(in object: JSONObject) -> String? {
        let links = object.objects("links").filter { ["payer-action", "approve"].contains($0.text("rel")) }
        guard let text = links.first?.text("href"), let url = URL(text) else { return nil }
        // A test peer may speak plain HTTP on this machine; nobody else is sent anywhere without encryption.
        return url.scheme == .https || url.isLoopback ? text : nil
    }

    /// What became of the order's money.
    ///
    /// - Parameters:
    ///   - keepsMethod: Whether the buyer was asked to leave the method.
    ///   - approvalURL: Where the buyer acts, when the order does not say.
    func outcome(keepsMethod: Bool, approvalURL: String) -> Outcome {
        if let taken = captures.first(where: { $0.state == .taken }) {
            guard PayPalName.isSafe(taken.id), let amount = taken.amount else {
                return .unknown("The capture cannot be read.")
            }
            return .succeeded(
                Charge(reference: taken.id, amount: amount, method: Self.wallet, saved: keepsMethod ? saved : nil))
        }
        if captures.contains(where: { $0.state == .pending }) { return .settling }
        if captures.contains(where: { $0.state == .strange }) { return .unknown("The capture's state is not known.") }
        if let declined = captures.last { return .declined(declined.failure) }
        switch (status, owner?.kind) {
        case ("CREATED", .saved), ("SAVED", .saved), ("APPROVED", .saved):
            return .notExecuted(
                Failure("not_carried_out", "PayPal has not carried the charge out.", gatewayCode: status, .gateway))
        case ("APPROVED", _): return .approved
        case ("CREATED", _), ("SAVED", _), ("PAYER_ACTION_REQUIRED", _):
            return .requiresAction(url: actionURL ?? approvalURL)
        case ("VOIDED", _):
            return .notExecuted(
                Failure("session_expired", "The order expired unpaid.", gatewayCode: status, .gateway))
        default: return .unknown("The order's state tells nothing about the money.")
        }
    }

    /// Whether the order can take no money any more, or has taken it.
    var expiry: ExpiryOutcome {
        if captures.contains(where: { $0.state != .declined }) { return .inProgress }
        switch (status, owner?.kind) {
        case ("VOIDED", _): return .expired
        // Nobody but this server can pay it, and it will not.
        case ("CREATED", .saved), ("SAVED", .saved): return .expired
        case ("CREATED", _), ("SAVED", _), ("PAYER_ACTION_REQUIRED", _), ("APPROVED", _): return .impossible
        default: return .unknown("The order's state is not known.")
        }
    }
}
