import Fields
import Runtime
package import Storage

/// Making and finding setups, inside a transaction or snapshot.
package struct PaymentMethodSetups: Sendable {
    package let ledger: Ledger

    package init(_ ledger: Ledger) {
        self.ledger = ledger
    }

    /// A new page for a customer of the portal. Once it was used or has expired it stays so.
    ///
    /// - Parameter replaced: The method whose place the new one takes.
    /// - Throws: `not_found`; `invalid_state` for a customer with too many methods.
    package func create(
        for customer: Customer, replacing replaced: PaymentMethodID? = nil, returnURL: String? = nil, by act: Act,
        in transaction: Transaction
    ) throws(Refusal) -> PaymentMethodSetup {
        guard let application = transaction.get(Application.self, Key(customer.application)) else {
            throw .notFound("customer")
        }
        let methods = Customers.methods(of: customer.id, in: transaction)
        if let replaced, !methods.contains(where: { $0.id == replaced }) { throw .notFound("payment method") }
        guard replaced != nil || methods.count < PaymentMethods.limit else {
            throw Refusal(.invalidState, "A customer has at most \(PaymentMethods.limit) saved methods; remove one.")
        }
        var setup = PaymentMethodSetup()
        setup.token = Blob(transaction.random(16, purpose: "setup token"))
        setup.application = customer.application
        setup.customer = customer.id
        setup.replaces = replaced
        setup.restart(
            currency: Self.currency(of: application, in: transaction), description: application.name,
            mode: application.mode, returnURL: returnURL, in: transaction)
        transaction.put(setup)
        transaction.announce(due: setup.flow.dueAt, before: nil, of: setup.application)
        ledger.audit(
            "payment_method_setup.create", on: customer.id.description, application: customer.application, by: act,
            in: transaction)
        return setup
    }

    /// A new page for the card of one subscription: what is left there is charged for it from then on, its open invoices at
    /// once. Unlike the subscription's own link it serves once, and within a day.
    ///
    /// - Throws: `not_found`; `invalid_state` for a cancelled subscription, or a customer with too many methods.
    package func create(
        for subscription: Subscription, returnURL: String?, by act: Act, in transaction: Transaction
    ) throws(Refusal) -> PaymentMethodSetup {
        guard let application = transaction.get(Application.self, Key(subscription.application)),
            let customer = transaction.get(Customer.self, Key(subscription.customer)), customer.deletedAt == nil
        else { throw .notFound("customer") }
        guard subscription.status != .cancelled else {
            throw Refusal(
                .invalidState,
                "A subscription that is cancelled does not allow to add a card; it must be scheduled, incomplete, "
                    + "trialing, active, past_due or paused.")
        }
        guard Customers.methods(of: customer.id, in: transaction).count < PaymentMethods.limit else {
            throw Refusal(.invalidState, "A customer has at most \(PaymentMethods.limit) saved methods; remove one.")
        }
        var issues = InputIssues()
        issues.checkReturnURL(returnURL, "return_url", application.mode)
        guard issues.issues.isEmpty else { throw .invalid(issues.issues) }
        var setup = PaymentMethodSetup()
        setup.token = Blob(transaction.random(16, purpose: "setup token"))
        setup.application = application.id
        setup.customer = customer.id
        setup.subscription = subscription.id
        setup.restart(
            currency: subscription.plan.price.currency, description: subscription.plan.name, mode: application.mode,
            returnURL: returnURL ?? subscription.returnURL, in: transaction)
        transaction.put(setup)
        transaction.announce(due: setup.flow.dueAt, before: nil, of: setup.application)
        ledger.audit(
            "payment_method_setup.create", on: subscription.id.description, application: application.id, by: act,
            in: transaction)
        return setup
    }

    /// The setup at a token: one that was made, or that of a subscription's link; nil for an unknown token.
    package static func find(_ token: [UInt8], in snapshot: Snapshot) -> PaymentMethodSetup? {
        if let known = snapshot.get(PaymentMethodSetup.self, Key(token)) { return known }
        guard let subscription = snapshot.first(Subscription.bySetupToken, Key(token)) else { return nil }
        var setup = PaymentMethodSetup()
        setup.token = Blob(token)
        setup.application = subscription.application
        setup.customer = subscription.customer
        setup.subscription = subscription.id
        setup.flow.status = .cancelled
        return setup
    }

    /// The setup, ready for a step: that of a subscription's own link begins anew once it was used or has expired.
    package func ready(_ token: [UInt8], in transaction: Transaction) throws(Refusal) -> PaymentMethodSetup {
        guard var setup = Self.find(token, in: transaction),
            let application = transaction.get(Application.self, Key(setup.application)),
            let customer = transaction.get(Customer.self, Key(setup.customer)), customer.deletedAt == nil
        else { throw .notFound("page") }
        guard !setup.isOpen(now: transaction.now), !setup.flow.isInFlight, let id = setup.subscription,
            setup.flow.currentAttempt == nil
        else { return setup }
        guard let subscription = transaction.get(Subscription.self, Key(id)), subscription.status != .cancelled else {
            throw Refusal(.invalidState, "This subscription is cancelled and needs no card.")
        }
        guard setup.token == subscription.setupToken else { return setup }
        setup.restart(
            currency: subscription.plan.price.currency, description: subscription.plan.name, mode: application.mode,
            returnURL: subscription.returnURL, in: transaction)
        return setup
    }

    /// Keeps the method that was left, for the subscription or as the customer's default.
    package func keep(
        _ saved: SavedMethod, of setup: inout PaymentMethodSetup, gateway: String, by act: Act,
        in transaction: Transaction
    ) throws(Refusal) {
        let methods = PaymentMethods(ledger)
        let mode = setup.flow.mode
        let kept = methods.keep(
            saved, of: setup.customer, gateway: gateway, mode: mode, becomesDefault: setup.subscription == nil, by: act,
            in: transaction)
        guard let kept else { return }
        setup.method = kept.id
        if let id = setup.subscription { methods.use(kept, for: id, mode: mode, by: act, in: transaction) }
        if let old = setup.replaces {
            setup.replaces = nil
            _ = try methods.remove(old, of: setup.customer, by: act, in: transaction)
        }
    }

    /// The currency in which nothing is charged: one that the application's gateways take.
    private static func currency(of application: Application, in snapshot: Snapshot) -> Currency {
        for gateway in Payments.gateways(of: application.id, in: snapshot) where gateway.isEnabled {
            if let first = gateway.currencies.first, let currency = Currency(first) { return currency }
        }
        return .usd
    }
}
