import Runtime
import Testing

@testable import Platform

@Suite struct LoopSchedulerTests {
    private let scheduler = Loops.doors.scheduler

    @Test func `tasks run on the loop they were given, and stay there`() async throws {
        for loop in 0..<4 {
            let seen = try await Loops.run(on: loop) { [scheduler] in
                let before = scheduler.currentLoop
                await scheduler.sleep(until: Loops.after(1))
                return [before, scheduler.currentLoop]
            }
            #expect(seen == [loop % 2, loop % 2])
        }
    }

    @Test func `tasks of one loop start in the order they were spawned`() async throws {
        let journal = Journal<Int>()
        try await Loops.run { [scheduler] in
            let done = WakeSignal()
            for number in 0..<1000 {
                scheduler.spawn(on: 0) {
                    journal.note(number)
                    if number == 999 { done.notify() }
                }
            }
            #expect(await done.wait(until: Loops.patience, on: scheduler))
        }
        #expect(journal.all == Array(0..<1000))
    }

    @Test func `timers fire in the order of their deadlines`() async throws {
        let journal = Journal<Int>()
        try await Loops.run { [scheduler] in
            let done = WakeSignal()
            let start = Loops.doors.clock.instant()
            for number in [3, 0, 4, 1, 2] {
                scheduler.spawn(on: 0) {
                    let isResumed = await scheduler.suspend(until: start.adding(milliseconds: 5 + 3 * number)) { _ in }
                    #expect(!isResumed)
                    journal.note(number)
                    if number == 4 { done.notify() }
                }
            }
            #expect(await done.wait(until: Loops.patience, on: scheduler))
        }
        #expect(journal.all == [0, 1, 2, 3, 4])
    }

    @Test func `the first resume wins, and takes the timer away`() async throws {
        let own = LoopScheduler(loopCount: 1)
        let journal = Journal<any Waiter>()
        let counts = await withCheckedContinuation { continuation in
            own.spawn(on: 0) {
                let isResumed = await own.suspend(until: Loops.patience) { waiter in
                    journal.note(waiter)
                    waiter.resume()
                    waiter.resume()
                }
                #expect(isResumed)
                for waiter in journal.all { waiter.resume() }
                continuation.resume(returning: own.loops[0].timerCount)
            }
        }
        #expect(counts == 0)
    }

    @Test func `a resume from another loop continues the task`() async throws {
        for _ in 0..<200 {
            let loop = try await Loops.run(on: 0) { [scheduler] in
                let isResumed = await scheduler.suspend(until: Loops.patience) { waiter in
                    scheduler.spawn(on: 1) { waiter.resume() }
                }
                return isResumed ? scheduler.currentLoop : -1
            }
            #expect(loop == 0)
        }
    }

    @Test func `a busy task that yields leaves room for timers`() async throws {
        let isStopped = Guarded(false)
        try await Loops.run { [scheduler] in
            scheduler.spawn(on: 0) {
                await scheduler.sleep(until: Loops.after(5))
                isStopped.withLock { $0 = true }
            }
            let loop = try #require(CurrentLoop.loop)
            while !isStopped.withLock({ $0 }) { await loop.yield() }
        }
    }
}
