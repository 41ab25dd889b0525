import Fields
import JSON
import Runtime
import Storage
import Testing

@testable import Billing

@Suite struct SubscriptionCreationTests {
    private func time(_ text: String) throws -> Timestamp { try BillingWorld.time(text) }

    @Test func `the worked example comes out field for field`() throws {
        let world = try BillingWorld(at: "2025-01-01T12:00:00Z")
        try world.plan("plan_premium_monthly", "29.99")
        let created = try world.create("plan_premium_monthly") {
            $0.startDate = try time("2025-01-01")
            $0.trialDays = 14
        }
        var subscription = created.subscription
        #expect(created.invoice == nil)
        var json = JSONWriter()
        subscription.plan.name = "Premium Monthly"
        subscription.write(to: &json)
        guard case .object(let object) = try JSON.parse(json.bytes) else {
            Issue.record("no object")
            return
        }
        #expect(object["status"] == .string("trialing"))
        #expect(object["trial_end"] == .string("2025-01-15T00:00:00Z"))
        #expect(object["current_period_start"] == .string("2025-01-01T00:00:00Z"))
        #expect(object["current_period_end"] == .string("2025-02-01T00:00:00Z"))
        #expect(object["created_at"] == .string("2025-01-01T12:00:00Z"))
        #expect(String(decoding: json.bytes, as: UTF8.self).contains("\"price\":29.99"))
        #expect(try world.world.findings() == [])
    }

    @Test func `without a trial the first payment makes it active`() throws {
        let world = try BillingWorld()
        try world.plan("basic", "10")
        let customer = try world.customer()
        try world.card(of: customer.id)
        let created = try world.create("basic", by: customer.id)
        #expect(created.subscription.status == .incomplete)
        let invoice = try #require(created.invoice)
        #expect(invoice.number == "INV-2025-000001" && invoice.amountDue == Money(1000, .usd))
        #expect(invoice.attemptDueAt == invoice.issuedAt)
        try world.pay(invoice.id)
        #expect(try world.subscription(created.subscription.id).status == .active)
        #expect(try world.invoice(invoice.id).status == .paid)
        #expect(try world.world.findings() == [])
    }

    @Test func `each period is billed once, on days counted from the anchor`() throws {
        let world = try BillingWorld(at: "2025-01-31T09:00:00Z")
        try world.plan("basic", "10")
        let subscription = try world.active("basic")
        try world.run(to: "2025-06-15")
        let starts = try world.invoices(of: subscription.id).map { $0.periodStart?.description.prefix(10) }
        #expect(starts == ["2025-01-31", "2025-02-28", "2025-03-31", "2025-04-30", "2025-05-31"])
        #expect(try world.subscription(subscription.id).status == .active)
        #expect(try world.world.findings() == [])
    }

    @Test func `with an e-mail alone no saved method is used`() throws {
        let world = try BillingWorld()
        try world.plan("basic", "10")
        let customer = try world.customer()
        let card = try world.card(of: customer.id)
        let created = try world.create("basic")
        #expect(created.subscription.customer == customer.id && created.subscription.status == .incomplete)
        #expect(created.subscription.shownMethod == nil && created.subscription.setupURL != nil)
        #expect(created.invoice?.attemptDueAt == nil)
        let named = try world.create("basic") { $0.paymentMethod = card.id }
        #expect(named.subscription.shownMethod?.id == card.id && named.invoice?.attemptDueAt != nil)
    }

    @Test func `a card that is added is tried at once`() throws {
        let world = try BillingWorld()
        try world.plan("basic", "10")
        let created = try world.create("basic")
        let card = try world.card(of: created.subscription.customer)
        let id = created.subscription.id
        let updated = try world.act {
            var patch = SubscriptionPatch()
            patch.paymentMethod = .set(card.id)
            return try Subscriptions($0).update(id, patch, application: $1, by: .buyer, in: $2)
        }
        #expect(updated.setupURL == nil && updated.shownMethod?.id == card.id)
        let invoice = try #require(created.invoice)
        #expect(try world.invoice(invoice.id).attemptDueAt != nil)
        try world.pay(invoice.id)
        #expect(try world.subscription(id).status == .active)
        #expect(try world.world.findings() == [])
    }

    @Test func `every issue of a request is told at once`() throws {
        let world = try BillingWorld()
        try world.plan("basic", "10")
        let other = try world.customer("bob@example.com")
        let card = try world.card(of: other.id)
        #expect(
            issues {
                _ = try world.create("nope", by: CustomerID(value: 7)) {
                    $0.customerEmail = "ada@example.com"
                    $0.startDate = Timestamp("0001-01-01")
                    $0.paymentMethod = card.id
                }
            } == [
                "plan_id not_found", "customer_email conflict", "customer_id not_found", "start_date out_of_range",
                "payment_method_id not_found",
            ])
        #expect(try world.world.events().allSatisfy { $0.object != .subscription })
    }

    @Test func `each move writes an event and an audit entry`() throws {
        let world = try BillingWorld()
        try world.plan("basic", "10", trial: 14)
        let subscription = try world.active("basic")
        try world.pause(subscription.id)
        try world.resume(subscription.id)
        try world.run(to: "2025-01-16")
        try world.cancel(subscription.id) { $0.atPeriodEnd = false }
        let id = subscription.id.description
        let events = try world.world.events().filter { $0.objectID == id }
        #expect(
            events.map(\.type) == [
                .subscriptionCreated, .subscriptionPaused, .subscriptionResumed, .subscriptionTrialEnding,
                .subscriptionActivated, .subscriptionCancelled,
            ])
        #expect(events.map(\.objectSequence) == [1, 2, 3, 4, 5, 6])
        #expect(try world.world.audit().filter { $0.objectID == id }.allSatisfy { $0.event > 0 })
    }
}
