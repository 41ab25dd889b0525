import Bytes
import Fields
import JSON
import Runtime
package import Storage

/// Creating, changing and archiving plans, inside a transaction.
package struct Plans: Sendable {
    package let ledger: Ledger

    package init(_ ledger: Ledger) {
        self.ledger = ledger
    }

    /// - Throws: `validation_failed` with every issue; `already_exists` when the application has a plan with this id.
    package func create(
        _ input: PlanInput, application: Application, by act: Act, in transaction: Transaction
    ) throws(Refusal) -> Plan {
        var issues = InputIssues()
        var plan = Plan()
        plan.price = Self.price(input.price, in: input.currency, &issues) ?? .zero(input.currency)
        plan.setupFee = input.setupFee.flatMap { $0.money(in: input.currency, field: "setup_fee", &issues) }
        Self.checkFeatures(input.features, &issues)
        guard issues.issues.isEmpty else { throw .invalid(issues.issues) }
        if let id = input.id {
            guard transaction.get(Plan.self, Key(application.id, id)) == nil else {
                throw Refusal(.alreadyExists, "A plan with this id exists; archived ones keep theirs.")
            }
            plan.id = id
        } else {
            plan.id = "plan_" + Hex.encode(transaction.random(16, purpose: "plan"))
        }
        plan.application = application.id
        plan.name = input.name
        plan.description = input.description
        plan.billingCycle = input.billingCycle
        plan.trialDays = input.trialDays ?? 0
        plan.features = input.features
        plan.metadata = input.metadata
        plan.createdAt = ledger.now(of: application.id, in: transaction)
        return ledger.save(plan, before: nil, mode: application.mode, by: act, in: transaction)
    }

    /// - Throws: `validation_failed`, also for price, currency or cycle of a plan that is in use; `not_found`.
    package func update(
        _ id: String, _ patch: PlanPatch, application: Application, by act: Act, in transaction: Transaction
    ) throws(Refusal) -> Plan {
        let before = try find(id, application: application.id, in: transaction)
        var after = before
        var issues = InputIssues()
        after.name = patch.name.applied(to: after.name, none: "")
        if after.name.isEmpty { issues.add("name", "required", "A plan has a name.") }
        after.description = patch.description.applied(to: after.description)
        after.billingCycle = patch.billingCycle.applied(to: after.billingCycle, none: after.billingCycle)
        if case .clear = patch.billingCycle { issues.add("billing_cycle", "required", "A plan has a cycle.") }
        let currency = patch.currency.applied(to: after.price.currency, none: after.price.currency)
        if case .clear = patch.currency { issues.add("currency", "required", "A plan has a currency.") }
        switch patch.price {
        case .keep:
            if currency != after.price.currency {
                issues.add("price", "required", "Give the price in the new currency too.")
            }
        case .clear: issues.add("price", "required", "A plan has a price.")
        case .set(let amount): after.price = Self.price(amount, in: currency, &issues) ?? after.price
        }
        switch patch.setupFee {
        case .keep:
            if let fee = after.setupFee, fee.currency != currency {
                issues.add("setup_fee", "required", "Give the setup fee in the new currency, or null.")
            }
        case .clear: after.setupFee = nil
        case .set(let amount): after.setupFee = amount.money(in: currency, field: "setup_fee", &issues)
        }
        after.trialDays = patch.trialDays.applied(to: after.trialDays, none: 0)
        after.features = patch.features.applied(to: after.features, none: [])
        Self.checkFeatures(after.features, &issues)
        after.metadata = patch.metadata.applied(to: after.metadata, none: Metadata())
        if before.isUsed, after.price != before.price {
            let field = currency == before.price.currency ? "price" : "currency"
            issues.add(field, "fixed", "Subscriptions use this plan; create another plan with the new price.")
        }
        if before.isUsed, after.billingCycle != before.billingCycle {
            issues.add(
                "billing_cycle", "fixed", "Subscriptions use this plan; create another plan with the new cycle.")
        }
        guard issues.issues.isEmpty else { throw .invalid(issues.issues) }
        guard after != before else { return before }
        return ledger.save(after, before: before, mode: application.mode, by: act, in: transaction)
    }

    /// Takes the plan off the shelf: its subscriptions go on, new ones cannot take it.
    ///
    /// - Throws: `invalid_state` when it is archived already; `not_found`.
    package func archive(
        _ id: String, application: Application, by act: Act, in transaction: Transaction
    ) throws(Refusal) -> Plan {
        let before = try find(id, application: application.id, in: transaction)
        guard before.status == .active else {
            throw Refusal(.invalidState, "This plan is archived already; only an active one can be archived.")
        }
        var after = before
        after.status = .archived
        return ledger.save(after, before: before, mode: application.mode, by: act, in: transaction)
    }

    /// - Throws: `not_found`, also for another application's.
    package func find(_ id: String, application: ApplicationID, in snapshot: Snapshot) throws(Refusal) -> Plan {
        // Longer than any plan's id, and than a key may be.
        guard id.utf8.count <= 64, let plan = snapshot.get(Plan.self, Key(application, id)) else {
            throw .notFound("plan")
        }
        return plan
    }

    /// Notes that a subscription uses the plan: from now on its price is fixed.
    func use(_ plan: Plan, in transaction: Transaction) {
        guard !plan.isUsed else { return }
        var used = plan
        used.isUsed = true
        transaction.put(used)
    }

    /// A price, which may be nothing.
    private static func price(_ amount: DecimalAmount, in currency: Currency, _ issues: inout InputIssues) -> Money? {
        if let decimal = amount.decimal, case .exact(0) = decimal.scaled(by: currency.digits) {
            return .zero(currency)
        }
        return amount.money(in: currency, field: "price", &issues)
    }

    private static func checkFeatures(_ features: [String], _ issues: inout InputIssues) {
        for (index, feature) in features.enumerated() where !(1...200).contains(feature.unicodeScalars.count) {
            issues.add("features[\(index)]", "invalid_length", "A feature has 1 to 200 characters.")
        }
    }
}
