import Billing
import Bytes
import Gateways
import HTTP

extension SetupHandler {
    /// The page of where the setup stands.
    func statePage(_ visit: SetupVisit) -> Response {
        let view = visit.view
        switch visit.state {
        case .subscriptionEnded: return SetupPages.subscriptionEnded(view).response
        case .expired: return SetupPages.expired(view).response
        case .confirming: return SetupPages.confirming(view).response
        case .charging: return SetupPages.charging(view, amountText: visit.owedText).response
        case .chargeFailed:
            let path = visit.found.owed.last.map { engine.ledger.links.invoice($0) }
            return SetupPages.chargeFailed(
                view, amountText: visit.owedText,
                invoicePath: path.map { String($0.dropFirst(engine.ledger.links.publicURL.count)) }
            ).response
        case .done:
            // The account on this server needs no page in between.
            if visit.isFresh, let path = view.backURL, path.hasPrefix("/") { return PageAnswers.seeOther(path) }
            return SetupPages.done(
                view, card: visit.cardName, paidText: visit.paidText, leavesAtOnce: visit.isFresh
            ).response
        case .open:
            if let reason = visit.declineReason { return CheckoutPages.declined(view, reason: reason).response }
            return CheckoutPages.choose(view).response
        }
    }

    /// The page of the step the open attempt waits for: a wallet's or a bank's; else the setup's own page.
    func stepPage(_ visit: SetupVisit) -> Response {
        guard visit.isUsable, let attempt = visit.found.setup.flow.currentAttempt, attempt.status == .requiresAction,
            let gateway = visit.found.gateways.first(where: { $0.gateway == attempt.gateway }),
            GatewaySettings.isSandbox(adapter: gateway.adapter)
        else { return statePage(visit) }
        if attempt.actionURL?.containsText("/challenge/") == true {
            return SetupPages.challenge(visit.view, last4: attempt.method?.last4 ?? "").response
        }
        guard gateway.adapter != "sandbox_alpha" else {
            return CheckoutPages.start(visit.view, gateway: gateway.gateway)?.response ?? statePage(visit)
        }
        return SetupPages.wallet(visit.view, name: gateway.displayName).response
    }
}
