import Billing
import Fields
import HTTP
import JSON
import Runtime
import Simulation
import Testing

@testable import API

@Suite struct InvoiceGenerationTests {
    private static let seats = #"{"lines":[{"description":"Seats","quantity":2,"unit_price":9.50}]}"#

    @Test func `lines are billed now, once for each idempotency key`() throws {
        try World(seed: 60).run { doors in
            let world = try await BillingShop(doors)
            let id = try await world.subscribe()
            let target = "/subscription-invoices/\(id)/generate"
            let made = await world.shop.send(.post, target, Self.seats, idempotencyKey: "g")
            #expect(made.status == 201)
            #expect(made["invoice", "total"]?.numberText == "19.00")
            #expect(made["invoice", "number"]?.text == "INV-2025-000002")
            #expect(made["invoice", "billing_reason"]?.text == "manual")
            #expect(made["invoice", "customer", "email"]?.text == "ada@example.com")
            let again = await world.shop.send(.post, target, Self.seats, idempotencyKey: "g")
            #expect(again.body == made.body && again.header("Idempotent-Replayed") == "true")
            #expect(made["invoice", "status"]?.text == "paid" && made["payment_failure"] == .null)
            #expect(world.shop.gateway.charged.withLock { $0.count } == 2)
        }
    }

    @Test func `a bill whose charge is declined stays open, and says why`() throws {
        try World(seed: 65).run { doors in
            let world = try await BillingShop(doors)
            let id = try await world.subscribe()
            let poor = try await world.shop.saveMethod(FakeGateway.poorToken).method
            let (ledger, application) = (world.shop.services.ledger, world.shop.application)
            try await world.shop.store.transact(for: application.id) { transaction in
                var patch = SubscriptionPatch()
                patch.paymentMethod = .set(poor)
                _ = try Subscriptions(ledger).update(id, patch, application: application, by: .system, in: transaction)
            }
            let made = await world.shop.send(.post, "/subscription-invoices/\(id)/generate", Self.seats)
            #expect(made.status == 201)
            #expect(made["invoice", "status"]?.text == "open" && made["invoice", "attempt_count"]?.numberText == "1")
            #expect(made["payment_failure", "code"]?.text == "insufficient_funds")
        }
    }

    @Test func `a due date sends the invoice instead of charging it`() throws {
        try World(seed: 61).run { doors in
            let world = try await BillingShop(doors)
            let id = try await world.subscribe()
            let target = "/subscription-invoices/\(id)/generate"
            let made = await world.shop.send(.post, target, #"{"days_until_due":14,"description":"February"}"#)
            #expect(made["invoice", "collection"]?.text == "send_invoice")
            #expect(made["invoice", "due_date"]?.text == "2025-01-15T00:00:00Z")
            #expect(made["invoice", "description"]?.text == "February")
            try await world.settle()
            #expect(await world.invoices(of: id).last?["status"]?.text == "open")
        }
    }

    @Test func `a period that was billed ahead is skipped by its renewal`() throws {
        try World(seed: 62).run { doors in
            let world = try await BillingShop(doors)
            let id = try await world.subscribe()
            let target = "/subscription-invoices/\(id)/generate"
            let made = await world.shop.send(.post, target, "{}")
            #expect(made.status == 201)
            #expect(made["invoice", "period_start"]?.text == "2025-02-01T00:00:00Z")
            let upcoming = await world.shop.send(.get, "/subscription-invoices/upcoming/\(id)")
            #expect(upcoming["invoice", "period_start"]?.text == "2025-03-01T00:00:00Z")
            #expect(await world.shop.send(.post, target, "{}").code == "invalid_state")
            try await world.advance(to: "2025-02-10T00:00:00Z")
            #expect(await world.invoices(of: id).count == 2)
            try await world.advance(to: "2025-03-02T00:00:00Z")
            let periods = await world.invoices(of: id).compactMap { $0["period_start"]?.text }
            #expect(
                periods == ["2025-01-01T00:00:00Z", "2025-02-01T00:00:00Z", "2025-03-01T00:00:00Z"])
        }
    }

    @Test func `the upcoming invoice is the renewal, to the cent`() throws {
        try World(seed: 63).run { doors in
            let world = try await BillingShop(doors)
            let id = try await world.subscribe { $0.quantity = 3 }
            let first = await world.firstInvoice(of: id)
            let credit = await world.shop.send(.post, first + "/credit", #"{"lines":[{"line":0,"amount":12.34}]}"#)
            #expect(credit.status == 201)
            let upcoming = await world.shop.send(.get, "/subscription-invoices/upcoming/\(id)")
            #expect(upcoming.status == 200)
            #expect(upcoming["invoice", "id"] == .null && upcoming["invoice", "number"] == .null)
            #expect(upcoming["invoice", "status"]?.text == "draft")
            #expect(upcoming["invoice", "amount_due"]?.numberText == "77.66")
            #expect(upcoming["invoice", "next_payment_attempt"]?.text == "2025-02-01T00:00:00Z")
            try await world.advance(to: "2025-02-01T00:00:00Z")
            let renewal = try #require(await world.invoices(of: id).last)
            for name in [
                "lines", "subtotal", "tax", "total", "credit_applied", "period_start", "period_end", "created_at",
                "customer", "currency", "billing_reason",
            ] {
                #expect(renewal[name] == upcoming["invoice", name], "\(name)")
            }
            #expect(renewal["amount_paid"]?.numberText == "77.66")
        }
    }

    @Test func `what cannot be billed is refused, with every issue`() throws {
        try World(seed: 64).run { doors in
            let world = try await BillingShop(doors)
            let id = try await world.subscribe()
            let target = "/subscription-invoices/\(id)/generate"
            let wrong = await world.shop.send(
                .post, target,
                #"{"lines":[{"description":"A","unit_price":1.234},{"description":"B","unit_price":-1}],"x":1}"#)
            #expect(wrong.status == 422 && wrong.issues == ["x:unknown_field"])
            let precise = await world.shop.send(
                .post, target,
                #"{"lines":[{"description":"A","unit_price":1.234},{"description":"B","unit_price":-1}]}"#)
            #expect(
                precise.issues == ["lines[0].unit_price:too_precise", "lines[1].unit_price:out_of_range"])
            let both = await world.shop.send(
                .post, target, #"{"due_date":"2025-02-01T00:00:00Z","days_until_due":3}"#)
            #expect(both.issues == ["days_until_due:conflict"])
            #expect(await world.shop.send(.post, "/subscription-invoices/7/generate", "{}").status == 400)
            let nobody = "/subscription-invoices/sub_" + String(repeating: "0", count: 32) + "/generate"
            #expect(await world.shop.send(.post, nobody, "{}").status == 404)
            let paused = try await world.subscribe("eve@example.com", token: FakeGateway.poorToken)
            let refused = await world.shop.send(.post, "/subscription-invoices/\(paused)/generate", Self.seats)
            #expect(refused.status == 409 && refused.code == "invalid_state")
            let none = await world.shop.send(.get, "/subscription-invoices/upcoming/\(paused)")
            #expect(none.status == 404)
        }
    }
}
