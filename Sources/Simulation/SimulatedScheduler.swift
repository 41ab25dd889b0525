package import Runtime

/// The scheduler of a world: one loop whose ready jobs run in seeded random order, in virtual time.
///
/// Unchecked: a world is driven by one thread, which `trace.thread` asserts.
package final class SimulatedScheduler: TaskExecutor, Scheduler, @unchecked Sendable {
    private enum Job {
        case task(UnownedJob)
        case worker(SimulatedWorker)
        /// Goes on with a task that gave way.
        case waiter(SimulatedWaiter)
    }

    let trace: Trace
    private let seed: UInt64
    private var generator: SeededGenerator
    private let stepNanoseconds: UInt64
    private var ready: [Job] = []
    private var timers = TimerQueue()
    private var workers: [SimulatedWorker] = []
    /// Virtual monotonic time.
    private(set) var now: Instant
    /// Jobs run so far.
    private(set) var stepCount = 0
    /// Tasks that were spawned and have not ended.
    private(set) var taskCount = 0
    private var isAbandoned = false

    init(seed: UInt64, stepNanoseconds: UInt64, start: Instant, trace: Trace) {
        self.trace = trace
        self.seed = seed
        self.stepNanoseconds = stepNanoseconds
        generator = SeededGenerator(seed: seed, purpose: 1)
        now = start
    }

    package var loopCount: Int { 1 }
    package var currentLoop: Int { 0 }

    package func enqueue(_ job: consuming ExecutorJob) {
        trace.thread.check()
        ready.append(.task(UnownedJob(job)))
    }

    package func spawn(on loop: Int, _ body: @escaping @Sendable () async -> Void) {
        trace.record(.spawn, UInt64(truncatingIfNeeded: loop))
        taskCount += 1
        Task(executorPreference: self) {
            await body()
            self.taskCount -= 1
        }
    }

    package func suspend(until deadline: Instant?, _ register: (any Waiter) -> Void) async -> Bool {
        unsafe await withUnsafeContinuation { continuation in
            let waiter = unsafe SimulatedWaiter(continuation, thread: trace.thread)
            if let deadline { timers.add(deadline, .waiter(waiter)) }
            register(waiter)
        }
    }

    package func startWorker(
        _ name: StaticString, priority: WorkerPriority, _ step: @escaping @Sendable () -> WorkerStep
    ) -> any Worker {
        let worker = SimulatedWorker(scheduler: self, step: step)
        workers.append(worker)
        worker.wake()
        return worker
    }

    /// Lets other ready jobs run before the current task goes on.
    func giveWay() async {
        // Resuming at once would not suspend at all.
        _ = unsafe await withUnsafeContinuation { continuation in
            ready.append(.waiter(unsafe SimulatedWaiter(continuation, thread: trace.thread)))
        }
    }

    /// Calls `body` at `moment` of virtual time.
    func call(at moment: Instant, _ body: @escaping () -> Void) {
        trace.thread.check()
        if !isAbandoned { timers.add(moment, .call(body)) }
    }

    func makeReady(_ worker: SimulatedWorker) { ready.append(.worker(worker)) }

    func addTimer(_ moment: Instant, _ action: TimerQueue.Action) { timers.add(moment, action) }

    /// Runs jobs and timers until `isDone`, or until nothing is left to do by `horizon`.
    /// - Returns: whether `isDone` was reached.
    /// - Throws: `WorldError.tooManySteps`.
    func drive(until isDone: () -> Bool, horizon: Instant?, stepLimit: Int) throws(WorldError) -> Bool {
        try trace.thread.drive { () throws(WorldError) -> Bool in
            var remaining = stepLimit
            while !isDone() {
                guard step(horizon: horizon) else {
                    if let horizon, horizon > now { now = horizon }
                    return isDone()
                }
                remaining -= 1
                if remaining <= 0 { throw .tooManySteps(seed: seed, limit: stepLimit) }
            }
            return true
        }
    }

    /// Runs one job, or moves time to the next timer. False when there was neither.
    private func step(horizon: Instant?) -> Bool {
        fireTimers()
        if ready.isEmpty {
            guard let moment = timers.nextMoment() else { return false }
            if let horizon, moment > horizon { return false }
            now = max(now, moment)
            fireTimers()
            return true
        }
        if let horizon, now > horizon { return false }
        let index = generator.below(ready.count)
        ready.swapAt(index, ready.count - 1)
        let job = ready.removeLast()
        stepCount += 1
        switch job {
        case .task(let job):
            trace.record(.task, UInt64(index), now.nanoseconds)
            unsafe job.runSynchronously(on: asUnownedTaskExecutor())
        case .worker(let worker):
            trace.record(.worker, UInt64(index), now.nanoseconds)
            worker.run()
        case .waiter(let waiter): waiter.resume()
        }
        if stepNanoseconds > 0 { now.nanoseconds &+= generator.number(in: 0...stepNanoseconds) }
        return true
    }

    private func fireTimers() {
        while let action = timers.take(by: now) {
            trace.record(.timer, now.nanoseconds)
            switch action {
            case .waiter(let waiter): waiter.finish(wasResumed: false)
            case .worker(let worker, _): worker.wake()
            case .call(let body): body()
            }
        }
    }

    /// Forgets all jobs, timers and workers, so that nothing they hold outlives the world. Suspended tasks stay so.
    func abandon() {
        isAbandoned = true
        for worker in workers { worker.stop() }
        workers = []
        ready = []
        timers = TimerQueue()
    }
}
