import Runtime
import Simulation
import Testing

@Suite struct WakeSignalTests {
    @Test func `a wake that comes first is remembered, once`() throws {
        let answers = try World(seed: 1).run { doors in
            let signal = WakeSignal()
            signal.notify()
            signal.notify()
            let soon = doors.clock.instant().adding(milliseconds: 5)
            return [
                await signal.wait(until: soon, on: doors.scheduler),
                await signal.wait(until: soon, on: doors.scheduler),
            ]
        }
        #expect(answers == [true, false])
    }

    @Test func `a waiting task is woken at once`() throws {
        let milliseconds = try World(seed: 2).run { doors -> UInt64 in
            let signal = WakeSignal()
            let begin = doors.clock.instant()
            doors.scheduler.spawn(on: 0) {
                await doors.scheduler.sleep(until: begin.adding(milliseconds: 20))
                signal.notify()
            }
            let wasNotified = await signal.wait(until: begin.adding(seconds: 60), on: doors.scheduler)
            #expect(wasNotified)
            return doors.clock.instant().nanoseconds(since: begin) / 1_000_000
        }
        #expect((20...21).contains(milliseconds))
    }

    @Test func `a wake after the deadline is for the next wait`() throws {
        let answers = try World(seed: 3).run { doors -> [Bool] in
            let signal = WakeSignal()
            let first = await signal.wait(
                until: doors.clock.instant().adding(milliseconds: 5), on: doors.scheduler)
            signal.notify()
            return [first, await signal.wait(until: nil, on: doors.scheduler)]
        }
        #expect(answers == [false, true])
    }

    @Test func `no wake is lost, whatever the order`() throws {
        for seed in 1...50 as ClosedRange<UInt64> {
            let woken = try World(seed: seed).run { doors -> Int in
                let signal = WakeSignal()
                let count = Guarded(0)
                for _ in 0..<20 {
                    doors.scheduler.spawn(on: 0) {
                        count.withLock { $0 += 1 }
                        signal.notify()
                    }
                }
                // Wakes that fall together are one; the last of all is never missed.
                while count.withLock({ $0 }) < 20 { await signal.wait(until: nil, on: doors.scheduler) }
                return count.withLock { $0 }
            }
            #expect(woken == 20)
        }
    }
}
