import Billing
import Bytes
import Fields
import Gateways
import HTTP
import Storage

/// What a customer does in the portal: each act a form, then the account with a word of what happened.
extension PortalHandler {
    func act(
        _ parts: [String], _ form: QueryItems, _ visit: PortalVisit, _ view: PortalView
    ) async throws -> Response {
        let notFound = TroublePages.notFound(view.language).response
        if parts == ["cards"] { return try await newCard(for: nil, visit) }
        guard parts.count == 3 else { return notFound }
        if parts[0] == "cards" {
            guard let method = visit.methods.first(where: { $0.id.description == parts[1] }) else { return notFound }
            switch parts[2] {
            case "default": try await makeDefault(method, visit)
            case "remove":
                try await engine.removeMethod(
                    method.id, of: visit.customer.id, application: visit.application.id, by: .buyer)
            default: return notFound
            }
            return done(parts[2] == "default" ? .cardIsDefault : .cardRemoved, visit)
        }
        guard parts[0] == "subscriptions", let subscription = visit.subscription(parts[1]) else { return notFound }
        switch parts[2] {
        case "cancel": return try await cancel(subscription, visit)
        case "keep":
            guard subscription.cancelsAtPeriodEnd else { return done(.refused, visit) }
            try await change(visit) { ledger, application, transaction in
                _ = try Subscriptions(ledger).reactivate(
                    subscription.id, application: application, by: .buyer, in: transaction)
            }
            return done(.subscriptionKept, visit)
        case "card":
            guard let card = form["card"] else { return try await newCard(for: subscription, visit) }
            return try await useCard(card, for: subscription, visit)
        case "plan": return try await changePlan(subscription, form, visit, view)
        default: return notFound
        }
    }

    func done(_ notice: PortalView.Notice, _ visit: PortalVisit) -> Response {
        PageAnswers.seeOther(visit.path + "?notice=" + notice.rawValue)
    }

    /// One transaction in the application's time, with the application as it stands then.
    @discardableResult
    func change<Answer: Sendable>(
        _ visit: PortalVisit, _ body: @escaping @Sendable (Ledger, Application, Transaction) throws -> Answer
    ) async throws -> Answer {
        let ledger = engine.ledger
        let id = visit.application.id
        return try await engine.store.transact(for: id) { transaction in
            try body(ledger, try Applications.find(id, in: transaction), transaction)
        }
    }

    private func makeDefault(_ method: PaymentMethod, _ visit: PortalVisit) async throws {
        let customer = visit.customer.id
        try await change(visit) { ledger, application, transaction in
            var patch = CustomerPatch()
            patch.defaultPaymentMethod = .set(method.id)
            _ = try Customers(ledger).update(customer, patch, application: application, by: .buyer, in: transaction)
        }
    }

    /// Leads to a page on which a card is saved, and from there back to the account.
    private func newCard(for subscription: Subscription?, _ visit: PortalVisit) async throws -> Response {
        let customer = visit.customer.id
        let notice: PortalView.Notice = subscription == nil ? .cardSaved : .cardChanged
        let back = engine.ledger.links.publicURL + visit.path + "?notice=" + notice.rawValue
        let token = try await change(visit) { ledger, _, transaction in
            let setups = PaymentMethodSetups(ledger)
            if let id = subscription?.id {
                guard let owned = transaction.get(Subscription.self, Key(id)) else {
                    throw Refusal.notFound("subscription")
                }
                return try setups.create(for: owned, returnURL: back, by: .buyer, in: transaction).token.bytes
            }
            guard let owner = transaction.get(Customer.self, Key(customer)) else { throw Refusal.notFound("customer") }
            return try setups.create(for: owner, returnURL: back, by: .buyer, in: transaction).token.bytes
        }
        return PageAnswers.seeOther("/setup/" + Hex.encode(token))
    }

    private func useCard(_ card: String, for subscription: Subscription, _ visit: PortalVisit) async throws -> Response
    {
        guard let method = visit.methods.first(where: { $0.id.description == card }) else {
            return done(.refused, visit)
        }
        try await change(visit) { ledger, application, transaction in
            var patch = SubscriptionPatch()
            patch.paymentMethod = .set(method.id)
            _ = try Subscriptions(ledger).update(
                subscription.id, patch, application: application, by: .buyer, in: transaction)
        }
        return done(.cardChanged, visit)
    }

    private func cancel(_ subscription: Subscription, _ visit: PortalVisit) async throws -> Response {
        let hasEnded = try await change(visit) { ledger, application, transaction in
            // The merchant may have taken the leave back since the page was shown.
            guard application.portal.allowsCancel else {
                throw Refusal(.invalidState, "Customers may not cancel by themselves.")
            }
            return try Subscriptions(ledger).cancel(
                subscription.id, CancelInput(), application: application, by: .buyer, in: transaction
            ).subscription.status == .cancelled
        }
        return done(hasEnded ? .subscriptionEnded : .subscriptionCancelled, visit)
    }
}
