import Billing
import JSON

/// What an object of Stripe's says about money. A value that is missing, of another kind, or unknown proves nothing.
enum StripeReading {
    // MARK: Sessions

    /// What became of a session.
    ///
    /// - Parameter name: The session that was asked for: an answer about another one proves nothing.
    static func session(_ object: JSONObject, _ name: String, _ order: Order) -> Outcome {
        guard object.text("id") == name, let status = object.text("status") else {
            return .unknown("Stripe's answer is not about this session.")
        }
        if object.text("mode") == "setup" { return setup(object, status, order) }
        guard object.text("mode") == "payment" else { return .unknown("Stripe shows a session of another kind.") }
        let paymentStatus = object.text("payment_status")
        switch (status, paymentStatus) {
        case ("open", "unpaid"):
            guard let url = object.text("url"), !url.isEmpty else {
                return .unknown("Stripe shows an open session without its page.")
            }
            return .requiresAction(url: url)
        case ("complete", "paid"):
            return paid(object, order)
        case ("complete", "unpaid"):
            return delayed(object, order)
        case ("expired", "unpaid"):
            // One that had a confirmed intent when it expired follows that.
            switch object.object("payment_intent")?.text("status") {
            case "succeeded", "processing", "requires_capture": return delayed(object, order)
            default: return .notExecuted(expired)
            }
        default:
            return .unknown("Stripe shows a session in a state that is not known here.")
        }
    }

    private static let expired = Failure("session_expired", "The session expired unpaid.", .gateway)

    /// The session says that it is paid.
    private static func paid(_ session: JSONObject, _ order: Order) -> Outcome {
        guard let intent = session.object("payment_intent") else {
            guard let reference = session.text("payment_intent"), StripeName.isValid(reference, StripeName.intent),
                let amount = StripeMoney.money(session.integer("amount_total"), session.text("currency"))
            else { return .unknown("Stripe shows a paid session without its charge.") }
            return .succeeded(Charge(reference: reference, amount: amount, method: nil))
        }
        guard intent.text("status") == "succeeded",
            let charge = charge(intent, saved: order.savesMethod, customer: session.name(of: "customer"))
        else { return .unknown("Stripe shows a paid session whose charge has not succeeded.") }
        return .succeeded(charge)
    }

    /// The buyer is done, and the money not there: a method that settles later, which can still fail.
    private static func delayed(_ session: JSONObject, _ order: Order) -> Outcome {
        guard let intent = session.object("payment_intent"), let name = intent.text("id") else { return .settling }
        switch Self.intent(intent, name, order) {
        case .succeeded(let charge): return .succeeded(charge)
        case .declined(let failure): return .declined(failure)
        case .notExecuted where intent.text("status") == "canceled": return .notExecuted(expired)
        case .requiresAction, .approved, .notExecuted, .settling, .unknown: return .settling
        }
    }

    private static func setup(_ session: JSONObject, _ status: String, _ order: Order) -> Outcome {
        guard order.amount.isZero else { return .unknown("Stripe shows a session that takes no money.") }
        switch (status, session.text("payment_status")) {
        case ("open", _):
            guard let url = session.text("url"), !url.isEmpty else {
                return .unknown("Stripe shows an open session without its page.")
            }
            return .requiresAction(url: url)
        case ("complete", "no_payment_required"):
            guard let intent = session.object("setup_intent"), intent.text("status") == "succeeded",
                let reference = intent.text("id"), StripeName.isValid(reference),
                let method = intent.object("payment_method"),
                let saved = saved(method, customer: session.name(of: "customer") ?? intent.name(of: "customer"))
            else { return .unknown("Stripe shows a finished session without the method that was left.") }
            return .succeeded(
                Charge(reference: reference, amount: order.amount, method: saved.summary, saved: saved))
        case ("expired", _):
            return .notExecuted(expired)
        default:
            return .unknown("Stripe shows a session in a state that is not known here.")
        }
    }

    // MARK: Intents

    /// What became of an intent; `notExecuted` when nothing was tried or it is cancelled.
    static func intent(_ object: JSONObject, _ name: String, _ order: Order) -> Outcome {
        guard object.text("id") == name, StripeName.isValid(name, StripeName.intent) else {
            return .unknown("Stripe's answer is not about this charge.")
        }
        switch object.text("status") {
        case "succeeded":
            guard let charge = charge(object, saved: order.savesMethod, customer: object.name(of: "customer")) else {
                return .unknown("Stripe's answer does not tell how much was taken.")
            }
            return .succeeded(charge)
        case "processing":
            return .settling
        case "canceled":
            return .notExecuted(Failure("charge_cancelled", "The charge was cancelled at Stripe.", .gateway))
        case "requires_action":
            let redirect = object.object("next_action")?.object("redirect_to_url")?.text("url")
            return .requiresAction(url: redirect ?? order.checkoutURL)
        case "requires_payment_method":
            guard let error = object.object("last_payment_error") else { return .notExecuted(notTried) }
            return declined(StripeError(status: 0, error), isBlocked: StripeError.isBlocked(object), order)
        case "requires_confirmation":
            return .notExecuted(notTried)
        default:
            return .unknown("Stripe shows a charge in a state that is not known here.")
        }
    }

    static let notTried = Failure("not_carried_out", "The charge was made and never carried out.", .gateway)

    private static func declined(_ error: StripeError, isBlocked: Bool, _ order: Order) -> Outcome {
        if isBlocked {
            return .declined(
                Failure("fraudulent", error.message, gatewayCode: "blocked", .issuer, movesOn: false))
        }
        return switch StripeVerdict.card(error) {
        case .buyerMustAct: .requiresAction(url: order.checkoutURL)
        case .declined(let failure): .declined(failure)
        case .notExecuted, .rateLimited, .busy, .unknown, .keyReused, .readObject, .unlisted:
            .unknown("Stripe's answer does not tell why the charge failed.")
        }
    }

    /// The charge of an intent that succeeded; nil when it does not tell how much was taken.
    static func charge(_ intent: JSONObject, saved: Bool, customer: String?) -> Charge? {
        guard let reference = intent.text("id"), StripeName.isValid(reference, StripeName.intent),
            let amount = StripeMoney.money(
                intent.integer("amount_received") ?? intent.integer("amount"), intent.text("currency"))
        else { return nil }
        let method = intent.object("payment_method")
        return Charge(
            reference: reference, amount: amount, method: method.flatMap(summary),
            saved: saved ? method.flatMap { Self.saved($0, customer: customer ?? $0.name(of: "customer")) } : nil)
    }

    // MARK: Methods

    /// Types in which the buyer pays from an account that holds other means.
    private static let wallets = [
        "link", "paypal", "cashapp", "amazon_pay", "revolut_pay", "alipay", "wechat_pay", "mobilepay", "grabpay",
        "samsung_pay", "kakao_pay", "naver_pay",
    ]

    static func summary(_ method: JSONObject) -> MethodSummary? {
        guard let type = method.text("type"), StripeName.isValid(type) else { return nil }
        let details = method.object(type)
        let last4 = details?.text("last4").flatMap { $0.utf8.count <= 4 ? $0 : nil }
        guard type == "card" else {
            return MethodSummary(type: wallets.contains(type) ? "wallet" : type, brand: nil, last4: last4)
        }
        let brand = details?.text("brand").flatMap { StripeName.isValid($0) && $0.utf8.count <= 32 ? $0 : nil }
        return MethodSummary(type: "card", brand: brand, last4: last4)
    }

    static func saved(_ method: JSONObject, customer: String?) -> SavedMethod? {
        guard let customer, let name = method.text("id"), let type = method.text("type"),
            let token = StripeToken(customer: customer, method: name, type: type), let summary = summary(method)
        else { return nil }
        let details = method.object(type)
        return SavedMethod(
            token: token.text, summary: summary,
            expiryMonth: details?.integer("exp_month").flatMap { (1...12).contains($0) ? $0 : nil },
            expiryYear: details?.integer("exp_year").flatMap { (2000...2100).contains($0) ? $0 : nil })
    }

    // MARK: Refunds

    static func refund(_ object: JSONObject) -> RefundOutcome {
        guard let name = object.text("id"), StripeName.isValid(name) else {
            return .unknown("Stripe's answer is not about a refund.")
        }
        return switch refundStatus(object) {
        case .succeeded: .succeeded(reference: name)
        case .pending: .pending(reference: name)
        case .failed: .failed(refundFailure(object))
        case nil: .unknown("Stripe shows a refund in a state that is not known here.")
        }
    }

    static func listed(_ object: JSONObject) -> ListedRefund? {
        guard let name = object.text("id"), StripeName.isValid(name), let status = refundStatus(object),
            let amount = StripeMoney.money(object.integer("amount"), object.text("currency"))
        else { return nil }
        return ListedRefund(
            reference: name, amount: amount, status: status,
            failure: status == .failed ? refundFailure(object) : nil, key: StripeMark(object).key)
    }

    private static func refundStatus(_ object: JSONObject) -> RefundStatus? {
        switch object.text("status") {
        case "succeeded": .succeeded
        case "pending", "requires_action": .pending
        case "failed", "canceled": .failed
        default: nil
        }
    }

    private static func refundFailure(_ object: JSONObject) -> Failure {
        let reason = object.text("failure_reason").map { String($0.prefix(128)) } ?? object.text("status")
        return Failure("refund_failed", "The refund did not reach the buyer.", gatewayCode: reason, .gateway)
    }
}
