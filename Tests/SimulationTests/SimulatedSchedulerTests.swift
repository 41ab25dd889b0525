import Runtime
import Simulation
import Testing

@Suite struct SimulatedSchedulerTests {
    @Test(arguments: 0..<20 as Range<UInt64>)
    func `timers end in the order of their moments`(seed: UInt64) throws {
        let world = World(seed: seed)
        let woken = Guarded<[Int]>([])
        let start = world.now
        for number in 0..<50 {
            let delay = (number * 37) % 50
            world.doors.scheduler.spawn(on: 0) {
                await world.doors.scheduler.sleep(until: start.adding(milliseconds: delay + 1))
                woken.withLock { $0.append(delay) }
            }
        }
        try world.runUntilIdle()
        #expect(woken.withLock { $0 } == Array(0..<50))
        #expect(world.now >= start.adding(milliseconds: 50))
        #expect(world.now < start.adding(milliseconds: 51))
    }

    @Test func `a waiter resumed before its deadline returns true, at once`() throws {
        let world = World(seed: 1)
        let start = world.now
        let wasResumed = try world.run { doors in
            await doors.scheduler.suspend(until: doors.clock.instant().adding(seconds: 5)) { waiter in
                waiter.resume()
                waiter.resume()
            }
        }
        #expect(wasResumed)
        #expect(world.now < start.adding(milliseconds: 1))
    }

    @Test func `a waiter resumed after its deadline returned false`() throws {
        let world = World(seed: 1)
        let start = world.now
        let kept = Guarded<(any Waiter)?>(nil)
        let wasResumed = try world.run { doors in
            await doors.scheduler.suspend(until: start.adding(seconds: 5)) { waiter in kept.withLock { $0 = waiter } }
        }
        #expect(!wasResumed)
        #expect(world.now >= start.adding(seconds: 5))
        kept.withLock { $0 }?.resume()
        try world.runUntilIdle()
    }

    @Test func `a deadline in the past returns false`() throws {
        let wasResumed = try World(seed: 1).run { doors in
            await doors.scheduler.suspend(until: Instant(nanoseconds: 0)) { _ in }
        }
        #expect(!wasResumed)
    }

    @Test func `resume and deadline race, and exactly one wins`() throws {
        var resumed = 0
        for seed in 0..<200 as Range<UInt64> {
            let wasResumed = try World(seed: seed).run { doors in
                let moment = doors.clock.instant().adding(milliseconds: 1)
                let signal = WakeSignal()
                doors.scheduler.spawn(on: 0) {
                    await doors.scheduler.sleep(until: Instant(nanoseconds: moment.nanoseconds - 500))
                    await doors.scheduler.sleep(until: doors.clock.instant())
                    signal.notify()
                }
                return await signal.wait(until: moment, on: doors.scheduler)
            }
            resumed += wasResumed ? 1 : 0
        }
        #expect((1..<200).contains(resumed))
    }

    @Test func `a worker steps as it asks to`() throws {
        let world = World(seed: 1)
        let start = world.now
        let steps = Guarded<[Instant]>([])
        let worker = world.doors.scheduler.startWorker("test", priority: .normal) {
            let count = steps.withLock { steps in
                steps.append(world.now)
                return steps.count
            }
            return switch count {
            case 1: .again
            case 2: .wait(until: start.adding(seconds: 1))
            case 3: .idle
            case 4: .wait(until: start.adding(seconds: 100))
            default: .finished
            }
        }
        try world.runUntilIdle()
        #expect(steps.withLock { $0.count } == 3)
        #expect(steps.withLock { $0[2] } >= start.adding(seconds: 1))
        worker.wake()
        worker.wake()
        try world.run(until: start.adding(seconds: 2))
        #expect(steps.withLock { $0.count } == 4)
        worker.wake()
        try world.runUntilIdle()
        #expect(steps.withLock { $0.count } == 5)
        #expect(world.now < start.adding(seconds: 3))
        worker.wake()
        try world.runUntilIdle()
        #expect(steps.withLock { $0.count } == 5)
    }

    @Test func `a wake during a step is not lost`() throws {
        let world = World(seed: 1)
        let box = Guarded<(any Worker)?>(nil)
        let count = Guarded(0)
        let worker = world.doors.scheduler.startWorker("test", priority: .background) {
            let step = count.withLock { count in
                count += 1
                return count
            }
            if step == 1 { box.withLock { $0 }?.wake() }
            return .idle
        }
        box.withLock { $0 = worker }
        try world.runUntilIdle()
        #expect(count.withLock { $0 } == 2)
    }

    @Test func `child tasks stay in the world`() throws {
        let total = try World(seed: 3).run { doors in
            async let one = Self.slowly(1, doors)
            async let two = Self.slowly(2, doors)
            let rest = await withTaskGroup(of: Int.self) { group in
                for number in 3...6 { group.addTask { await Self.slowly(number, doors) } }
                return await group.reduce(0, +)
            }
            return await one + two + rest
        }
        #expect(total == 21)
    }

    private static func slowly(_ number: Int, _ doors: Doors) async -> Int {
        await doors.scheduler.sleep(until: doors.clock.instant().adding(milliseconds: number))
        return number
    }

    @Test func `many forgotten deadlines do not pile up or move time`() throws {
        let world = World(seed: 4)
        let start = world.now
        try world.run { doors in
            for _ in 0..<5000 {
                _ = await doors.scheduler.suspend(until: start.adding(seconds: 1000)) { $0.resume() }
            }
        }
        try world.runUntilIdle()
        #expect(world.now < start.adding(seconds: 1))
    }

    @Test func `a world driven from inside itself traps`() async {
        await #expect(processExitsWith: .failure) {
            let world = World(seed: 1)
            try world.run { _ in try world.runUntilIdle() }
        }
    }
}
