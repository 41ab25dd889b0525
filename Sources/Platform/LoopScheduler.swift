import Glibc
import Runtime

/// The event loops and worker threads of the process.
final class LoopScheduler: Scheduler {
    let loops: [EventLoop]

    /// Starts `loopCount` loops, at least one, which run until the process ends.
    init(loopCount: Int) {
        precondition(loopCount > 0, "no event loop")
        loops = (0..<loopCount).map { EventLoop(index: $0) }
        for loop in loops { loop.start() }
    }

    var loopCount: Int { loops.count }

    var currentLoop: Int { CurrentLoop.loop?.index ?? 0 }

    /// The loop of the calling task.
    var current: EventLoop {
        guard let loop = CurrentLoop.loop else { preconditionFailure("called outside the event loops") }
        return loop
    }

    func spawn(on loop: Int, _ body: @escaping @Sendable () async -> Void) {
        let executor = loops[Int(UInt(bitPattern: loop) % UInt(loops.count))]
        _ = Task(executorPreference: executor) { await body() }
    }

    func suspend(until deadline: Instant?, _ register: (any Waiter) -> Void) async -> Bool {
        let loop = current
        var suspended: SuspendedTask?
        let wasResumed = await unsafe withUnsafeContinuation { continuation in
            let task = unsafe SuspendedTask(continuation)
            if let deadline { loop.fire(task, notAfter: deadline.nanoseconds) }
            suspended = task
            register(task)
        }
        // Back on the loop: whoever resumed from another thread could not touch its timers.
        if let suspended { loop.cancelTimer(suspended) }
        return wasResumed
    }

    func startWorker(
        _ name: StaticString, priority: WorkerPriority, _ step: @escaping @Sendable () -> WorkerStep
    ) -> any Worker {
        let worker = ThreadWorker()
        NativeThread.start(name, stackByteCount: 1 << 20) {
            // Who 0 is the calling thread on Linux.
            if priority == .background { _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10) }
            worker.run(step)
        }
        return worker
    }
}
