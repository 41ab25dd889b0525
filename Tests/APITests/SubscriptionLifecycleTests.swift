import Billing
import HTTP
import JSON
import Runtime
import Simulation
import Storage
import Synchronization
import Testing

@testable import API

/// Trials that end, pauses and cancellations.
@Suite struct SubscriptionLifecycleTests {
    @Test func `activating ends the trial and charges the first period`() throws {
        try World.newYear(seed: 90).run { doors in
            let shop = try await Shop(doors)
            await shop.makePlans()
            let made = try await shop.subscribe(FakeGateway.goodToken, #","trial_days":14"#)
            #expect(made["subscription", "status"]?.text == "trialing")
            #expect(made["invoice"] == .null)
            let path = try shop.path(made)
            await shop.wait(days: 2)
            let active = await shop.send(.post, path + "/activate", "{}")
            #expect(active.status == 200)
            #expect(active["subscription", "status"]?.text == "active")
            #expect(active["subscription", "current_period_start"]?.text == "2025-01-03T12:00:00Z")
            #expect(active["subscription", "current_period_end"]?.text == "2025-02-03T12:00:00Z")
            #expect(active["invoice", "status"]?.text == "paid")
            await shop.runDue()
            #expect(shop.gateway.charged.withLock { $0.count } == 1)
            let again = await shop.send(.post, path + "/activate", "{}")
            #expect(again.code == "invalid_state")
            #expect(again["error", "message"]?.text?.contains("trialing") == true)
        }
    }

    @Test func `activating with a card that is declined ends the trial past due`() throws {
        try World.newYear(seed: 91).run { doors in
            let shop = try await Shop(doors)
            await shop.makePlans()
            let path = try shop.path(try await shop.subscribe(FakeGateway.poorToken, #","trial_days":14"#))
            let late = await shop.send(.post, path + "/activate", "{}")
            #expect(late.status == 200)
            #expect(late["subscription", "status"]?.text == "past_due")
            #expect(late["payment_failure", "code"]?.text == "insufficient_funds")
            #expect(late["invoice", "next_payment_attempt"]?.text == "2025-01-02T12:00:00Z")
            let none = try shop.path(try await shop.subscribe(nil, #","trial_days":14"#, email: "eve@example.com"))
            let refused = await shop.send(.post, none + "/activate", "{}")
            #expect(refused.status == 402)
            #expect(refused.code == "payment_method_required")
            #expect(await shop.send(.get, none)["subscription", "status"]?.text == "trialing")
        }
    }

    @Test func `a stolen card leads to a link for another`() throws {
        try World.newYear(seed: 92).run { doors in
            let shop = try await Shop(doors)
            await shop.makePlans()
            let path = try shop.path(try await shop.subscribe(FakeGateway.stolenToken, #","trial_days":14"#))
            let late = await shop.send(.post, path + "/activate", "{}")
            #expect(late["subscription", "status"]?.text == "past_due")
            #expect(late["subscription", "payment_setup_url"]?.text?.hasPrefix("https://pay.example/setup/") == true)
            #expect(late["invoice", "next_payment_attempt"] == .null)
        }
    }

    @Test func `a pause stops the period until it is resumed`() throws {
        try World.newYear(seed: 93).run { doors in
            let shop = try await Shop(doors)
            await shop.makePlans()
            let path = try shop.path(try await shop.subscribe())
            let paused = await shop.send(.post, path + "/pause", #"{"resume_at":"2025-03-01","reason":"Holiday"}"#)
            #expect(paused.status == 200)
            #expect(paused["subscription", "status"]?.text == "paused")
            #expect(paused["subscription", "resume_at"]?.text == "2025-03-01T00:00:00Z")
            #expect(paused["subscription", "next_billing_at"] == .null)
            for act in ["pause", "reactivate", "activate", "change-plan"] {
                let refused = await shop.send(.post, path + "/" + act, act == "change-plan" ? #"{"quantity":2}"# : "{}")
                #expect(refused.code == "invalid_state", "\(act)")
                #expect(refused["error", "message"]?.text?.contains("paused") == true, "\(act)")
            }
            await shop.wait(days: 10)
            let resumed = await shop.send(.post, path + "/resume", "{}")
            #expect(resumed["subscription", "status"]?.text == "active")
            #expect(resumed["subscription", "current_period_end"]?.text == "2025-02-11T12:00:00Z")
            let again = await shop.send(.post, path + "/resume", "{}")
            #expect(again.code == "invalid_state")
            #expect(
                await shop.send(.post, path + "/pause", #"{"resume_at":"2020-01-01"}"#).issues
                    == ["resume_at:out_of_range"])
        }
    }

    @Test func `a cancellation at the end of the period can be taken back`() throws {
        try World.newYear(seed: 94).run { doors in
            let shop = try await Shop(doors)
            await shop.makePlans()
            let path = try shop.path(try await shop.subscribe())
            #expect(await shop.send(.post, path + "/reactivate", "{}").code == "invalid_state")
            let ending = await shop.send(.post, path + "/cancel", #"{"reason":"Too dear"}"#)
            #expect(ending.status == 200)
            #expect(ending["subscription", "status"]?.text == "active")
            #expect(ending["subscription", "cancel_at_period_end"] == .bool(true))
            #expect(ending["subscription", "cancel_at"]?.text == "2025-02-01T12:00:00Z")
            #expect(ending["credit_notes"]?.items.isEmpty == true)
            #expect(await shop.send(.post, path + "/cancel", "{}").code == "invalid_state")
            let back = await shop.send(.post, path + "/reactivate", "{}")
            #expect(back["subscription", "cancel_at_period_end"] == .bool(false))
            #expect(back["subscription", "cancelled_at"] == .null)
            let conflict = await shop.send(.post, path + "/cancel", #"{"proration":"refund"}"#)
            #expect(conflict.issues == ["proration:conflict"])
            _ = await shop.send(.post, path + "/cancel", "{}")
            await shop.wait(days: 31)
            await shop.runDue()
            let ended = await shop.send(.get, path)
            #expect(ended["subscription", "status"]?.text == "cancelled")
            let refused = await shop.send(.post, path + "/cancel", #"{"at_period_end":false}"#)
            #expect(refused.code == "invalid_state")
            #expect(refused["error", "message"]?.text?.contains("cancelled") == true)
            #expect(await shop.send(.patch, path, #"{"quantity":2}"#).code == "invalid_state")
            #expect(await shop.send(.patch, path, #"{"metadata":{"a":"b"}}"#).status == 200)
        }
    }

    @Test func `cancelling at once refunds unused time through the gateway, one time`() throws {
        try World.newYear(seed: 95).run { doors in
            let shop = try await Shop(doors)
            await shop.makePlans()
            let path = try shop.path(try await shop.subscribe())
            await shop.wait(days: 10)
            let body = #"{"at_period_end":false,"proration":"refund","reason":"Moved"}"#
            let gone = await shop.send(.post, path + "/cancel", body, idempotencyKey: "bye")
            #expect(gone.status == 200)
            #expect(gone["subscription", "status"]?.text == "cancelled")
            #expect(gone["subscription", "cancellation_reason"]?.text == "Moved")
            #expect(gone["credit_notes"]?.items.map { $0["amount"]?.numberText } == ["20.32"])
            let refund = try #require(gone["refunds"]?.items.first)
            #expect(refund["amount"]?.numberText == "20.32")
            #expect(refund["status"]?.text == "succeeded")
            let again = await shop.send(.post, path + "/cancel", body, idempotencyKey: "bye")
            #expect(again.body == gone.body)
            await shop.wait(days: 1)
            await shop.runDue()
            #expect(shop.gateway.refundCount.load(ordering: .relaxed) == 1)
        }
    }

    @Test func `a refund that a crash interrupted is sent by the due work, and the retry shows it`() throws {
        let world = World.newYear(seed: 96)
        let body = #"{"at_period_end":false,"proration":"refund"}"#
        let path = try world.run { doors in
            let shop = try await Shop(doors)
            await shop.makePlans()
            let path = try shop.path(try await shop.subscribe())
            await shop.wait(days: 10)
            shop.gateway.refundMilliseconds.store(600_000, ordering: .relaxed)
            doors.scheduler.spawn(on: 0) {
                _ = await shop.send(.post, path + "/cancel", body, idempotencyKey: "bye")
            }
            await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: 2))
            await shop.store.close()
            return path
        }
        try world.run { doors in
            let shop = try await Shop(doors, counter: 1000)
            let again = await shop.send(.post, path + "/cancel", body, idempotencyKey: "bye")
            #expect(again.status == 200)
            #expect(again["subscription", "status"]?.text == "cancelled")
            #expect(again["credit_notes"]?.items.count == 1)
            #expect(again["refunds"]?.items.map { $0["status"]?.text } == ["pending"])
            await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: 60))
            await shop.runDue()
            let settled = await shop.send(.post, path + "/cancel", body, idempotencyKey: "bye")
            #expect(settled["refunds"]?.items.map { $0["status"]?.text } == ["succeeded"])
        }
    }

    @Test func `cancelling at once credits unused time, and an incomplete one owes nothing`() throws {
        try World.newYear(seed: 97).run { doors in
            let shop = try await Shop(doors)
            await shop.makePlans()
            let made = try await shop.subscribe()
            let path = try shop.path(made)
            await shop.wait(days: 10)
            let gone = await shop.send(.post, path + "/cancel", #"{"at_period_end":false,"proration":"credit"}"#)
            #expect(gone["credit_notes"]?.items.map { $0["destination"]?.text } == ["balance"])
            #expect(gone["refunds"]?.items.isEmpty == true)
            let customer = try #require(made["subscription", "customer", "id"]?.text)
            let balance = await shop.send(.get, "/customers/" + customer)["customer", "balance"]?.items.first
            #expect(balance?["amount"]?.numberText == "20.32")
            let waiting = try shop.path(try await shop.subscribe(nil, email: "eve@example.com"))
            let never = await shop.send(.post, waiting + "/cancel", "{}")
            #expect(never["subscription", "status"]?.text == "cancelled")
            let invoices = await shop.send(.get, waiting + "/invoices")
            #expect(invoices["invoices"]?.items.map { $0["status"]?.text } == ["void"])
        }
    }

    @Test func `the invoices of a subscription are listed page by page`() throws {
        try World.newYear(seed: 98).run { doors in
            let shop = try await Shop(doors)
            await shop.makePlans()
            let path = try shop.path(try await shop.subscribe())
            for _ in 0..<4 {
                await shop.wait(days: 31)
                await shop.runDue()
            }
            let all = await shop.send(.get, path + "/invoices?sort=created_at&include_total=true")
            let numbers = all["invoices"]?.items.compactMap { $0["number"]?.text } ?? []
            #expect(numbers.count == 5)
            #expect(numbers == numbers.sorted())
            #expect(all["pagination", "total"]?.numberText == "5")
            #expect(all["invoices"]?.items.allSatisfy { $0["status"]?.text == "paid" } == true)
            let first = await shop.send(.get, path + "/invoices?limit=3")
            let cursor = try #require(first["pagination", "next_cursor"]?.text)
            let second = await shop.send(.get, path + "/invoices?limit=3&cursor=" + cursor)
            let walked = [first, second].flatMap { $0["invoices"]?.items.compactMap { $0["number"]?.text } ?? [] }
            #expect(walked == numbers.reversed())
            #expect(await shop.send(.get, path + "/invoices?status=paid").code == "invalid_parameter")
        }
    }
}
