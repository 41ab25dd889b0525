import Billing
import Fields
import HTTP
import JSON
import Runtime
import Simulation
import Storage
import Testing

@testable import API

@Suite struct SubscriptionEventTests {
    @Test func `the trail holds what happened to a subscription, its invoices and their credit notes`() throws {
        try World(seed: 100).run { doors in
            let world = try await BillingShop(doors)
            let id = try await world.subscribe()
            let other = try await world.subscribe("bea@example.com")
            let invoice = await world.firstInvoice(of: id)
            _ = await world.shop.send(.post, invoice + "/credit", #"{"reason":"Outage"}"#)
            try await world.advance(to: "2025-02-02T00:00:00Z")
            let trail = await world.all("/subscription-events?subscription_id=\(id)", "events")
            let types = trail.compactMap { $0["type"]?.text }
            for type in [
                "subscription.created", "subscription.activated", "invoice.created", "invoice.opened", "invoice.paid",
                "credit_note.created",
            ] {
                #expect(types.contains(type), "\(type)")
            }
            #expect(types.allSatisfy { !$0.hasPrefix("payment") && !$0.hasPrefix("customer") })
            #expect(trail.allSatisfy { $0["subscription_id"]?.text == id.description })
            #expect(Set(trail.map { $0["id"]?.text }).count == trail.count)
            let both = await world.all("/subscription-events", "events")
            let others = await world.all("/subscription-events?subscription_id=\(other)", "events")
            #expect(both.count == trail.count + others.count)
            let noted = try #require(trail.first { $0["type"]?.text == "credit_note.created" })
            #expect(noted["reason"]?.text == "Outage" && noted["actor"]?.text?.contains(Shop.key) == true)
        }
    }

    @Test func `each line tells what changed, from what to what`() throws {
        try World(seed: 101).run { doors in
            let world = try await BillingShop(doors)
            let id = try await world.subscribe()
            let made = await world.all("/subscription-events?type=subscription.created", "events")
            #expect(made.count == 1 && made[0]["changes"]?.items == [])
            let active = await world.all(
                "/subscription-events?type=subscription.activated&subscription_id=\(id)", "events")
            let line = try #require(active.first)
            let status = try #require(line["changes"]?.items.first { $0["field"]?.text == "status" })
            #expect(status["from"]?.text == "incomplete" && status["to"]?.text == "active")
            #expect(line["previous"]?["status"]?.text == "incomplete" && line["data"]?["status"]?.text == "active")
            let one = await world.shop.send(.get, "/subscription-events/\(line["id"]?.text ?? "")")
            #expect(one["event"] == line)
            let payment = await world.shop.send(.get, "/events?type=payment.completed")["events"]?.items.first
            let strange = await world.shop.send(.get, "/subscription-events/\(payment?["id"]?.text ?? "")")
            #expect(strange.status == 404)
        }
    }

    @Test func `a range of time is a part of the walk, whole seconds at both ends`() throws {
        try World(seed: 102).run { doors in
            let world = try await BillingShop(doors)
            let id = try await world.subscribe()
            try await world.advance(to: "2025-03-02T00:00:00Z")
            let all = await world.all("/subscription-events?subscription_id=\(id)", "events")
            func found(_ query: String) async -> [String?] {
                await world.all("/subscription-events?" + query, "events").map { $0["id"]?.text }
            }
            let range = "from=2025-02-01T00:00:00Z&to=2025-02-01T00:00:00Z"
            let expected = all.filter { $0["created_at"]?.text == "2025-02-01T00:00:00Z" }
            #expect(!expected.isEmpty && expected.count < all.count)
            for query in [range, range + "&subscription_id=\(id)"] {
                #expect(await found(query) == expected.map { $0["id"]?.text })
            }
            let paid = expected.filter { $0["type"]?.text == "invoice.paid" }.map { $0["id"]?.text }
            #expect(paid.count == 1)
            #expect(await found(range + "&type=invoice.paid") == paid)
            #expect(await found("from=2026-01-01T00:00:00Z").isEmpty)
        }
    }

    @Test func `of a forgotten customer the trail keeps what happened, not whom it happened to`() throws {
        try World(seed: 103).run { doors in
            let world = try await BillingShop(doors)
            let id = try await world.subscribe()
            let (ledger, application) = (world.shop.services.ledger, world.shop.application)
            var input = CancelInput()
            input.atPeriodEnd = false
            let ready = input
            try await world.shop.store.transact(for: application.id) {
                _ = try Subscriptions(ledger).cancel(id, ready, application: application, by: .system, in: $0)
            }
            let target = "/subscription-events?subscription_id=\(id)"
            let before = await world.all(target, "events")
            #expect(before.allSatisfy { $0["type"]?.text == "credit_note.created" || Self.email($0) != nil })
            let customer = before.first?["data"]?["customer"]?["id"]?.text ?? ""
            #expect(await world.shop.send(.delete, "/customers/\(customer)", "{}").status == 200)
            let after = await world.all(target, "events")
            #expect(after.count >= before.count && after.allSatisfy { Self.email($0) == nil })
        }
    }

    private static func email(_ event: JSONValue) -> String? { event["data"]?["customer"]?["email"]?.text }
}
