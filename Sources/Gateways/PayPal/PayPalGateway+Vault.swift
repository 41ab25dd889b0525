import Billing
import JSON

/// Saved methods: PayPal's payment tokens.
extension PayPalGateway {
    package func startSave(_ order: Order, key: String) async -> StartOutcome {
        switch await perform(PayPalRequests.setupToken(order, key: key), order.account) {
        case .done(let object):
            guard let id = object.text("id"), PayPalName.isSafe(id), let url = PayPalOrder.actionURL(in: object) else {
                return Self.lost("PayPal's answer names no page.")
            }
            return .opened(session: PayPalName.setupPrefix + id, url: url)
        case let other: return Self.failedStart(other)
        }
    }

    /// Turns a setup token that the buyer approved into a saved method. Moves no money.
    func exchange(_ setup: String, _ order: Order, key: String) async -> Outcome {
        guard PayPalName.isSafe(setup) else { return .unknown("The session has no name of PayPal's.") }
        switch await perform(PayPalRequests.paymentToken(setup, key: key), order.account) {
        case .done(let object): return Self.saved(object, order) ?? .unknown("PayPal's answer names no method.")
        case .notSent(let failure): return .notExecuted(failure)
        case .unclear(let reason): return .unknown(reason)
        case .refused(let refusal):
            switch refusal.meaning {
            case .rateLimited, .listed(.configuration), .listed(.failsOver): return .notExecuted(refusal.failure)
            case .conflict, .listed(.busy): return .unknown("PayPal is still carrying out the same call.")
            case .missing, .unlisted, .listed: break
            }
            let outcome = await setupState(setup, order)
            return outcome == .approved ? .declined(refusal.failure) : outcome
        }
    }

    func setupStatus(_ setup: String, _ order: Order, key: String) async -> Outcome {
        guard PayPalName.isSafe(setup) else { return .unknown("The session has no name of PayPal's.") }
        let outcome = await setupState(setup, order)
        // No money moves here, so what was approved is kept at once.
        return outcome == .approved ? await exchange(setup, order, key: key) : outcome
    }

    private func setupState(_ setup: String, _ order: Order) async -> Outcome {
        let reading = await read(PayPalRequests.setupToken(setup), order.account) { $0 }
        let expired = Failure("session_expired", "PayPal's page expired.", .gateway)
        switch reading {
        case .missing: return .notExecuted(expired)
        case .unclear(let reason): return .unknown(reason)
        case .order(let object):
            switch object.text("status") {
            case "PAYER_ACTION_REQUIRED", "CREATED":
                guard let url = PayPalOrder.actionURL(in: object) else { return .notExecuted(expired) }
                return .requiresAction(url: url)
            case "APPROVED": return .approved
            case "VAULTED": return await vaulted(object, order)
            default: return .unknown("The state of PayPal's page is not known.")
            }
        }
    }

    /// The method that a used setup token became: the only one of the customer that came with it.
    private func vaulted(_ setup: JSONObject, _ order: Order) async -> Outcome {
        let lost = Failure("method_not_found", "PayPal does not tell which method was saved.", .gateway)
        guard let customer = setup.object("customer")?.text("id"), PayPalName.isSafe(customer) else {
            return .notExecuted(lost)
        }
        let reading = await read(PayPalRequests.paymentTokens(of: customer), order.account) { $0 }
        switch reading {
        case .missing: return .notExecuted(lost)
        case .unclear(let reason): return .unknown(reason)
        case .order(let object):
            let tokens = object.objects("payment_tokens")
            guard tokens.count == 1, let saved = Self.saved(tokens[0], order) else { return .notExecuted(lost) }
            return saved
        }
    }

    private static func saved(_ token: JSONObject, _ order: Order) -> Outcome? {
        guard let id = token.text("id"), PayPalName.isSafe(id) else { return nil }
        let saved = SavedMethod(token: id, summary: PayPalOrder.wallet)
        return .succeeded(Charge(reference: id, amount: order.amount, method: PayPalOrder.wallet, saved: saved))
    }

    package func readMethod(_ token: String, _ account: Account) async -> MethodReading {
        guard PayPalName.isSafe(token) else { return .unknown }
        let reading = await read(PayPalRequests.paymentToken(token), account) { $0.text("id") }
        return switch reading {
        case .order(let id) where id == token: .present(SavedMethod(token: token, summary: PayPalOrder.wallet))
        case .missing: .gone
        case .order, .unclear: .unknown
        }
    }

    package func forget(_ token: String, _ account: Account) async -> Bool {
        // What PayPal cannot have named it does not have.
        guard PayPalName.isSafe(token) else { return true }
        return switch await perform(PayPalRequests.forget(token), account) {
        case .done: true
        case .refused(let refusal): refusal.meaning == .missing
        case .notSent, .unclear: false
        }
    }
}
