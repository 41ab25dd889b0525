import Billing
import Fields
import Gateways
import HTTP
import JSON
import Runtime
import Simulation
import Storage
import Synchronization
import Testing

@testable import API

@Suite struct SubscriptionTests {
    @Test func `the worked example comes out field for field`() throws {
        try World.newYear(seed: 60).run { doors in
            let shop = try await Shop(doors)
            await shop.makePlans()
            let made = await shop.send(
                .post, "/subscriptions",
                """
                {"customer_email":"ada@example.com","customer_name":"Ada Lovelace","plan_id":"plan_premium_monthly",\
                "start_date":"2025-01-01","trial_days":14}
                """)
            #expect(made.status == 201)
            let id = try #require(made["subscription", "id"]?.text)
            let customer = try #require(made["subscription", "customer", "id"]?.text)
            let link = try #require(made["subscription", "payment_setup_url"]?.text)
            #expect(link.hasPrefix("https://pay.example/setup/"))
            let expected = """
                {"success":true,"subscription":{"id":"\(id)","status":"trialing",\
                "customer":{"id":"\(customer)","email":"ada@example.com","name":"Ada Lovelace"},\
                "plan":{"id":"plan_premium_monthly","name":"Premium Monthly","price":29.99,"currency":"USD",\
                "billing_cycle":"monthly"},"quantity":1,"collection":"automatic","start_date":null,\
                "trial_end":"2025-01-15T00:00:00Z","current_period_start":"2025-01-01T00:00:00Z",\
                "current_period_end":"2025-02-01T00:00:00Z","cancel_at_period_end":false,"cancel_at":null,\
                "cancelled_at":null,"ended_at":null,"cancellation_reason":null,"paused_at":null,"resume_at":null,\
                "pending_change":null,"payment_method":null,"latest_invoice_id":null,\
                "next_billing_at":"2025-01-15T00:00:00Z","payment_setup_url":"\(link)","metadata":{},\
                "created_at":"2025-01-01T12:00:00Z"},"invoice":null,"payment_failure":null}
                """
            #expect(String(decoding: made.body, as: UTF8.self) == expected)
            let read = await shop.send(.get, "/subscriptions/" + id)
            #expect(read.status == 200)
            #expect(read["subscription"] == made["subscription"])
        }
    }

    @Test func `a saved method is charged before the answer`() throws {
        try World.newYear(seed: 61).run { doors in
            let shop = try await Shop(doors)
            await shop.makePlans()
            let made = try await shop.subscribe(FakeGateway.goodToken, #","quantity":3"#)
            #expect(made.status == 201)
            #expect(made["subscription", "status"]?.text == "active")
            #expect(made["subscription", "payment_setup_url"] == .null)
            #expect(made["subscription", "payment_method", "last4"]?.text == "4242")
            #expect(made["subscription", "current_period_end"]?.text == "2025-02-01T12:00:00Z")
            #expect(made["invoice", "id"] == made["subscription", "latest_invoice_id"])
            #expect(made["invoice", "status"]?.text == "paid")
            #expect(made["invoice", "amount_paid"]?.numberText == "89.97")
            #expect(made["payment_failure"] == .null)
            await shop.runDue()
            #expect(shop.gateway.charged.withLock { $0.count } == 1)
            let invoices = await shop.send(.get, try shop.path(made) + "/invoices")
            #expect(invoices["invoices"]?.items.map { $0["number"]?.text } == ["INV-2025-000001"])
            #expect(invoices["invoices"]?.items.first?["attempt_count"]?.numberText == "0")
        }
    }

    @Test func `with an e-mail alone no saved method is used`() throws {
        try World.newYear(seed: 62).run { doors in
            let shop = try await Shop(doors)
            await shop.makePlans()
            try await shop.saveMethod()
            let made = try await shop.subscribe(nil)
            #expect(made.status == 201)
            #expect(made["subscription", "status"]?.text == "incomplete")
            #expect(made["subscription", "payment_method"] == .null)
            #expect(made["subscription", "payment_setup_url"]?.text?.hasPrefix("https://pay.example/setup/") == true)
            #expect(made["invoice", "status"]?.text == "open")
            #expect(made["invoice", "payment_status"]?.text == "none")
            #expect(
                made["invoice", "hosted_invoice_url"]?.text?.hasPrefix("https://pay.example/invoice/") == true)
            await shop.runDue()
            #expect(shop.gateway.chargeCount.load(ordering: .relaxed) == 0)
            let count = await shop.send(.get, "/customers?email=ADA@example.com")["customers"]?.items.count
            #expect(count == 1)
        }
    }

    @Test func `a declined first charge leaves an incomplete subscription that says why`() throws {
        try World.newYear(seed: 63).run { doors in
            let shop = try await Shop(doors)
            await shop.makePlans()
            let made = try await shop.subscribe(FakeGateway.poorToken)
            #expect(made.status == 201)
            #expect(made["subscription", "status"]?.text == "incomplete")
            #expect(made["subscription", "payment_setup_url"]?.text?.hasPrefix("https://pay.example/setup/") == true)
            #expect(made["invoice", "payment_status"]?.text == "failed")
            #expect(made["invoice", "attempt_count"]?.numberText == "1")
            #expect(made["payment_failure", "code"]?.text == "insufficient_funds")
            await shop.runDue()
            #expect(shop.gateway.chargeCount.load(ordering: .relaxed) == 1)
            // Another card pays at once.
            let (_, method) = try await shop.saveMethod(FakeGateway.goodToken)
            let path = try shop.path(made)
            let changed = await shop.send(.patch, path, #"{"payment_method_id":"\#(method)"}"#)
            #expect(changed.status == 200)
            await shop.runDue()
            let now = await shop.send(.get, path)
            #expect(now["subscription", "status"]?.text == "active")
            #expect(now["subscription", "payment_setup_url"] == .null)
        }
    }

    @Test func `a charge whose outcome is not known is answered as it stands`() throws {
        try World.newYear(seed: 64).run { doors in
            let shop = try await Shop(doors)
            await shop.makePlans()
            let made = try await shop.subscribe(FakeGateway.silentToken)
            #expect(made.status == 201)
            #expect(made["subscription", "status"]?.text == "incomplete")
            #expect(made["invoice", "payment_status"]?.text == "processing")
            #expect(made["payment_failure"] == .null)
        }
    }

    @Test func `a gateway that takes its time is not waited for longer than 20 seconds`() throws {
        try World.newYear(seed: 65).run { doors in
            let shop = try await Shop(doors)
            await shop.makePlans()
            shop.gateway.chargeMilliseconds.store(60_000, ordering: .relaxed)
            let (customer, _) = try await shop.saveMethod()
            let body = #"{"customer_id":"\#(customer)","plan_id":"plan_premium_monthly"}"#
            let before = doors.clock.instant()
            let made = await shop.send(.post, "/subscriptions", body, idempotencyKey: "s")
            #expect(doors.clock.instant() < before.adding(seconds: 20))
            #expect(made.status == 201)
            #expect(made["subscription", "status"]?.text == "incomplete")
            #expect(made["invoice", "payment_status"]?.text == "processing")
            await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: 60))
            let late = await shop.send(.post, "/subscriptions", body, idempotencyKey: "s")
            #expect(late.header("Idempotent-Replayed") == "true")
            #expect(late["subscription", "status"]?.text == "active")
            #expect(late["subscription", "id"] == made["subscription", "id"])
            #expect(await shop.send(.get, "/subscriptions")["subscriptions"]?.items.count == 1)
            #expect(shop.gateway.charged.withLock { $0.count } == 1)
        }
    }

    @Test func `a request that a crash interrupted is answered with what it made`() throws {
        let world = World.newYear(seed: 66)
        let (body, id) = try world.run { doors in
            let shop = try await Shop(doors)
            await shop.makePlans()
            shop.gateway.chargeMilliseconds.store(600_000, ordering: .relaxed)
            let (customer, _) = try await shop.saveMethod()
            let body = #"{"customer_id":"\#(customer)","plan_id":"plan_premium_monthly"}"#
            doors.scheduler.spawn(on: 0) {
                _ = await shop.send(.post, "/subscriptions", body, idempotencyKey: "crash")
            }
            await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: 2))
            let listed = await shop.send(.get, "/subscriptions")
            let id = listed["subscriptions"]?.items.first?["id"]?.text
            await shop.store.close()
            return (body, id)
        }
        try world.run { doors in
            let shop = try await Shop(doors, counter: 1000)
            let again = await shop.send(.post, "/subscriptions", body, idempotencyKey: "crash")
            #expect(again.status == 201)
            #expect(again.header("Idempotent-Replayed") == "true")
            #expect(again["subscription", "id"]?.text == id)
            #expect(again["subscription", "status"]?.text == "incomplete")
            #expect(again["invoice", "payment_status"]?.text == "processing")
            // The due work asks, and sends the same call again.
            await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: 60))
            await shop.runDue()
            #expect(await shop.send(.get, "/subscriptions/" + (id ?? ""))["subscription", "status"]?.text == "active")
            #expect(Set(shop.gateway.charged.withLock { $0 }).count == 1)
        }
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func `the request and the due work at once charge one time`(seed: UInt64) throws {
        try World.newYear(seed: 600 + seed).run { doors in
            let shop = try await Shop(doors)
            await shop.makePlans()
            shop.gateway.chargeMilliseconds.store(Int(seed), ordering: .relaxed)
            let (customer, _) = try await shop.saveMethod(
                seed % 2 == 0 ? FakeGateway.goodToken : FakeGateway.poorToken)
            let collector = Collector(shop.services.engine)
            let statuses = await Parallel.run(2, doors) { number -> String? in
                guard number == 0 else {
                    for _ in 0..<200 {
                        _ = await collector.runDue(of: shop.application.id, now: doors.clock.now(), waits: false)
                        await doors.scheduler.sleep(until: doors.clock.instant().adding(milliseconds: 1))
                    }
                    return nil
                }
                return await shop.send(
                    .post, "/subscriptions", #"{"customer_id":"\#(customer)","plan_id":"plan_premium_monthly"}"#
                )["subscription", "status"]?.text
            }
            #expect(statuses.compactMap { $0 } == [seed % 2 == 0 ? "active" : "incomplete"])
            #expect(shop.gateway.chargeCount.load(ordering: .relaxed) == 1)
        }
    }

    @Test func `an idempotency key makes one subscription`() throws {
        try World.newYear(seed: 67).run { doors in
            let shop = try await Shop(doors)
            await shop.makePlans()
            let (customer, _) = try await shop.saveMethod()
            let body = #"{"customer_id":"\#(customer)","plan_id":"plan_premium_monthly"}"#
            let first = await shop.send(.post, "/subscriptions", body, idempotencyKey: "one")
            let again = await shop.send(.post, "/subscriptions", body, idempotencyKey: "one")
            #expect(again.body == first.body)
            #expect(again.header("Idempotent-Replayed") == "true")
            #expect(shop.gateway.charged.withLock { $0.count } == 1)
            let other = await shop.send(
                .post, "/subscriptions", #"{"plan_id":"plan_premium_monthly"}"#, idempotencyKey: "one")
            #expect(other.code == "idempotency_key_reused")
        }
    }

    @Test func `all errors of a subscription come at once`() throws {
        try World.newYear(seed: 68).run { doors in
            let shop = try await Shop(doors)
            await shop.makePlans()
            let form = await shop.send(
                .post, "/subscriptions",
                """
                {"customer_email":"nobody","quantity":0,"trial_days":9999,"start_date":"tomorrow","return_url":"x",\
                "payment_method_id":"pm_1","metadata":{"a":1},"coupon":"X"}
                """)
            #expect(form.status == 422)
            #expect(
                Set(form.issues.map { String($0.prefix { $0 != ":" }) }) == [
                    "customer_email", "plan_id", "quantity", "trial_days", "start_date", "return_url",
                    "payment_method_id", "metadata.a", "coupon",
                ])
            let (_, method) = try await shop.saveMethod(of: "other@example.com")
            let sense = await shop.send(
                .post, "/subscriptions",
                """
                {"customer_email":"ada@example.com","plan_id":"plan_none","start_date":"1990-01-01",\
                "payment_method_id":"\(method)"}
                """)
            #expect(
                Set(sense.issues) == [
                    "plan_id:not_found", "start_date:out_of_range", "payment_method_id:not_found",
                ])
            let nobody = await shop.send(.post, "/subscriptions", #"{"plan_id":"plan_premium_monthly"}"#)
            #expect(nobody.issues == ["customer_email:required"])
            let both = await shop.send(
                .post, "/subscriptions",
                """
                {"customer_email":"ada@example.com","customer_id":"\(CustomerID.none)",\
                "plan_id":"plan_premium_monthly"}
                """)
            #expect(both.issues == ["customer_email:conflict", "customer_id:not_found"])
            #expect(await shop.send(.post, "/subscriptions").code == "body_required")
            #expect(await shop.send(.get, "/subscriptions")["subscriptions"]?.items.isEmpty == true)
            #expect(await shop.send(.get, "/subscriptions/sub_1").code == "invalid_parameter")
            #expect(await shop.send(.get, "/subscriptions/\(SubscriptionID.none)").code == "not_found")
        }
    }

    @Test func `a test application's own clock is the subscription's`() throws {
        try World.newYear(seed: 69).run { doors in
            let shop = try await Shop(doors)
            await shop.makePlans()
            let (ledger, application) = (shop.services.ledger, shop.application)
            let time = try #require(Timestamp("2030-03-31T10:00:00Z"))
            _ = try await shop.store.transact { transaction in
                try TestClocks(ledger).freeze(application, at: time, by: .system, in: transaction)
            }
            let made = try await shop.subscribe()
            #expect(made["subscription", "created_at"]?.text == "2030-03-31T10:00:00Z")
            #expect(made["subscription", "current_period_end"]?.text == "2030-04-30T10:00:00Z")
            #expect(made["subscription", "status"]?.text == "active")
            let found = await shop.send(.get, "/subscriptions?created_from=2030-03-31&created_to=2030-03-31T10:00:00Z")
            #expect(found["subscriptions"]?.items.count == 1)
        }
    }
}
