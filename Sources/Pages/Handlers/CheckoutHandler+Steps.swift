import Billing
import Bytes
import Gateways
import HTTP
import Runtime

extension CheckoutHandler {
    /// The page of the payment's state.
    func statePage(_ visit: CheckoutVisit) -> Page {
        let payment = visit.payment
        switch payment.status {
        case .completed:
            let receipt = ReceiptView(
                payment: payment.hash.description, paidWith: Self.methodText(payment.method, visit),
                paidAt: payment.completedAt ?? payment.updatedAt)
            guard visit.isFresh else {
                return CheckoutPages.alreadyPaid(visit.view, receipt: receipt, returnURL: visit.returnURL)
            }
            return CheckoutPages.success(
                visit.view, receipt: receipt, returnURL: visit.returnURL, leavesAtOnce: visit.returnURL != nil)
        case .processing:
            let method = payment.currentAttempt?.method
            return CheckoutPages.confirming(visit.view, details: Self.methodText(method, visit), state: visit.state)
        case .cancelled where payment.cancellationReason == .expired:
            return CheckoutPages.expired(visit.view, backURL: payment.cancelURL ?? visit.returnURL)
        case .cancelled, .failed:
            return CheckoutPages.cancelled(visit.view, backURL: payment.cancelURL ?? visit.returnURL)
        case .pending:
            guard visit.isOpen else {
                return CheckoutPages.expired(visit.view, backURL: payment.cancelURL ?? visit.returnURL)
            }
            if let failure = visit.lastFailure {
                return CheckoutPages.declined(
                    visit.view,
                    reason: DeclineReason(
                        failure,
                        gateway: visit.payment.attempts.last.flatMap { visit.gateway($0.gateway) }?.displayName ?? ""))
            }
            return CheckoutPages.choose(visit.view)
        }
    }

    /// The page of the step the open attempt waits for: a wallet's or a bank's; else the payment's own page.
    func stepPage(_ visit: CheckoutVisit) -> Page {
        guard visit.isOpen, let attempt = visit.payment.currentAttempt, attempt.status == .requiresAction,
            let gateway = visit.gateway(attempt.gateway), GatewaySettings.isSandbox(adapter: gateway.adapter)
        else { return statePage(visit) }
        if attempt.actionURL?.containsText("/challenge/") == true {
            return CheckoutPages.challenge(visit.view, last4: attempt.method?.last4 ?? "")
        }
        guard gateway.adapter != "sandbox_alpha" else {
            return CheckoutPages.start(visit.view, gateway: gateway.gateway) ?? statePage(visit)
        }
        return CheckoutPages.wallet(visit.view, name: gateway.displayName)
    }

    /// The buyer chose a method; with the sandbox's card fields filled in, the card is charged in the same act.
    func pay(_ visit: CheckoutVisit, _ form: QueryItems) async throws -> Response {
        guard visit.isOpen else { return PageAnswers.seeOther(visit.view.paths.page) }
        guard let name = form["method"], let method = visit.view.methods.first(where: { $0.gateway == name }) else {
            return PageAnswers.seeOther(visit.view.paths.page)
        }
        guard method.kind == .card else {
            return follow(try await engine.start(visit.payment.hash, gateway: name, by: .buyer), visit)
        }
        let entered = CardEntry(form, now: visit.now)
        guard let card = entered.card else {
            var view = visit.view
            view.chosenMethod = name
            view.cardForm.holderName = entered.holder
            view.cardForm.expiry = entered.expiry
            view.cardForm.problems = entered.problems
            view.cardForm.isRepeated = true
            return CheckoutPages.choose(view).response
        }
        let step = try await engine.start(visit.payment.hash, gateway: name, by: .buyer)
        guard case .buyer = step, let attempt = try await engine.openAttempt(of: visit.payment.hash),
            attempt.gateway == name, attempt.actionURL?.containsText("/challenge/") == false
        else { return follow(step, visit) }
        let next = try await engine.submit(visit.payment.hash, attempt: attempt.number, .card(card), by: .buyer)
        return follow(next, visit)
    }

    /// The buyer decided on a wallet's or a bank's page.
    func decide(_ visit: CheckoutVisit, _ form: QueryItems) async throws -> Response {
        guard visit.isOpen, let attempt = visit.payment.currentAttempt, attempt.status == .requiresAction,
            visit.gateway(attempt.gateway).map({ GatewaySettings.isSandbox(adapter: $0.adapter) }) == true
        else { return PageAnswers.seeOther(visit.view.paths.page) }
        let instrument: Instrument = form["decision"] == "approve" ? .approval : .refusal
        let step = try await engine.submit(
            visit.payment.hash, attempt: attempt.number, instrument, by: .buyer)
        return follow(step, visit)
    }

    private static func methodText(_ method: MethodSummary?, _ visit: CheckoutVisit) -> String? {
        guard let method else { return nil }
        let brand = MethodName.capitalised(method.brand ?? method.type)
        return method.last4.map { "\(brand) \u{2022}\u{2022}\u{2022}\u{2022} \($0)" } ?? brand
    }
}
