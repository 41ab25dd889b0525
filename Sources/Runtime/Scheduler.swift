/// What a worker wants after one step.
package enum WorkerStep: Sendable, Equatable {
    /// Call again at once.
    case again
    /// Call again after `wake`.
    case idle
    /// Call again after `wake`, or at this moment.
    case wait(until: Instant)
    /// Never call again.
    case finished
}

/// How a worker competes for the processors.
package enum WorkerPriority: Sendable {
    case normal
    /// At nice 10, for backup, verification, compaction, password hashing.
    case background
}

/// A worker: a step function that runs on a thread of its own in production and as a seeded job in simulation.
package protocol Worker: Sendable {
    /// Makes the step function run (again), now or after its current step. Callable from any thread.
    func wake()
}

/// A suspended task; whoever calls `resume` first continues it, later calls do nothing.
package protocol Waiter: Sendable {
    func resume()
}

/// The door to concurrency: loops, tasks, timers, workers. Nothing else starts a task or a thread, or sleeps.
package protocol Scheduler: Sendable {
    /// Event loops, at least 1.
    var loopCount: Int { get }
    /// The number of the loop the caller runs on; 0 elsewhere.
    var currentLoop: Int { get }
    /// Starts a task that runs on loop `loop % loopCount`, together with everything it awaits.
    func spawn(on loop: Int, _ body: @escaping @Sendable () async -> Void)
    /// Suspends the current task, which runs on a loop, hands a waiter to `register`, and returns when it was
    /// resumed (true) or when the deadline passed first (false).
    func suspend(until deadline: Instant?, _ register: (any Waiter) -> Void) async -> Bool
    /// Starts a worker; its step function runs once at once.
    func startWorker(
        _ name: StaticString, priority: WorkerPriority, _ step: @escaping @Sendable () -> WorkerStep
    ) -> any Worker
}

extension Scheduler {
    /// Suspends the current task until `deadline`.
    package func sleep(until deadline: Instant) async {
        _ = await suspend(until: deadline) { _ in }
    }
}
