import Billing
import HTTP
import JSON
import Runtime
import Simulation
import Storage
import Testing

@testable import API

@Suite struct TestClockEndpointTests {
    /// A shop whose payments' due work runs, and which has a clock of its own.
    private func shop(_ doors: Doors, frozenAt: String? = "2030-01-01T00:00:00Z") async throws -> Shop {
        let shop = try await Shop(doors)
        shop.services.use(Clockwork(store: shop.store, doors: doors, sources: [shop.services.engine]))
        if let frozenAt {
            #expect(await shop.send(.post, "/test-clock", #"{"frozen_at":"\#(frozenAt)"}"#).status == 200)
        }
        return shop
    }

    @Test func `an application follows the server's clock until it freezes its own`() throws {
        try World(seed: 60).run { doors in
            let shop = try await shop(doors, frozenAt: nil)
            let before = await shop.send(.get, "/test-clock")
            #expect(before["test_clock", "frozen_at"] == .null && before["test_clock", "done"] == .bool(true))
            #expect(await shop.send(.post, "/test-clock", #"{"advance_by":60}"#).code == "invalid_state")
            let frozen = await shop.send(.post, "/test-clock", #"{"frozen_at":"2030-01-01T00:00:00Z"}"#)
            #expect(frozen["test_clock", "now"]?.text == "2030-01-01T00:00:00Z")
            #expect(frozen["test_clock", "frozen_at"]?.text == "2030-01-01T00:00:00Z")
            let made = await shop.send(.post, "/payments", Shop.order)
            #expect(made["payment", "created_at"]?.text == "2030-01-01T00:00:00Z")
            // Only another moment is refused, for a clock does not jump.
            #expect(await shop.send(.post, "/test-clock", #"{"frozen_at":"2030-01-01T00:00:00Z"}"#).status == 200)
            let other = await shop.send(.post, "/test-clock", #"{"frozen_at":"2031-01-01T00:00:00Z"}"#)
            #expect(other.code == "invalid_state")
        }
    }

    @Test func `what falls due while the clock advances happens at its own time and is counted`() throws {
        try World(seed: 61).run { doors in
            let shop = try await shop(doors)
            let made = await shop.send(.post, "/payments", Shop.order)
            let hash = try #require(made["payment", "hash"]?.text)
            let moved = await shop.send(.post, "/test-clock", #"{"advance_by":2592000}"#)
            #expect(moved["test_clock", "now"]?.text == "2030-01-31T00:00:00Z")
            #expect(moved["test_clock", "done"] == .bool(true) && moved["test_clock", "advancing_to"] == .null)
            #expect(moved["test_clock", "ran"]?["payments"]?.numberText == "1")
            let payment = await shop.send(.get, "/payments/" + hash)
            #expect(payment["payment", "cancellation_reason"]?.text == "expired")
            #expect(payment["payment", "updated_at"]?.text == "2030-01-02T00:00:00Z")
            let again = await shop.send(.get, "/test-clock")
            #expect(again["test_clock", "ran"]?["payments"] == nil)
        }
    }

    @Test(arguments: [
        (#"{}"#, "advance_to:required"),
        (#"{"advance_by":1,"advance_to":"2030-02-01T00:00:00Z"}"#, "advance_to:conflict"),
        (#"{"advance_to":"2029-12-31T23:59:59Z"}"#, "advance_to:out_of_range"),
        (#"{"advance_to":"2100-01-02T00:00:00Z"}"#, "advance_to:out_of_range"),
        (#"{"advance_by":3155760000}"#, "advance_by:out_of_range"),
        (#"{"advance_by":-1}"#, "advance_by:out_of_range"),
    ])
    func `a clock goes forward, within its range, by one instruction`(body: String, issue: String) throws {
        try World(seed: 62).run { doors in
            let shop = try await shop(doors)
            #expect(await shop.send(.post, "/test-clock", body).issues == [issue])
            #expect(await shop.send(.get, "/test-clock")["test_clock", "now"]?.text == "2030-01-01T00:00:00Z")
        }
    }

    @Test func `a live application has no clock to be set`() throws {
        try World(seed: 63).run { doors in
            let shop = try await shop(doors, frozenAt: nil)
            try await Shop.makeApplication(
                shop.store, shop.services.ledger.vault, key: "pk_live", secret: "sk_live", seed: 2
            ) { application, _ in application.mode = .live }
            let read = shop.request(.get, "/api/v1/test-clock", key: "pk_live", secret: "sk_live")
            #expect(await shop.send(read).code == "invalid_state")
            for body in [#"{"frozen_at":"2030-01-01T00:00:00Z"}"#, #"{"advance_by":1}"#] {
                let write = shop.request(.post, "/api/v1/test-clock", body, key: "pk_live", secret: "sk_live")
                #expect(await shop.send(write).code == "invalid_state")
            }
        }
    }

    @Test func `an advance that took too long is answered as far as it came, and the same call goes on`() throws {
        try World(seed: 64).run { doors in
            let shop = try await shop(doors)
            let chores = SlowChores(doors, secondsEach: 4, dueAt: (1...5).map { Self.start.adding(seconds: $0 * 60) })
            shop.services.use(Clockwork(store: shop.store, doors: doors, sources: [chores]))
            let began = doors.clock.instant()
            let first = await shop.send(.post, "/test-clock", #"{"advance_by":86400}"#)
            #expect(began.adding(milliseconds: 10_500) > doors.clock.instant())
            #expect(first["test_clock", "done"] == .bool(false))
            #expect(first["test_clock", "advancing_to"]?.text == "2030-01-02T00:00:00Z")
            let other = await shop.send(.post, "/test-clock", #"{"advance_by":60}"#)
            #expect(other.code == "invalid_state")
            var answers = [first]
            while answers.count < 9, answers.last?["test_clock", "done"] == .bool(false) {
                answers.append(await shop.send(.post, "/test-clock", #"{"advance_by":86400}"#))
            }
            let counts = answers.map { Int($0["test_clock", "ran"]?["chores"]?.numberText ?? "0") ?? 0 }
            #expect(counts.reduce(0, +) == 5 && counts.count > 1, "\(counts)")
            #expect(answers.last?["test_clock", "now"]?.text == "2030-01-02T00:00:00Z")
            let next = await shop.send(.post, "/test-clock", #"{"advance_by":60}"#)
            #expect(next["test_clock", "now"]?.text == "2030-01-02T00:01:00Z")
        }
    }

    @Test func `an advance that a stop interrupted shows where it leads, and goes on`() throws {
        let first = World(seed: 65)
        try first.run { doors in
            let shop = try await shop(doors)
            let chores = SlowChores(doors, secondsEach: 20, dueAt: [Self.start.adding(seconds: 60)])
            shop.services.use(Clockwork(store: shop.store, doors: doors, sources: [chores]))
            #expect(
                await shop.send(.post, "/test-clock", #"{"advance_by":86400}"#)["test_clock", "done"] == .bool(false))
        }
        try World(seed: 66, disk: first.disk.crashImage(.loseAll)).run { doors in
            let shop = try await Shop(doors, counter: 100)
            shop.services.use(Clockwork(store: shop.store, doors: doors, sources: []))
            let shown = await shop.send(.get, "/test-clock")
            #expect(shown["test_clock", "advancing_to"]?.text == "2030-01-02T00:00:00Z")
            #expect(shown["test_clock", "now"]?.text == "2030-01-01T00:01:00Z")
            let done = await shop.send(.post, "/test-clock", #"{"advance_by":86400}"#)
            #expect(done["test_clock", "now"]?.text == "2030-01-02T00:00:00Z")
        }
    }

    @Test func `a server's clock that is moved by hand is the only one, and the request moves it`() throws {
        try World(seed: 67).run { outer in
            let clock = ManualClock(Self.start, base: outer.clock)
            let doors = Doors(
                clock: clock, entropy: outer.entropy, files: outer.files, network: outer.network,
                scheduler: outer.scheduler, log: outer.log)
            let shop = try await Shop(doors)
            shop.services.use(
                Clockwork(store: shop.store, doors: doors, sources: [shop.services.engine], manualClock: clock))
            let frozen = await shop.send(.post, "/test-clock", #"{"frozen_at":"2031-01-01T00:00:00Z"}"#)
            #expect(frozen.code == "invalid_state")
            #expect(await shop.send(.post, "/payments", Shop.order).status == 201)
            let moved = await shop.send(.post, "/test-clock", #"{"advance_by":172800}"#)
            #expect(moved["test_clock", "now"]?.text == "2030-01-03T00:00:00Z")
            #expect(moved["test_clock", "ran"]?["payments"]?.numberText == "1")
            #expect(clock.now() == Self.start.adding(seconds: 172_800))
            let back = await shop.send(.post, "/test-clock", #"{"advance_to":"2030-01-02T00:00:00Z"}"#)
            #expect(back.issues == ["advance_to:out_of_range"])
        }
    }

    private static let start = Timestamp(seconds: 1_893_456_000)  // 2030-01-01

    /// Work at fixed moments, each item of which takes its time.
    private final class SlowChores: DueSource {
        private let doors: Doors
        private let secondsEach: Int
        private let due: Guarded<[Timestamp]>

        init(_ doors: Doors, secondsEach: Int, dueAt: [Timestamp]) {
            self.doors = doors
            self.secondsEach = secondsEach
            due = Guarded(dueAt)
        }

        var kind: StaticString { "chores" }

        func nextDue(of application: ApplicationID, in snapshot: Snapshot) -> Timestamp? {
            application == .none ? nil : due.withLock { $0.first }
        }

        func runDue(of application: ApplicationID, now: Timestamp, waits: Bool) async -> Int {
            await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: secondsEach))
            due.withLock { _ = $0.removeFirst() }
            return 1
        }
    }
}
