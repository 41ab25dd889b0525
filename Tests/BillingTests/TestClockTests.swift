import Runtime
import Simulation
import Storage
import Testing

@testable import Billing

@Suite struct TestClockTests {
    /// Work at fixed moments, each done once, in one application; notes the time it was done at.
    private final class Chores: DueSource {
        struct State: Sendable {
            var due: [Timestamp] = []
            var done: [Timestamp] = []
        }

        let application: ApplicationID
        let store: Store
        let state: Guarded<State>

        init(_ application: ApplicationID, _ store: Store, _ due: [Timestamp]) {
            self.application = application
            self.store = store
            state = Guarded(State(due: due))
        }

        var kind: StaticString { "chores" }

        func nextDue(of application: ApplicationID, in snapshot: Snapshot) -> Timestamp? {
            application == self.application ? state.withLock { $0.due.min() } : nil
        }

        func runDue(of application: ApplicationID, now: Timestamp, waits: Bool) async -> Int {
            let time = try? await store.transact(for: application) { $0.now }
            return state.withLock { state in
                guard let time, let next = state.due.min(), next <= now else { return 0 }
                state.due.removeAll { $0 == next }
                state.done.append(time)
                return 1
            }
        }

        var done: [Timestamp] { state.withLock { $0.done } }
    }

    private static let start = Timestamp(seconds: 1_735_732_800)  // 2025-01-01T12:00:00Z

    private static func freeze(
        _ store: Store, _ ledger: Ledger, at time: Timestamp
    ) async throws -> ApplicationID {
        try await store.transact { transaction in
            let made = try Applications(ledger).create(name: "Shop", mode: .test, by: .system, in: transaction)
            _ = try TestClocks(ledger).freeze(made.application, at: time, by: .system, in: transaction)
            return made.application.id
        }
    }

    @Test func `everything of an application happens in its own time, and its ids sort by it`() throws {
        let house = try LedgerWorld()
        let (store, ledger) = (house.store, house.ledger)
        try house.world.run { doors in
            let application = try await Self.freeze(store, ledger, at: Self.start)
            let customer = try await store.transact(for: application) { transaction in
                let owner = try Applications.find(application, in: transaction)
                return Customers(ledger).findOrCreate(
                    email: "ada@example.com", name: nil, application: owner, by: .system, in: transaction)
            }
            #expect(customer.createdAt == Self.start)
            let event = try await store.read { $0.get(Event.self, Key(application, 1 as Int64)) }
            #expect(event?.createdAt == Self.start)
            let seen = try await store.read { $0.now(of: application, doors.clock) }
            #expect(seen == Self.start)
            let other = try await store.read { $0.now(of: .none, doors.clock) }
            #expect(other == doors.clock.now())
        }
    }

    @Test func `an advance does everything that is due, each at its own time, and counts it`() throws {
        let house = try LedgerWorld()
        let (store, ledger) = (house.store, house.ledger)
        try house.world.run { doors in
            let application = try await Self.freeze(store, ledger, at: Self.start)
            let due = [86_400, 40, 3 * 365 * 86_400].map { Self.start.adding(seconds: $0) }
            let chores = Chores(application, store, due + [Self.start.adding(seconds: 1_000_000_000)])
            let clockwork = Clockwork(store: store, doors: doors, sources: [chores])
            let target = Self.start.adding(seconds: 4 * 365 * 86_400)
            let result = try await clockwork.advance(
                application, to: target, deadline: doors.clock.instant().adding(seconds: 10))
            #expect(result.isDone && result.now == target)
            #expect(result.ran.map(\.count) == [3] && chores.done == due.sorted())
            let clock = try await store.read { $0.get(TestClock.self, Key(application)) }
            #expect(clock?.now == target && clock?.target == nil)
            await #expect(throws: Refusal.self) {
                _ = try await clockwork.advance(
                    application, to: Self.start, deadline: doors.clock.instant().adding(seconds: 10))
            }
        }
    }

    @Test func `an advance comes back at its deadline, and the same call goes on`() throws {
        let house = try LedgerWorld()
        let (store, ledger) = (house.store, house.ledger)
        try house.world.run { doors in
            let application = try await Self.freeze(store, ledger, at: Self.start)
            let chores = Chores(application, store, (1...5).map { Self.start.adding(seconds: $0 * 60) })
            let clockwork = Clockwork(store: store, doors: doors, sources: [chores])
            let target = Self.start.adding(seconds: 3600)
            var calls = 0
            var count = 0
            while true {
                let result = try await clockwork.advance(application, to: target, deadline: doors.clock.instant())
                calls += 1
                count += result.ran.reduce(0) { $0 + $1.count }
                if result.isDone { break }
                let passed = try await clockwork.advance(
                    application, to: result.now.adding(seconds: 60),
                    deadline: doors.clock.instant().adding(seconds: 5))
                count += passed.ran.reduce(0) { $0 + $1.count }
            }
            #expect(calls > 1 && count == 5 && chores.done.count == 5)
        }
    }

    @Test func `by itself only what is due by the application's clock is done`() throws {
        let house = try LedgerWorld()
        let (store, ledger) = (house.store, house.ledger)
        try house.world.run { doors in
            let application = try await Self.freeze(store, ledger, at: Self.start)
            let chores = Chores(
                application, store, [Self.start, Self.start.adding(seconds: 60)])
            let clockwork = Clockwork(store: store, doors: doors, sources: [chores])
            let ended = WakeSignal()
            doors.scheduler.spawn(on: 0) {
                await clockwork.run()
                ended.notify()
            }
            await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: 300))
            #expect(chores.done == [Self.start])
            clockwork.stop()
            await ended.wait(until: nil, on: doors.scheduler)
        }
    }

    @Test func `a clock is set once, in test applications alone`() throws {
        let house = try LedgerWorld()
        let (store, ledger) = (house.store, house.ledger)
        try house.world.run { _ in
            let application = try await Self.freeze(store, ledger, at: Self.start)
            try await store.transact { transaction in
                let owner = try Applications.find(application, in: transaction)
                let clocks = TestClocks(ledger)
                #expect(throws: Refusal.self) {
                    try clocks.freeze(owner, at: Self.start.adding(seconds: 1), by: .system, in: transaction)
                }
                var live = owner
                live.mode = .live
                #expect(throws: Refusal.self) {
                    try clocks.freeze(live, at: Self.start, by: .system, in: transaction)
                }
            }
        }
    }
}
