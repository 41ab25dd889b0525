import Fields
import Runtime
package import Storage

/// Keeping, replacing and removing saved methods, inside a transaction.
package struct PaymentMethods: Sendable {
    package let ledger: Ledger

    /// Methods one customer may have.
    package static let limit = 20

    package init(_ ledger: Ledger) {
        self.ledger = ledger
    }

    /// Keeps a method that a buyer left at a gateway. A new default has the customer's open invoices tried at once.
    ///
    /// - Parameter becomesDefault: Whether it takes the place of the present default; a first method always does.
    /// - Returns: nil for a customer who was forgotten.
    @discardableResult
    package func keep(
        _ saved: SavedMethod, of customer: CustomerID, gateway: String, mode: Mode, becomesDefault: Bool, by act: Act,
        in transaction: Transaction
    ) -> PaymentMethod? {
        guard let owner = transaction.get(Customer.self, Key(customer)), owner.deletedAt == nil else { return nil }
        var method = PaymentMethod()
        method.id = PaymentMethodID(in: transaction, purpose: "payment method")
        method.application = owner.application
        method.customer = customer
        method.type = saved.summary.type
        method.brand = saved.summary.brand
        method.last4 = saved.summary.last4
        method.expiryMonth = saved.expiryMonth
        method.expiryYear = saved.expiryYear
        method.gateway = gateway
        method.token = ledger.vault.seal(Array(saved.token.utf8), for: method.id.description, in: transaction)
        method.digest = ledger.vault.digest(ofToken: saved.token)
        method.createdAt = transaction.now
        ledger.save(method, before: nil, mode: mode, by: act, in: transaction)
        if becomesDefault || owner.defaultPaymentMethod == nil {
            makeDefault(method.id, of: owner, mode: mode, by: act, in: transaction)
        }
        return method
    }

    /// Makes a saved method the customer's default, or leaves none, and has open invoices tried with a new one.
    package func makeDefault(
        _ method: PaymentMethodID?, of owner: Customer, mode: Mode, by act: Act, in transaction: Transaction
    ) {
        for old in Customers.methods(of: owner.id, in: transaction) where old.isDefault != (old.id == method) {
            var changed = old
            changed.isDefault = old.id == method
            ledger.save(changed, before: old, mode: mode, by: act, in: transaction)
        }
        guard owner.defaultPaymentMethod != method else { return }
        var after = owner
        after.defaultPaymentMethod = method
        ledger.save(after, before: owner, mode: mode, by: act, in: transaction)
        if method != nil { Invoices(ledger).cardChanged(of: owner.id, by: act, in: transaction) }
    }

    /// Takes a saved method away; its gateway is to forget it once this is durable.
    ///
    /// - Returns: the method as it was; nil when it was removed before.
    /// - Throws: `not_found` unless it is a method of the customer.
    package func remove(
        _ id: PaymentMethodID, of customer: CustomerID, by act: Act, in transaction: Transaction
    ) throws(Refusal) -> PaymentMethod? {
        guard let before = transaction.get(PaymentMethod.self, Key(id)), before.customer == customer,
            let application = transaction.get(Application.self, Key(before.application))
        else { throw .notFound("payment method") }
        guard before.removedAt == nil else { return nil }
        var removed = before
        removed.removedAt = transaction.now
        removed.isDefault = false
        // Whoever removes it asks at once; after a crash the due work does.
        removed.forgetAt = transaction.now.adding(seconds: Payment.lostCallSeconds)
        ledger.save(removed, before: before, mode: application.mode, by: act, in: transaction)
        if let owner = transaction.get(Customer.self, Key(customer)), owner.defaultPaymentMethod == id {
            makeDefault(nil, of: owner, mode: application.mode, by: act, in: transaction)
        }
        for subscription in Self.subscriptions(of: customer, in: transaction) where subscription.paymentMethod == id {
            var after = subscription
            after.paymentMethod = nil
            ledger.save(
                after, before: subscription, mode: application.mode, action: "subscription.payment_method", by: act,
                in: transaction)
        }
        transaction.announce(due: removed.forgetAt, before: nil, of: before.application)
        return before
    }

    /// Shows a saved method as its gateway shows it now, as after the bank replaced the card. A method that could not
    /// be charged may be charged again, so open invoices are tried.
    package func refresh(
        _ before: PaymentMethod, _ saved: SavedMethod, mode: Mode, by act: Act, in transaction: Transaction
    ) {
        var after = before
        after.brand = saved.summary.brand
        after.last4 = saved.summary.last4
        after.expiryMonth = saved.expiryMonth
        after.expiryYear = saved.expiryYear
        guard after != before else { return }
        ledger.save(after, before: before, mode: mode, by: act, in: transaction)
        Invoices(ledger).cardChanged(of: before.customer, by: act, in: transaction)
    }

    /// Makes `method` the one that a subscription charges.
    package func use(
        _ method: PaymentMethod, for id: SubscriptionID, mode: Mode, by act: Act, in transaction: Transaction
    ) {
        guard let before = transaction.get(Subscription.self, Key(id)), before.customer == method.customer,
            before.status != .cancelled, before.paymentMethod != method.id
        else { return }
        var after = before
        after.paymentMethod = method.id
        ledger.save(
            after, before: before, mode: mode, action: "subscription.payment_method", by: act, in: transaction)
        Invoices(ledger).cardChanged(of: method.customer, subscription: id, by: act, in: transaction)
    }

    private static func subscriptions(of customer: CustomerID, in snapshot: Snapshot) -> [Subscription] {
        var all: [Subscription] = []
        snapshot.scan(Subscription.byCustomer, prefix: Key(customer), limit: 100) { subscription, _ in
            if subscription.status != .cancelled { all.append(subscription) }
            return true
        }
        return all
    }
}
