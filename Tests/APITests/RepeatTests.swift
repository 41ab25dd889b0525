import Billing
import HTTP
import JSON
import Runtime
import Simulation
import Storage
import Synchronization
import Testing

@testable import API

@Suite struct RepeatTests {
    @Test func `the same signature again executes nothing, also after a restart`() throws {
        let world = World(seed: 20)
        let request = try world.run { doors in
            let shop = try await Shop(doors)
            let request = shop.request(.post, "/api/v1/payments", Shop.order)
            #expect(await shop.send(request).status == 201)
            #expect(await shop.send(request).code == "request_replayed")
            await shop.store.close()
            return request
        }
        try world.run { doors in
            let shop = try await Shop(doors, counter: 1000)
            #expect(await shop.send(request).code == "request_replayed")
            #expect(await shop.send(.get, "/payments")["payments"]?.items.count == 1)
        }
    }

    @Test func `a request that failed its validation may be sent again`() throws {
        try World(seed: 21).run { doors in
            let shop = try await Shop(doors)
            let request = shop.request(.post, "/api/v1/payments", "{}", idempotencyKey: "k")
            #expect(await shop.send(request).code == "validation_failed")
            #expect(await shop.send(request).code == "validation_failed")
            #expect(await shop.send(.post, "/payments", Shop.order, idempotencyKey: "k").status == 201)
        }
    }

    @Test func `an idempotency key replays the kept answer, and refuses another request`() throws {
        let world = World(seed: 22)
        try world.run { doors in
            let shop = try await Shop(doors)
            let first = await shop.send(.post, "/payments", Shop.order, idempotencyKey: "order-1")
            #expect(first.status == 201)
            let again = await shop.send(.post, "/payments", Shop.order, idempotencyKey: "order-1")
            #expect(again.status == 201)
            #expect(again.header("Idempotent-Replayed") == "true")
            #expect(again.body == first.body)
            // The very same bytes too: the kept answer comes before the replay check.
            let signed = shop.request(.post, "/api/v1/payments", Shop.order, idempotencyKey: "order-2")
            #expect(await shop.send(signed).status == 201)
            #expect(await shop.send(signed).header("Idempotent-Replayed") == "true")
            let body = await shop.send(
                .post, "/payments", Shop.order.replacing("99", with: "98"), idempotencyKey: "order-1")
            #expect(body.status == 422)
            #expect(body.code == "idempotency_key_reused")
            let path = await shop.send(.post, "/payments/hosted-url", Shop.order, idempotencyKey: "order-1")
            #expect(path.code == "idempotency_key_reused")
            #expect(await shop.send(.get, "/payments")["payments"]?.items.count == 2)
            await shop.store.close()
        }
        try world.run { doors in
            let shop = try await Shop(doors, counter: 1000)
            let again = await shop.send(.post, "/payments", Shop.order, idempotencyKey: "order-1")
            #expect(again.header("Idempotent-Replayed") == "true")
            await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: 86_401))
            let anew = await shop.send(.post, "/payments", Shop.order, idempotencyKey: "order-1")
            #expect(anew.status == 201)
            #expect(anew.header("Idempotent-Replayed") == nil)
        }
    }

    @Test func `of many requests with one idempotency key at once, one is executed`() throws {
        try World(seed: 23).run { doors in
            let shop = try await Shop(doors)
            let answers = await Parallel.run(20, doors) { _ in
                await shop.send(.post, "/payments", Shop.order, idempotencyKey: "k")
            }
            #expect(answers.allSatisfy { $0.status == 201 })
            #expect(answers.count { $0.header("Idempotent-Replayed") == nil } == 1)
            #expect(Set(answers.map { $0["payment", "hash"]?.text ?? "" }).count == 1)
        }
    }

    @Test func `while the first request runs the second waits, and after 20 seconds it gets the object`() throws {
        try World(seed: 24).run { doors in
            let shop = try await Shop(doors)
            let hash = try await shop.paidPayment()
            shop.gateway.refundMilliseconds.store(60_000, ordering: .relaxed)
            let target = "/payments/\(hash)/refunds"
            let body = #"{"amount":10}"#
            let done = Guarded<Answer?>(nil)
            doors.scheduler.spawn(on: 0) {
                let answer = await shop.send(.post, target, body, idempotencyKey: "r")
                done.withLock { $0 = answer }
            }
            await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: 5))
            let early = await shop.send(.post, target, body, idempotencyKey: "r")
            #expect(early.code == "idempotency_in_progress")
            #expect(early.header("Retry-After") == "15" || early.header("Retry-After") == "16")
            await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: 16))
            let late = await shop.send(.post, target, body, idempotencyKey: "r")
            #expect(late.status == 201)
            #expect(late["refund", "status"]?.text == "pending")
            #expect(late.header("Idempotent-Replayed") == "true")
            await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: 60))
            // The first one was answered in time, with the refund as it stood; the kept answer has its end.
            #expect(done.withLock { $0?["refund", "status"]?.text } == "pending")
            let last = await shop.send(.post, target, body, idempotencyKey: "r")
            #expect(last["refund", "status"]?.text == "succeeded")
            #expect(shop.gateway.refundCount.load(ordering: .relaxed) == 1)
        }
    }

    @Test func `an interrupted refund is found also where the application has a clock of its own`() throws {
        try World(seed: 27).run { doors in
            let shop = try await Shop(doors)
            let (ledger, application) = (shop.services.ledger, shop.application)
            let time = doors.clock.now().adding(seconds: 86_400)
            _ = try await shop.store.transact { transaction in
                try TestClocks(ledger).freeze(application, at: time, by: .system, in: transaction)
            }
            let hash = try await shop.paidPayment()
            shop.gateway.refundMilliseconds.store(60_000, ordering: .relaxed)
            let target = "/payments/\(hash)/refunds"
            let first = await shop.send(.post, target, #"{"amount":10}"#, idempotencyKey: "r")
            #expect(first.status == 201)
            #expect(first["refund", "status"]?.text == "pending")
            await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: 5))
            let again = await shop.send(.post, target, #"{"amount":10}"#, idempotencyKey: "r")
            #expect(again.status == 201)
            #expect(again.header("Idempotent-Replayed") == "true")
            #expect(again["refund", "id"] == first["refund", "id"])
        }
    }

    @Test func `refunds at once never return more than was captured`() throws {
        try World(seed: 25).run { doors in
            let shop = try await Shop(doors)
            shop.gateway.refundMilliseconds.store(50, ordering: .relaxed)
            let hash = try await shop.paidPayment()
            let answers = await Parallel.run(12, doors) { _ in
                await shop.send(.post, "/payments/\(hash)/refunds", #"{"amount":"20.00"}"#)
            }
            #expect(answers.count { $0.status == 201 } == 4)
            #expect(answers.count { $0.code == "validation_failed" } == 8)
            #expect(shop.gateway.refundCount.load(ordering: .relaxed) == 4)
            let payment = await shop.send(.get, "/payments/\(hash)")
            #expect(payment["payment", "amount_refunded"]?.numberText == "80.00")
            let rest = await shop.send(.post, "/payments/\(hash)/refunds", "{}")
            #expect(rest["refund", "amount"]?.numberText == "19.99")
            let list = await shop.send(.get, "/payments/\(hash)/refunds")
            #expect(list["refunds"]?.items.count == 5)
            #expect(await shop.send(.post, "/payments/\(hash)/refunds", "{}").code == "invalid_state")
        }
    }

    @Test func `expired signatures and answers are swept`() throws {
        try World(seed: 26).run { doors in
            let shop = try await Shop(doors)
            for number in 0..<30 {
                _ = await shop.send(.post, "/payments", Shop.order, idempotencyKey: "k\(number)")
            }
            let housekeeping = Housekeeping(shop.services)
            func rows(_ table: UInt8) throws -> Int {
                try shop.store.readSync { snapshot in
                    var count = 0
                    snapshot.rawScan(table: table, index: 0) { _, _ in
                        count += 1
                        return true
                    }
                    return count
                }
            }
            #expect(try rows(ReplayRecord.tableNumber) == 30)
            await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: 320))
            let due = try shop.store.readSync { housekeeping.nextDue(of: .none, in: $0) }
            #expect(try #require(due) <= doors.clock.now())
            _ = await housekeeping.runDue(of: .none, now: doors.clock.now(), waits: true)
            #expect(try rows(ReplayRecord.tableNumber) == 0)
            #expect(try rows(IdempotencyRecord.tableNumber) == 30)
            await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: 86_400))
            _ = await housekeeping.runDue(of: .none, now: doors.clock.now(), waits: true)
            #expect(try rows(IdempotencyRecord.tableNumber) == 0)
            let used = try shop.store.readSync { $0.get(APIKey.self, Key(Shop.key))?.lastUsedAt }
            #expect(used != nil)
        }
    }
}
