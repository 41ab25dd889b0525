import Billing
import HTTP
import JSON
import Runtime
import Simulation
import Synchronization
import Testing

@testable import API

@Suite struct InvoiceCreditTests {
    @Test func `a paid invoice is credited by line to the balance, until nothing is left`() throws {
        try World(seed: 80).run { doors in
            let world = try await BillingShop(doors)
            let invoice = await world.firstInvoice(of: try await world.subscribe())
            let target = invoice + "/credit"
            let part = #"{"lines":[{"line":0,"amount":10}],"reason":"Outage"}"#
            let first = await world.shop.send(.post, target, part, idempotencyKey: "c")
            #expect(first.status == 201)
            #expect(first["credit_note", "number"]?.text == "CN-2025-000001")
            #expect(first["credit_note", "amount"]?.numberText == "10.00")
            #expect(first["credit_note", "destination"]?.text == "balance" && first["refunds"]?.items == [])
            #expect(await world.shop.send(.post, target, part, idempotencyKey: "c").body == first.body)
            let over = await world.shop.send(
                .post, target, #"{"lines":[{"line":0,"amount":20.01},{"line":3}]}"#)
            #expect(over.status == 422)
            #expect(over.issues == ["lines[0].amount:out_of_range", "lines[1].line:not_found"])
            #expect(await world.shop.send(.post, target, "{}")["credit_note", "amount"]?.numberText == "20.00")
            let empty = await world.shop.send(.post, target, "{}")
            #expect(empty.status == 409 && empty.code == "invalid_state")
            let customer = await world.shop.send(.get, invoice)["invoice", "customer", "id"]?.text ?? ""
            let balance = await world.shop.send(.get, "/customers/\(customer)")["customer", "balance"]
            #expect(balance?.items.first?["amount"]?.numberText == "30.00")
        }
    }

    @Test func `a refund goes back to where the money came from, once for each idempotency key`() throws {
        try World(seed: 81).run { doors in
            let world = try await BillingShop(doors)
            let invoice = await world.firstInvoice(of: try await world.subscribe())
            let body = #"{"lines":[{"line":0,"amount":12.50}],"destination":"refund","reason":"Outage"}"#
            let made = await world.shop.send(.post, invoice + "/credit", body, idempotencyKey: "r")
            #expect(made.status == 201)
            let refund = try #require(made["refunds"]?.items.first)
            #expect(refund["status"]?.text == "succeeded" && refund["amount"]?.numberText == "12.50")
            #expect(made["credit_note", "refunds"]?.items == [refund["id"] ?? .null])
            #expect(await world.shop.send(.post, invoice + "/credit", body, idempotencyKey: "r").body == made.body)
            #expect(world.shop.gateway.refundCount.load(ordering: .relaxed) == 1)
            let payment = await world.shop.send(.get, invoice)["invoice", "payments"]?.items.first?.text ?? ""
            let refunded = await world.shop.send(.get, "/payments/\(payment)")["payment", "amount_refunded"]
            #expect(refunded?.numberText == "12.50")
            let over = await world.shop.send(
                .post, invoice + "/credit", #"{"lines":[{"line":0,"amount":17.51}],"destination":"refund"}"#)
            #expect(over.issues == ["lines[0].amount:out_of_range"])
        }
    }

    @Test func `a slow refund is answered for within 20 seconds, and goes on`() throws {
        try World(seed: 82).run { doors in
            let world = try await BillingShop(doors)
            let invoice = await world.firstInvoice(of: try await world.subscribe())
            world.shop.gateway.refundMilliseconds.store(60_000, ordering: .relaxed)
            let start = doors.clock.instant()
            let made = await world.shop.send(.post, invoice + "/credit", #"{"destination":"refund"}"#)
            #expect(doors.clock.instant() < start.adding(seconds: 20))
            #expect(made.status == 201 && made["credit_note", "amount"]?.numberText == "30.00")
            #expect(made["refunds"]?.texts("status") == ["pending"])
            await doors.scheduler.sleep(until: start.adding(seconds: 70))
            let payment = await world.shop.send(.get, invoice)["invoice", "payments"]?.items.first?.text ?? ""
            let refunds = await world.shop.send(.get, "/payments/\(payment)/refunds")["refunds"]
            #expect(refunds?.texts("status") == ["succeeded"])
        }
    }

    @Test func `a refund whose call never left is sent by the due work`() throws {
        try World(seed: 83).run { doors in
            let world = try await BillingShop(doors)
            let id = try await world.subscribe()
            let invoice = try #require(InvoiceID(await world.invoices(of: id).first?["id"]?.text ?? ""))
            let (ledger, application) = (world.shop.services.ledger, world.shop.application)
            var input = CreditInput()
            input.destination = .refund
            let ready = input
            // The transaction of the request, and then nothing: as when the server stops.
            let outcome = try await world.shop.store.transact(for: application.id) {
                try Invoices(ledger).credit(invoice, ready, application: application, by: .system, in: $0)
            }
            #expect(outcome.refunds.count == 1)
            try await world.advance(to: "2025-01-02T00:00:00Z")
            let refunds = await world.shop.send(.get, "/payments/\(outcome.refunds[0].payment)/refunds")["refunds"]
            #expect(refunds?.texts("status") == ["succeeded"])
        }
    }

    @Test func `void returns used credit, and a paid invoice is not voided`() throws {
        try World(seed: 84).run { doors in
            let world = try await BillingShop(doors)
            let id = try await world.subscribeBySending()
            let invoice = await world.firstInvoice(of: id)
            let voided = await world.shop.send(
                .post, invoice + "/void", #"{"reason":"Billed in error"}"#, idempotencyKey: "v")
            #expect(voided.status == 200 && voided["invoice", "status"]?.text == "void")
            #expect(voided["invoice", "voided_at"]?.text == "2025-01-01T00:00:00Z")
            #expect(await world.shop.send(.post, invoice + "/void", "{}").code == "invalid_state")
            let trail = await world.all("/subscription-events?type=invoice.voided", "events")
            #expect(trail.map { $0["reason"]?.text } == ["Billed in error"])
            let paid = await world.firstInvoice(of: try await world.subscribe("bea@example.com"))
            for path in ["/void", "/uncollectible"] {
                let refused = await world.shop.send(.post, paid + path, "{}")
                #expect(refused.status == 409 && refused.code == "invalid_state", "\(path)")
            }
        }
    }

    @Test func `an invoice that was given up can still be paid`() throws {
        try World(seed: 85).run { doors in
            let world = try await BillingShop(doors)
            let invoice = await world.firstInvoice(of: try await world.subscribeBySending())
            let given = await world.shop.send(.post, invoice + "/uncollectible", #"{"reason":"Insolvent"}"#)
            #expect(given["invoice", "status"]?.text == "uncollectible")
            let paid = await world.shop.send(.post, invoice + "/payment", "{}")
            #expect(paid["invoice", "status"]?.text == "paid")
        }
    }
}
