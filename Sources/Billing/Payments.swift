import Fields
import Runtime
package import Storage

/// Creating and finding payments. Everything here runs inside a transaction or snapshot.
package struct Payments: Sendable {
    package let ledger: Ledger

    package init(_ ledger: Ledger) {
        self.ledger = ledger
    }

    static let defaultLifetimeSeconds: Int64 = 86_400

    /// Creates a payment for `application`, finding or making its customer.
    ///
    /// - Throws: `validation_failed` with every issue; `not_found` never: an unknown `customer_id` is an issue;
    ///   `unavailable` while the application is held.
    package func create(
        _ input: PaymentInput, application: Application, by act: Act, in transaction: Transaction
    ) throws(Refusal) -> Payment {
        try Holds.check(application.mode, in: transaction)
        var issues = InputIssues()
        let amount = input.amount.money(in: input.currency, field: "amount", &issues)
        checkURL(input.returnURL, "return_url", application.mode, &issues)
        checkURL(input.cancelURL, "cancel_url", application.mode, &issues)
        let usable = usableGateways(input, amount, application, &issues, transaction)
        if amount != nil, usable.isEmpty, issues.issues.isEmpty {
            issues.add("currency", "no_gateway", "No gateway of this application takes \(input.currency).")
        }
        var existing: Customer?
        if let id = input.customerID {
            existing = transaction.get(Customer.self, Key().adding(id))
            if existing?.application != application.id || existing?.deletedAt != nil {
                issues.add("customer_id", "not_found", "There is no such customer in this application.")
            }
        } else if input.customerEmail == nil {
            issues.add("customer_email", "required", "Give customer_email or customer_id.")
        }
        if input.customerID != nil, input.customerEmail != nil {
            issues.add("customer_email", "conflict", "Give customer_email or customer_id, not both.")
        }
        guard issues.issues.isEmpty, let amount else { throw .invalid(issues.issues) }
        let customer =
            existing
            ?? Customers(ledger).findOrCreate(
                email: input.customerEmail ?? "", name: input.customerName, application: application, by: act,
                in: transaction)
        var payment = Payment()
        payment.hash = PaymentHash(in: transaction, purpose: "payment")
        payment.application = application.id
        payment.mode = application.mode
        payment.amount = amount
        payment.description = input.description
        payment.customer = customer.id
        payment.returnURL = input.returnURL
        payment.cancelURL = input.cancelURL
        payment.metadata = input.metadata
        payment.createdAt = transaction.now
        payment.updatedAt = transaction.now
        payment.expiresAt = transaction.now.adding(seconds: input.expiresIn ?? Self.defaultLifetimeSeconds)
        payment.token = Blob(transaction.random(16, purpose: "checkout token"))
        payment.allowedGateways = input.gateways
        payment.savesMethod = input.savesMethod
        payment.locale = input.locale
        let saved = ledger.save(payment, before: nil, action: "payment.create", by: act, in: transaction)
        return ledger.dressed(saved, in: transaction)
    }

    /// Live applications send buyers to https only, save loopback.
    private func checkURL(_ url: String?, _ field: String, _ mode: Mode, _ issues: inout InputIssues) {
        guard mode == .live, let url, url.hasPrefix("http://") else { return }
        let host = url.dropFirst(7).prefix { $0 != "/" && $0 != ":" && $0 != "?" }
        guard host != "localhost", host != "127.0.0.1" else { return }
        issues.add(field, "invalid_format", "Live applications need an https address.")
    }

    private func usableGateways(
        _ input: PaymentInput, _ amount: Money?, _ application: Application, _ issues: inout InputIssues,
        _ snapshot: Snapshot
    ) -> [GatewayConfiguration] {
        let all = Self.gateways(of: application.id, in: snapshot)
        for (index, name) in input.gateways.enumerated() {
            if !all.contains(where: { $0.gateway == name }) {
                issues.add(
                    "gateways[\(index)]", "unknown_value",
                    "There is no such gateway; GET /api/v1/gateways lists them.")
            } else if input.gateways[..<index].contains(name) {
                issues.add("gateways[\(index)]", "duplicate", "Name each gateway once.")
            }
        }
        guard let amount else { return [] }
        return Self.route(all, allowed: input.gateways, amount: amount)
    }

    /// All gateways of an application, in its order.
    package static func gateways(of application: ApplicationID, in snapshot: Snapshot) -> [GatewayConfiguration] {
        var all: [GatewayConfiguration] = []
        snapshot.scan(GatewayConfiguration.self, prefix: Key().adding(application), limit: 50) { gateway, _ in
            all.append(gateway)
            return true
        }
        return all.sorted { ($0.order, $0.gateway) < ($1.order, $1.gateway) }
    }

    /// The gateways that can take `amount`, in order: the application's, or the request's where it narrowed them.
    package static func route(
        _ all: [GatewayConfiguration], allowed: [String], amount: Money
    ) -> [GatewayConfiguration] {
        let usable = all.filter { $0.accepts(amount) }
        guard !allowed.isEmpty else { return usable }
        return allowed.compactMap { name in usable.first { $0.gateway == name } }
    }

    /// The payment of an application, or `not_found`, also for another application's.
    package func find(
        _ hash: PaymentHash, application: ApplicationID, in snapshot: Snapshot
    ) throws(Refusal) -> Payment {
        guard let payment = snapshot.get(Payment.self, Key().adding(hash)), payment.application == application else {
            throw .notFound("payment")
        }
        return payment
    }
}
