import Billing
import Gateways
import HTTP
import JSON
import Runtime
import Simulation
import Storage
import Testing

@testable import API

@Suite struct TestDataTests {
    /// The bytes of all rows and index entries of a store, but of what stays: the audit trail, signatures and answers
    /// that are kept, and the last use of keys.
    private func rows(_ shop: Shop) throws -> [String] {
        try shop.store.readSync { snapshot in
            var rows: [String] = []
            let kept = [Tables.auditEntry, Tables.auditHead, Tables.replay, Tables.idempotency]
            for table in UInt8(1)...60 where !kept.contains(table) {
                for index in UInt8(0)...12 {
                    snapshot.rawScan(table: table, index: index) { key, value in
                        rows.append("\(table).\(index) \(key) \(value)")
                        return true
                    }
                }
            }
            return rows
        }
    }

    /// Everything a shop can have: payments with refunds, a customer with a portal, plans, a subscription through two
    /// periods, an endpoint that fails, a clock of its own.
    private func live(_ shop: Shop) async throws {
        _ = await shop.send(.post, "/test-clock", #"{"frozen_at":"2030-01-01T00:00:00Z"}"#)
        let hash = try await shop.paidPayment()
        _ = await shop.send(.post, "/payments/\(hash)/refunds", #"{"amount":1}"#)
        let customer = await shop.send(.post, "/customers", #"{"email":"bob@example.com","name":"Bob"}"#)
        let id = try #require(customer["customer", "id"]?.text)
        #expect(await shop.send(.post, "/customers/\(id)/portal-session", "{}").status == 201)
        let (ledger, application) = (shop.services.ledger, shop.application)
        try await shop.store.transact(for: application.id) { transaction in
            var plan = PlanInput()
            plan.id = "monthly"
            plan.name = "Monthly"
            plan.price = DecimalAmount(decimal: JSONDecimal("29.99"))
            plan.currency = .usd
            plan.billingCycle = .monthly
            _ = try Plans(ledger).create(plan, application: application, by: .system, in: transaction)
            var input = SubscriptionInput()
            input.customerEmail = "eve@example.com"
            input.customerName = "Eve"
            input.plan = "monthly"
            input.trialDays = 14
            _ = try Subscriptions(ledger).create(input, application: application, by: .system, in: transaction)
        }
        _ = await shop.send(.post, "/test-clock", #"{"advance_by":8000000}"#)
    }

    private func shop(_ doors: Doors, counter: Int = 0) async throws -> Shop {
        let shop = try await Shop(doors, counter: counter)
        shop.services.use(
            Clockwork(
                store: shop.store, doors: doors,
                sources: [
                    SubscriptionWork(store: shop.store, ledger: shop.services.ledger), shop.services.engine,
                    shop.services.reset,
                ]))
        return shop
    }

    @Test func `a reset application has the rows of a fresh one`() throws {
        try World(seed: 70).run { doors in
            let shop = try await shop(doors)
            _ = await shop.send(.post, "/webhook-endpoints", #"{"url":"https://shop.example/hook","events":["*"]}"#)
            let fresh = try rows(shop)
            try await live(shop)
            #expect(try rows(shop).count > fresh.count + 40)
            let reset = await shop.send(.post, "/test-data/reset", "{}", idempotencyKey: "reset")
            #expect(reset.status == 200 && reset["test_data", "done"] == .bool(true))
            #expect((reset["test_data", "deleted"]?.numberText).flatMap { Int($0) } ?? 0 > 20)
            #expect(try rows(shop) == fresh)
            // It begins anew, and the answer of the reset was kept.
            try await live(shop)
            let events = await shop.send(.get, "/events?sort=created_at&limit=1")
            #expect(events["events"]?.items.first?["sequence"]?.numberText == "1")
            let again = await shop.send(.post, "/test-data/reset", "{}", idempotencyKey: "reset")
            #expect(again.header("Idempotent-Replayed") == "true")
            let broken = try shop.store.readSync { Invariants(of: $0, recoveredDigest: nil).findings }
            #expect(broken == [])
        }
    }

    @Test func `other applications keep everything`() throws {
        try World(seed: 71).run { doors in
            let shop = try await shop(doors)
            let vault = shop.services.ledger.vault
            try await Shop.makeApplication(shop.store, vault, key: "pk_other", secret: "sk_other", seed: 2)
            let made = await shop.send(
                shop.request(.post, "/api/v1/payments", Shop.order, key: "pk_other", secret: "sk_other"))
            #expect(made.status == 201)
            let before = try rows(shop)
            try await live(shop)
            #expect(await shop.send(.post, "/test-data/reset", "{}").status == 200)
            #expect(try rows(shop) == before)
        }
    }

    @Test func `a live application's data is never reset`() throws {
        try World(seed: 72).run { doors in
            let shop = try await shop(doors)
            let vault = shop.services.ledger.vault
            try await Shop.makeApplication(shop.store, vault, key: "pk_live", secret: "sk_live", seed: 2) {
                application, _ in application.mode = .live
            }
            let answer = await shop.send(
                shop.request(.post, "/api/v1/test-data/reset", "{}", key: "pk_live", secret: "sk_live"))
            #expect(answer.code == "invalid_state")
        }
    }

    @Test func `while data is deleted everybody else is told to come back`() throws {
        try World(seed: 73).run { doors in
            let shop = try await shop(doors)
            try await live(shop)
            let (ledger, application) = (shop.services.ledger, shop.application)
            _ = try await shop.store.transact { try DataReset.begin(application, by: .system, ledger, in: $0) }
            for answer in [
                await shop.send(.get, "/payments"), await shop.send(.post, "/payments", Shop.order),
                await shop.send(.post, "/test-clock", #"{"advance_by":1}"#),
            ] { #expect(answer.status == 503 && answer.header("Retry-After") == "1") }
            await #expect(throws: DataReset.underWay) {
                try await shop.store.transact(for: application.id) { _ in }
            }
            #expect(await shop.send(.post, "/test-data/reset", "{}").status == 200)
            #expect(await shop.send(.post, "/payments", Shop.order).status == 201)
        }
    }

    @Test(arguments: [1, 120, 260, 500])
    func `a reset that a crash interrupted is finished after the restart`(milliseconds: Int) throws {
        let world = World(seed: 74)
        let (shop, fresh) = try world.run { doors -> (Shop, [String]) in
            let shop = try await self.shop(doors)
            let fresh = try rows(shop)
            try await live(shop)
            for _ in 0..<60 { _ = await shop.send(.post, "/payments", Shop.order) }
            let (ledger, application) = (shop.services.ledger, shop.application)
            _ = try await shop.store.transact { try DataReset.begin(application, by: .system, ledger, in: $0) }
            return (shop, fresh)
        }
        world.doors.scheduler.spawn(on: 0) { _ = try? await shop.services.reset.run(shop.application.id) }
        try world.run(milliseconds: milliseconds)
        try World(seed: 76, disk: world.disk.crashImage(.loseAll)).run { doors in
            let shop = try await self.shop(doors, counter: 2000)
            let clockwork = Clockwork(store: shop.store, doors: doors, sources: [shop.services.reset])
            doors.scheduler.spawn(on: 0) { await clockwork.run() }
            await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: 20))
            #expect(try rows(shop) == fresh)
            clockwork.stop()
        }
    }
}
