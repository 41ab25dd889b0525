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
}
