import Billing
import Fields
import HTTP
import Runtime
import Simulation
import Storage
import Testing
import Webhooks

@Suite struct CrashTests {
    @Test func `a crash during a call sends the delivery again after its lease`() throws {
        let scene = try Scene()
        try scene.run { scene in
            _ = try await scene.addEndpoint()
            scene.inbox.setAnswer { _, doors in
                await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: 30))
                return Response(status: 200)
            }
            _ = try await scene.addCustomer("ada")
            await scene.wait(seconds: 5)
            #expect(scene.inbox.letters.count == 1)
            #expect(try await scene.allDeliveries().first?.status == .sending)
        }
        let after = try Scene(seed: 2, disk: scene.world.disk.crashImage(.loseAll))
        try after.run { after in
            await after.wait(seconds: 50)
            #expect(after.inbox.letters.isEmpty)
            await after.wait(seconds: 20)
            #expect(after.inbox.letters.count == 1)
            #expect(after.inbox.letters.first?.attempt == "1")
            #expect(after.inbox.letters.first?.eventID == scene.inbox.letters.first?.eventID)
            let deliveries = try await after.allDeliveries()
            #expect(deliveries.map(\.status) == [.delivered])
            await after.wait(seconds: 86_400)
            #expect(after.inbox.letters.count == 1)
        }
    }

    /// Runs a shop for `steps` steps of its world, crashes, and looks at what the next start makes of it.
    ///
    /// - Returns: how many letters came before and after the crash.
    private static func crash(seed: UInt64, steps: Int) throws -> (before: Int, after: Int) {
        let before = try Scene(seed: seed, network: NetworkOptions())
        before.doors.scheduler.spawn(on: 0) {
            _ = try? await before.serve { scene in
                let endpoint = try await scene.addEndpoint(ordering: seed % 2 == 0 ? .relaxed : .strict)
                scene.inbox.setAnswer { letter, _ in
                    Response(status: letter.attempt == "1" && seed % 3 == 0 ? 500 : 200)
                }
                for number in 0..<4 {
                    let id = try await scene.addCustomer("c\(number)")
                    try await scene.rename(id, "name")
                }
                _ = try await scene.change {
                    try $0.test(endpoint.id, application: Scene.application, by: .system, in: $1)
                }
                await scene.wait(seconds: 60)
            }
        }
        try before.world.run(until: { before.world.stepCount >= steps })
        let after = try Scene(
            seed: seed + 100, disk: before.world.disk.crashImage(.seeded(seed)), network: NetworkOptions())
        try after.run { after in
            let atStart = try await after.allDeliveries()
            let done = Set(atStart.filter { $0.status == .delivered }.map(\.eventID.description))
            await after.wait(seconds: 130)
            let events = try await after.events()
            let deliveries = try await after.allDeliveries()
            let hasEndpoint = try await after.store.read { snapshot in
                !after.endpoints.list(of: Scene.application.id, in: snapshot).isEmpty
            }
            // Events and their deliveries are written together, or not at all.
            #expect(deliveries.count == events.count)
            #expect(hasEndpoint || events.isEmpty)
            #expect(deliveries.allSatisfy { $0.status == .delivered })
            // What was received was durable, and everything durable was received.
            let early = before.inbox.letters.map(\.eventID)
            let late = after.inbox.letters.map(\.eventID)
            #expect(Set(early + late) == Set(events.map(\.id.description)))
            // What was recorded as delivered is not sent again; of the rest, each was on its way at most once.
            #expect(done.isDisjoint(with: late))
            for delivery in deliveries {
                let times = (early + late).count { $0 == delivery.eventID.description }
                #expect(times == Int(delivery.tries) || times == Int(delivery.tries) + 1)
            }
        }
        return (before.inbox.letters.count, after.inbox.letters.count)
    }

    @Test func `a crash anywhere neither loses nor invents a delivery`() throws {
        var early: Set<Int> = []
        var late: Set<Int> = []
        for seed in 0..<6 as Range<UInt64> {
            for steps in stride(from: 30 + Int(seed) * 33, to: 1400, by: 200) {
                let count = try Self.crash(seed: seed, steps: steps)
                early.insert(count.before)
                late.insert(count.after)
            }
        }
        // The crashes came at all times.
        #expect(early.contains(0) && early.count > 5)
        #expect(late.contains(9) && late.count > 5)
    }

    @Test(arguments: 0..<5 as Range<UInt64>)
    func `over a hostile network every event arrives, and nothing is called delivered that did not`(seed: UInt64) throws
    {
        try Scene(seed: seed, network: .hostile).run { scene in
            let endpoint = try await scene.addEndpoint(ordering: seed % 2 == 0 ? .relaxed : .strict)
            let trail = Guarded<[String]>([])
            scene.inbox.setAnswer { letter, _ in
                trail.withLock { $0.append(letter.eventID) }
                return Response(status: 200)
            }
            for number in 0..<5 {
                let id = try await scene.addCustomer("c\(number)")
                try await scene.rename(id, "name")
                try await scene.rename(id, "other name")
            }
            await scene.wait(seconds: 4000)
            let received = trail.withLock { $0 }
            let deliveries = try await scene.allDeliveries()
            #expect(deliveries.count == 15)
            for delivery in deliveries {
                #expect(delivery.status == .delivered)
                let times = received.count { $0 == delivery.eventID.description }
                #expect((1...Int(delivery.tries)).contains(times))
            }
            #expect(try await scene.endpoint(endpoint.id).state == .delivering)
        }
    }

    @Test func `a store that takes no writes sends nothing, and asks for no hurry`() throws {
        try Scene(isManual: true).run { scene in
            _ = try await scene.addEndpoint()
            _ = try await scene.addCustomer("ada")
            await scene.store.close()
            let count = await scene.dispatcher.runDue(of: Scene.application.id, now: scene.now, waits: false)
            #expect(count == 0)
            #expect(scene.inbox.letters.isEmpty)
        }
    }

    @Test func `the same seed gives the same deliveries in the same order`() throws {
        func trail(seed: UInt64) throws -> ([String], UInt64) {
            let scene = try Scene(seed: seed, network: NetworkOptions())
            try scene.run { scene in
                _ = try await scene.addEndpoint("http://receiver.example/")
                _ = try await scene.addEndpoint("http://other.example/", ordering: .strict)
                scene.inbox.setAnswer { letter, _ in Response(status: letter.attempt == "3" ? 200 : 500) }
                for number in 0..<5 {
                    let id = try await scene.addCustomer("c\(number)")
                    try await scene.rename(id, "name")
                }
                await scene.wait(seconds: 300)
            }
            let letters = scene.inbox.letters
            return (
                letters.map { "\($0.at.milliseconds) \($0.host) \($0.eventID) \($0.headers["x-signature"] ?? "")" },
                scene.world.traceHash
            )
        }
        let first = try trail(seed: 5)
        let second = try trail(seed: 5)
        let third = try trail(seed: 6)
        #expect(first.0.count == 60)
        #expect(first == second)
        #expect(first.1 != third.1)
    }

    @Test func `while the clock is moved by hand everything happens in order at its own time`() throws {
        func trail() throws -> [String] {
            let scene = try Scene(isManual: true)
            return try scene.run { scene in
                let clock = try #require(scene.manualClock)
                let start = clock.now()
                _ = try await scene.addEndpoint()
                scene.inbox.setAnswer { letter, _ in Response(status: letter.attempt == "10" ? 200 : 500) }
                let id = try await scene.addCustomer("ada")
                try await scene.rename(id, "Ada L.")
                _ = try await scene.addCustomer("bob")
                let deadline = scene.doors.clock.instant().adding(seconds: 10)
                let result = await scene.clockwork.advance(to: start.adding(seconds: 5 * 86_400), deadline: deadline)
                #expect(result.isDone)
                #expect(result.ran.map(\.count) == [30])
                #expect(clock.now() == start.adding(seconds: 5 * 86_400))
                let all = try await scene.allDeliveries()
                #expect(all.map(\.status) == [.delivered, .delivered, .delivered])
                #expect(all.allSatisfy { $0.log.first?.at == start })
                let first = scene.inbox.letters.prefix(3)
                #expect(first.map(\.eventType) == ["customer.created", "customer.updated", "customer.created"])
                return scene.inbox.letters.map { "\($0.headers["x-timestamp"] ?? "") \($0.eventID)" }
            }
        }
        let first = try trail()
        #expect(first == first.sorted { ($0.prefix(10)) < ($1.prefix(10)) })
        #expect(try trail() == first)
    }
}
