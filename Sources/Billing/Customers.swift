package import Fields
import Runtime
package import Storage

/// What creates a customer.
package struct CustomerInput: Record {
    package var email = ""
    package var name: String?
    package var phone: String?
    package var address: Address?
    package var metadata = Metadata()

    package init() {}
    package static var schemaName: StaticString { "CustomerInput" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("email", &email, .email, "Unique within the application, case-folded.")
        try visitor.member("name", &name, .length(1...200, example: "Ada Lovelace"), "")
        try visitor.member("phone", &phone, .length(3...40), "")
        try visitor.member("address", &address)
        try visitor.member("metadata", &metadata)
    }
}

/// What changes a customer: a member left out stays, null clears.
package struct CustomerPatch: Record {
    package var email = Patch<String>.keep
    package var name = Patch<String>.keep
    package var phone = Patch<String>.keep
    package var address = Patch<Address>.keep
    package var metadata = Patch<Metadata>.keep
    package var defaultPaymentMethod = Patch<PaymentMethodID>.keep

    package init() {}
    package static var schemaName: StaticString { "CustomerPatch" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("email", &email, .email, "")
        try visitor.member("name", &name, .length(1...200), "")
        try visitor.member("phone", &phone, .length(3...40), "")
        try visitor.member("address", &address)
        try visitor.member("metadata", &metadata, "Replaces all metadata.")
        try visitor.member("default_payment_method", &defaultPaymentMethod)
    }
}

/// Creating, changing and forgetting customers, inside a transaction.
package struct Customers: Sendable {
    package let ledger: Ledger

    package init(_ ledger: Ledger) {
        self.ledger = ledger
    }

    /// - Throws: `already_exists` when another customer of the application has the e-mail.
    package func create(
        _ input: CustomerInput, application: Application, by act: Act, in transaction: Transaction
    ) throws(Refusal) -> Customer {
        guard transaction.first(Customer.byEmail, Customer.emailKey(application.id, input.email)) == nil else {
            throw Refusal(.alreadyExists, "A customer with this e-mail exists; list customers by email to find it.")
        }
        var customer = Customer()
        customer.email = input.email
        customer.name = input.name
        customer.phone = input.phone
        customer.address = input.address
        customer.metadata = input.metadata
        return insert(customer, application, by: act, in: transaction)
    }

    /// The application's customer with this e-mail; a new one when there is none. An existing one stays as it is.
    package func findOrCreate(
        email: String, name: String?, application: Application, by act: Act, in transaction: Transaction
    ) -> Customer {
        if let found = transaction.first(Customer.byEmail, Customer.emailKey(application.id, email)) { return found }
        var customer = Customer()
        customer.email = email
        customer.name = name
        return insert(customer, application, by: act, in: transaction)
    }

    private func insert(
        _ draft: Customer, _ application: Application, by act: Act, in transaction: Transaction
    ) -> Customer {
        var customer = draft
        customer.id = CustomerID(in: transaction, purpose: "customer")
        customer.application = application.id
        customer.createdAt = transaction.now
        ledger.vault.makeKey(for: customer.id, in: transaction)
        return ledger.save(customer, before: nil, mode: application.mode, by: act, in: transaction)
    }

    /// - Throws: `not_found`, also for another application's and for a forgotten one.
    package func find(
        _ id: CustomerID, application: ApplicationID, in snapshot: Snapshot
    ) throws(Refusal) -> Customer {
        guard let customer = snapshot.get(Customer.self, Key().adding(id)), customer.application == application,
            customer.deletedAt == nil
        else { throw .notFound("customer") }
        return customer
    }

    package func update(
        _ id: CustomerID, _ patch: CustomerPatch, application: Application, by act: Act, in transaction: Transaction
    ) throws(Refusal) -> Customer {
        let before = try find(id, application: application.id, in: transaction)
        var after = before
        switch patch.email {
        case .keep: break
        case .clear: throw .invalid("email", "required", "A customer has an e-mail.")
        case .set(let email):
            let other = transaction.first(Customer.byEmail, Customer.emailKey(application.id, email))
            if let other, other.id != id {
                throw Refusal(.alreadyExists, "Another customer has this e-mail.")
            }
            after.email = email
        }
        after.name = patch.name.applied(to: after.name)
        after.phone = patch.phone.applied(to: after.phone)
        after.address = patch.address.applied(to: after.address)
        after.metadata = patch.metadata.applied(to: after.metadata, none: Metadata())
        switch patch.defaultPaymentMethod {
        case .keep: break
        case .clear: try setDefault(nil, of: &after, by: act, application: application, in: transaction)
        case .set(let method): try setDefault(method, of: &after, by: act, application: application, in: transaction)
        }
        guard after != before else { return before }
        let saved = ledger.save(after, before: before, mode: application.mode, by: act, in: transaction)
        if saved.defaultPaymentMethod != nil, saved.defaultPaymentMethod != before.defaultPaymentMethod {
            Invoices(ledger).cardChanged(of: id, by: act, in: transaction)
        }
        return saved
    }

    private func setDefault(
        _ method: PaymentMethodID?, of customer: inout Customer, by act: Act, application: Application,
        in transaction: Transaction
    ) throws(Refusal) {
        let methods = Self.methods(of: customer.id, in: transaction)
        if let method, !methods.contains(where: { $0.id == method }) {
            throw .invalid("default_payment_method", "not_found", "This customer has no such payment method.")
        }
        for old in methods where old.isDefault != (old.id == method) {
            var changed = old
            changed.isDefault = old.id == method
            ledger.save(changed, before: old, mode: application.mode, by: act, in: transaction)
        }
        customer.defaultPaymentMethod = method
    }

    /// The saved methods of a customer, oldest first.
    package static func methods(of customer: CustomerID, in snapshot: Snapshot) -> [PaymentMethod] {
        var methods: [PaymentMethod] = []
        snapshot.scan(PaymentMethod.byCustomer, prefix: Key().adding(customer), limit: 100) { method, _ in
            methods.append(method)
            return true
        }
        return methods
    }

    /// Forgets the person and keeps the money trail: the row loses its personal fields, saved methods are removed, and
    /// the key of all personal data in events is destroyed. The event goes first, sealed under the same key.
    ///
    /// - Returns: The methods whose tokens the gateways are to forget.
    /// - Throws: `invalid_state` while a subscription of the customer lives; `not_found`.
    package func forget(
        _ id: CustomerID, application: Application, by act: Act, in transaction: Transaction
    ) throws(Refusal) -> [PaymentMethod] {
        let before = try find(id, application: application.id, in: transaction)
        guard transaction.first(Subscription.liveByCustomer, Key(id)) == nil else {
            throw Refusal(.invalidState, "This customer has a subscription that is not cancelled; cancel it first.")
        }
        let methods = Self.methods(of: id, in: transaction)
        for method in methods {
            var removed = method
            removed.removedAt = transaction.now
            removed.isDefault = false
            removed.forgetAt = transaction.now.adding(seconds: Payment.lostCallSeconds)
            ledger.save(removed, before: method, mode: application.mode, by: act, in: transaction)
        }
        if !methods.isEmpty { transaction.notify(StoreTopic(Topics.schedule.number, about: application.id.subject)) }
        var after = before
        after.email = nil
        after.name = nil
        after.phone = nil
        after.address = nil
        after.metadata = Metadata()
        after.defaultPaymentMethod = nil
        after.deletedAt = transaction.now
        ledger.save(after, before: before, mode: application.mode, by: act, in: transaction)
        transaction.delete(CustomerKey.self, Key().adding(id))
        return methods
    }
}
