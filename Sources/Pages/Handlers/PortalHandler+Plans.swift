import Billing
import Fields
import Gateways
import HTTP
import Runtime
import Storage

/// Changing the plan in the portal: the choice, what it costs, and the change that bills exactly that.
extension PortalHandler {
    /// The plans, or what the change to one of them costs.
    func plans(
        _ subscription: Subscription, _ shown: PortalView.Subscription, to plan: String?, _ visit: PortalVisit,
        _ view: PortalView
    ) async throws -> Response {
        let application = visit.application
        let all = try await engine.store.read { Self.offered(for: subscription, application, in: $0) }
        guard let plan else {
            let choices = all.map { plan in
                PlanChoice(
                    id: plan.id, name: plan.name, description: plan.description,
                    priceText: PortalVisit.price(PlanTerms(plan), subscription.quantity, view.language),
                    isCurrent: plan.id == subscription.plan.id)
            }
            return PortalPages.choosePlan(
                view, subscription: shown, plans: choices,
                canKeep: subscription.pendingChange?.effective == .periodEnd
            ).response
        }
        do {
            let page = try await preview(subscription, shown, to: plan, isRepeated: false, visit, view)
            return page?.response ?? TroublePages.notFound(view.language).response
        } catch let refusal as Billing.Refusal {
            guard refusal.code != .unavailable else { throw refusal }
            return done(.refused, visit)
        }
    }

    /// The plans of the merchant's list, or all active ones of the subscription's currency, its own first.
    private static func offered(
        for subscription: Subscription, _ application: Application, in snapshot: Snapshot
    ) -> [Plan] {
        var plans: [Plan] = []
        if let own = snapshot.get(Plan.self, Key(application.id, subscription.plan.id)) { plans.append(own) }
        func offer(_ plan: Plan) {
            guard plan.status == .active, plan.price.currency == subscription.plan.price.currency,
                plan.id != subscription.plan.id
            else { return }
            plans.append(plan)
        }
        if application.portal.plans.isEmpty {
            snapshot.scan(
                Plan.byStatus, prefix: Key(application.id, PlanStatus.active.rawValue),
                limit: PortalSettings.planLimit
            ) { plan, _ in
                offer(plan)
                return true
            }
        } else {
            for id in application.portal.plans {
                if let plan = snapshot.get(Plan.self, Key(application.id, id)) { offer(plan) }
            }
        }
        return plans
    }

    /// What a change would bill, as a page; nil for a plan that is not offered.
    private func preview(
        _ subscription: Subscription, _ shown: PortalView.Subscription, to id: String, isRepeated: Bool,
        _ visit: PortalVisit, _ view: PortalView
    ) async throws -> Page? {
        let (ledger, application, clock) = (engine.ledger, visit.application, doors.clock)
        let found = try await engine.store.read { snapshot -> ChangePreview? in
            guard
                Self.offered(for: subscription, application, in: snapshot)
                    .contains(where: { $0.id == id && $0.id != subscription.plan.id })
            else { return nil }
            var input = ChangeInput()
            input.plan = id
            return try Subscriptions(ledger).previewChange(
                subscription.id, input, application: application,
                now: snapshot.now(of: application.id, clock), in: snapshot)
        }
        guard let found else { return nil }
        let language = view.language
        let choice = PlanChoice(
            id: found.plan.id, name: found.plan.name,
            priceText: PortalVisit.price(found.plan, found.quantity, language))
        var preview = PlanPreview(
            plan: choice, billing: Self.billing(found), lines: InvoiceOrder.lines(found.lines, language),
            amountText: AmountText.format(
                found.proration == .nextInvoice ? found.total : found.amountDue, language),
            costsNow: found.amountDue.isPositive, token: found.token, isRepeated: isRepeated)
        if found.creditApplied.isPositive {
            let credit = Money(-found.creditApplied.units, found.creditApplied.currency)
            preview.sums = [
                OrderView.Line(
                    title: language.text(.total), amountText: AmountText.format(found.total, language)),
                OrderView.Line(
                    title: language.text(.creditApplied), amountText: AmountText.format(credit, language)),
            ]
        }
        return PortalPages.previewPlan(view, subscription: shown, preview: preview)
    }

    private static func billing(_ preview: ChangePreview) -> PlanPreview.Billing {
        guard !preview.lines.isEmpty else { return .never }
        switch preview.proration {
        case .invoiceNow: return .now
        case .nextInvoice: return .nextInvoice
        case .none: return preview.amountDue.isPositive ? .now : .never
        }
    }

    /// Makes the change that was shown. Where it would bill anything else, the new amounts are shown instead.
    func changePlan(
        _ subscription: Subscription, _ form: QueryItems, _ visit: PortalVisit, _ view: PortalView
    ) async throws -> Response {
        guard visit.allowsPlanChange(subscription),
            let shown = view.subscriptions.first(where: { $0.id == subscription.id.description })
        else { return done(.refused, visit) }
        var input = ChangeInput()
        if form["keep"] != nil {
            guard subscription.pendingChange?.effective == .periodEnd else { return done(.refused, visit) }
            input.plan = subscription.plan.id
            input.effective = .periodEnd
        } else {
            guard let plan = form["plan"], let token = form["preview"] else { return done(.refused, visit) }
            input.plan = plan
            input.previewToken = token
        }
        let wish = input
        do {
            let isWaiting = try await change(visit) { ledger, application, transaction in
                guard application.portal.allowsPlanChange,
                    Self.offered(for: subscription, application, in: transaction).contains(where: { $0.id == wish.plan }
                    )
                else { throw Refusal(.invalidState, "Customers may not change to this plan by themselves.") }
                let outcome = try Subscriptions(ledger).changePlan(
                    subscription.id, wish, application: application, by: .buyer, in: transaction)
                return outcome.subscription.pendingChange != nil
            }
            return done(isWaiting ? .planWaits : .planChanged, visit)
        } catch let refusal as Billing.Refusal where refusal.code == .invalidState {
            guard let plan = wish.plan, wish.previewToken != nil,
                let page = try await preview(subscription, shown, to: plan, isRepeated: true, visit, view)
            else { throw refusal }
            return page.response
        }
    }
}
