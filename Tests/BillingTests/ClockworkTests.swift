import Runtime
import Simulation
import Storage
import Testing

@testable import Billing

@Suite struct ClockworkTests {
    /// Work that is due at once, as often as it is asked for; notes what was being answered when it ran.
    private final class Errand: DueSource {
        struct State: Sendable {
            var owed = 0
            var log: [String] = []
        }

        let state = Guarded(State())

        var kind: StaticString { "errands" }

        func nextDue(of application: ApplicationID, in snapshot: Snapshot) -> Timestamp? {
            guard application != .none else { return nil }
            return state.withLock { $0.owed > 0 ? Timestamp(milliseconds: 0) : nil }
        }

        func runDue(of application: ApplicationID, now: Timestamp, waits: Bool) async -> Int {
            state.withLock { state in
                let count = state.owed
                state.owed = 0
                state.log += [String](repeating: "errand", count: count)
                return count
            }
        }

        func owe(_ step: String) {
            state.withLock { state in
                state.owed += 1
                state.log.append(step)
            }
        }

        func note(_ step: String) {
            state.withLock { $0.log.append(step) }
        }

        var log: [String] { state.withLock { $0.log } }
    }

    private struct House {
        let ledger: LedgerWorld
        let errand = Errand()
        let clockwork: Clockwork
        let doors: Doors

        init(isManual: Bool) throws {
            ledger = try LedgerWorld()
            let world = ledger.world
            doors = world.doors
            clockwork = Clockwork(
                store: ledger.store, doors: world.doors, sources: [errand],
                manualClock: isManual ? ManualClock(world.clock.now(), base: world.clock) : nil)
        }
    }

    @Test func `on a clock moved by hand, what an answer makes due is done before it leaves`() throws {
        let house = try House(isManual: true)
        let (clockwork, errand) = (house.clockwork, house.errand)
        try house.ledger.world.run { _ in
            for number in 1...3 {
                await clockwork.answering { errand.owe("request \(number)") }
                errand.note("answer \(number)")
            }
        }
        #expect(
            errand.log == (1...3).flatMap { ["request \($0)", "errand", "answer \($0)"] })
    }

    @Test func `due work waits for the last of the requests at one moment`() throws {
        let house = try House(isManual: true)
        let (clockwork, errand, doors) = (house.clockwork, house.errand, house.doors)
        try house.ledger.world.run { _ in
            let ended = WakeSignal()
            doors.scheduler.spawn(on: 0) {
                await clockwork.run()
                ended.notify()
            }
            await clockwork.answering {
                errand.owe("first begins")
                clockwork.wake()
                await doors.scheduler.sleep(until: doors.clock.instant().adding(milliseconds: 50))
                await clockwork.answering { errand.owe("second") }
                errand.note("second is answered")
            }
            errand.note("first is answered")
            clockwork.stop()
            await ended.wait(until: nil, on: doors.scheduler)
        }
        #expect(
            errand.log == [
                "first begins", "second", "second is answered", "errand", "errand", "first is answered",
            ])
    }

    @Test func `on a clock that runs by itself, an answer waits for nothing`() throws {
        let house = try House(isManual: false)
        let (clockwork, errand) = (house.clockwork, house.errand)
        try house.ledger.world.run { _ in
            await clockwork.answering { errand.owe("request") }
        }
        #expect(errand.log == ["request"])
    }
}
