import Glibc
import Runtime
import Testing

@testable import Platform

@Suite struct ThreadWorkerTests {
    private let scheduler = Loops.doors.scheduler

    @Test func `no wake is lost`() async throws {
        // Each round waits for the worker to have seen it: one lost wake and the test hangs until its deadline.
        let asked = Guarded(0)
        let answered = Guarded(0)
        let signal = WakeSignal()
        let worker = scheduler.startWorker("stress", priority: .normal) {
            let number = asked.withLock { $0 }
            if number < 0 { return .finished }
            answered.withLock { $0 = number }
            signal.notify()
            return .idle
        }
        let isComplete = try await Loops.run { [scheduler] in
            for number in 1...5000 {
                asked.withLock { $0 = number }
                worker.wake()
                while answered.withLock({ $0 }) < number {
                    guard await signal.wait(until: Loops.patience, on: scheduler) else { return false }
                }
            }
            return true
        }
        #expect(isComplete)
        asked.withLock { $0 = -1 }
        worker.wake()
    }

    @Test func `a worker steps again at its deadline, and ends when finished`() async throws {
        let journal = Journal<Int>()
        let done = WakeSignal()
        let worker = scheduler.startWorker("steps", priority: .background) {
            journal.note(journal.all.count)
            #expect(getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0) == 10)
            switch journal.all.count {
            case 1: return .again
            case 2: return .wait(until: Loops.after(3))
            default:
                done.notify()
                return .finished
            }
        }
        try await Loops.run { [scheduler] in
            #expect(await done.wait(until: Loops.patience, on: scheduler))
        }
        worker.wake()
        #expect(journal.all == [0, 1, 2])
    }

    @Test func `a pool runs work in order, passes errors on, and refuses when full`() async throws {
        struct Refusal: Error {}
        let pool = WorkPool("pool", priority: .background, scheduler: scheduler, queueLimit: 2)
        let values = try await Loops.run {
            var values: [Int] = []
            for number in 0..<20 { values.append(try await pool.run { number * number }) }
            await #expect(throws: Refusal.self) { try await pool.run { throw Refusal() } }
            return values
        }
        #expect(values == (0..<20).map { $0 * $0 })

        let single = WorkPool("single", priority: .normal, scheduler: scheduler, queueLimit: 1)
        try await Loops.run { for _ in 0..<200 { try await single.run {} } }

        // Two pieces are kept running and waiting until the other three tasks were refused.
        let isOpen = Guarded(false)
        let outcomes = Journal<Bool>()
        try await Loops.run { [scheduler] in
            let done = WakeSignal()
            for _ in 0..<5 {
                scheduler.spawn(on: 0) {
                    let isDone = (try? await pool.run { () -> Void in while !isOpen.withLock({ $0 }) {} }) != nil
                    outcomes.note(isDone)
                    if outcomes.all.count == 3 { isOpen.withLock { $0 = true } }
                    if outcomes.all.count == 5 { done.notify() }
                }
            }
            #expect(await done.wait(until: Loops.patience, on: scheduler))
        }
        #expect(outcomes.all == [false, false, false, true, true])
    }
}
