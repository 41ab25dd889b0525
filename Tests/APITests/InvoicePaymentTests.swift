import Billing
import HTTP
import JSON
import Runtime
import Simulation
import Synchronization
import Testing

@testable import API

@Suite struct InvoicePaymentTests {
    @Test func `money received outside is recorded, up to what is due`() throws {
        try World(seed: 70).run { doors in
            let world = try await BillingShop(doors)
            let target = await world.firstInvoice(of: try await world.subscribeBySending()) + "/payment"
            let part = #"{"offline":{"amount":10,"reference":"T-1","received_at":"2024-12-31T09:00:00Z"}}"#
            let first = await world.shop.send(.post, target, part, idempotencyKey: "o")
            #expect(first.status == 200)
            #expect(first["invoice", "amount_due"]?.numberText == "20.00" && first["payment"] == .null)
            #expect(first["invoice", "offline_payments"]?.texts("reference") == ["T-1"])
            let again = await world.shop.send(.post, target, part, idempotencyKey: "o")
            #expect(again.body == first.body)
            let wrong = await world.shop.send(
                .post, target, #"{"offline":{"amount":20.01,"received_at":"2025-01-02T00:00:00Z"}}"#)
            #expect(wrong.status == 422)
            #expect(wrong.issues == ["offline.amount:out_of_range", "offline.received_at:out_of_range"])
            let rest = await world.shop.send(.post, target, #"{"offline":{}}"#)
            #expect(rest["invoice", "status"]?.text == "paid")
            #expect(rest["invoice", "amount_paid"]?.numberText == "30.00")
            #expect(await world.shop.send(.post, target, #"{"offline":{}}"#).code == "invalid_state")
        }
    }

    @Test(arguments: ["{}", #"{"gateway":"sandbox_alpha"}"#, "method"])
    func `a saved method is charged, whichever way it is named`(_ body: String) throws {
        try World(seed: 71).run { doors in
            let world = try await BillingShop(doors)
            let id = try await world.subscribeBySending()
            let method = try await world.shop.saveMethod().method
            let body = body == "method" ? #"{"payment_method_id":"\#(method)"}"# : body
            let target = await world.firstInvoice(of: id) + "/payment"
            let paid = await world.shop.send(.post, target, body, idempotencyKey: "p")
            #expect(paid.status == 200)
            #expect(paid["invoice", "status"]?.text == "paid")
            #expect(paid["payment", "status"]?.text == "completed")
            #expect(paid["payment", "amount"]?.numberText == "30.00")
            #expect(paid["payment", "payment_method", "last4"]?.text == "4242")
            let again = await world.shop.send(.post, target, body, idempotencyKey: "p")
            #expect(again.body == paid.body && world.shop.gateway.charged.withLock { $0.count } == 1)
            #expect(await world.shop.send(.post, target, body).code == "invalid_state")
        }
    }

    @Test func `a method that the merchant names is charged though the subscription has none`() throws {
        try World(seed: 72).run { doors in
            let world = try await BillingShop(doors)
            let id = try await world.subscribeBySending(token: nil)
            let target = await world.firstInvoice(of: id) + "/payment"
            let none = await world.shop.send(.post, target, "{}")
            #expect(none.status == 402 && none.code == "payment_method_required")
            let method = try await world.shop.saveMethod().method
            // Its customer was only known by e-mail, so nothing is charged that nobody names.
            #expect(await world.shop.send(.post, target, "{}").code == "payment_method_required")
            let paid = await world.shop.send(.post, target, #"{"payment_method_id":"\#(method)"}"#)
            #expect(paid["invoice", "status"]?.text == "paid")
        }
    }

    @Test func `a decline answers 402 with its code, again on a replay, and leaves the invoice open`() throws {
        try World(seed: 73).run { doors in
            let world = try await BillingShop(doors)
            let id = try await world.subscribeBySending(token: FakeGateway.poorToken)
            let invoice = await world.firstInvoice(of: id)
            for _ in 0..<2 {
                let declined = await world.shop.send(.post, invoice + "/payment", "{}", idempotencyKey: "d")
                #expect(declined.status == 402 && declined.code == "payment_declined")
                #expect(declined.issues == ["payment_method_id:insufficient_funds"])
            }
            #expect(world.shop.gateway.chargeCount.load(ordering: .relaxed) == 1)
            let after = await world.shop.send(.get, invoice)
            #expect(after["invoice", "status"]?.text == "open")
            #expect(after["invoice", "payment_status"]?.text == "failed")
            #expect(after["invoice", "payments"]?.items.count == 1)
        }
    }

    @Test func `while a charge is unknown nothing else changes the debt`() throws {
        try World(seed: 74).run { doors in
            let world = try await BillingShop(doors)
            let id = try await world.subscribeBySending(token: FakeGateway.silentToken)
            let invoice = await world.firstInvoice(of: id)
            let unknown = await world.shop.send(.post, invoice + "/payment", "{}")
            #expect(unknown.status == 200)
            #expect(unknown["payment", "status"]?.text == "processing")
            #expect(unknown["invoice", "payment_status"]?.text == "processing")
            for (path, body) in [
                ("/payment", "{}"), ("/payment", #"{"offline":{}}"#), ("/void", "{}"), ("/uncollectible", "{}"),
                ("/credit", "{}"),
            ] {
                let refused = await world.shop.send(.post, invoice + path, body)
                #expect(refused.status == 409 && refused.code == "payment_in_flight", "\(path)")
            }
        }
    }

    @Test func `a slow gateway is answered for within 20 seconds, and its money counts when it comes`() throws {
        try World(seed: 75).run { doors in
            let world = try await BillingShop(doors)
            let invoice = await world.firstInvoice(of: try await world.subscribeBySending())
            world.shop.gateway.chargeMilliseconds.store(60_000, ordering: .relaxed)
            let start = doors.clock.instant()
            let early = await world.shop.send(.post, invoice + "/payment", "{}")
            #expect(doors.clock.instant() < start.adding(seconds: 20))
            #expect(early.status == 200 && early["payment", "status"]?.text == "processing")
            await doors.scheduler.sleep(until: start.adding(seconds: 70))
            #expect(await world.shop.send(.get, invoice)["invoice", "status"]?.text == "paid")
            #expect(world.shop.gateway.charged.withLock { $0.count } == 1)
        }
    }

    @Test(arguments: [
        (#"{"gateway":"sandbox_alpha","offline":{}}"#, ["gateway:conflict"]),
        (
            #"{"payment_method_id":"pm_00000000000000000000000000000001","gateway":"sandbox_alpha"}"#,
            ["gateway:conflict"]
        ),
        (
            #"{"payment_method_id":"pm_00000000000000000000000000000001","gateway":"a","offline":{}}"#,
            ["gateway:conflict", "payment_method_id:conflict"]
        ),
        (#"{"payment_method_id":"pm_00000000000000000000000000000001"}"#, ["payment_method_id:not_found"]),
        (#"{"offline":{"amount":"x","sum":1}}"#, ["offline.amount:invalid_type", "offline.sum:unknown_field"]),
    ])
    func `one way is given, and a known one`(_ body: String, _ issues: [String]) throws {
        try World(seed: 76).run { doors in
            let world = try await BillingShop(doors)
            let invoice = await world.firstInvoice(of: try await world.subscribeBySending())
            let refused = await world.shop.send(.post, invoice + "/payment", body)
            #expect(refused.status == 422 && refused.issues == issues)
            let elsewhere = await world.shop.send(.post, invoice + "/payment", #"{"gateway":"stripe"}"#)
            #expect(elsewhere.status == 402 && elsewhere.code == "payment_method_required")
        }
    }
}
