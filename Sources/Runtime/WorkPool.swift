/// The queue of a ``WorkPool`` has reached its limit: refuse the request, with 503.
package struct WorkPoolFull: Error, Equatable {
    package init() {}
}

/// A worker for long computations, such as password hashing, that must not hold up a loop. Work is done one piece
/// after another, in the order it came.
package final class WorkPool: Sendable {
    private let queue: Queue
    private let worker: any Worker

    /// - Parameter queueLimit: Pieces waiting or running, at least 1; one more is refused.
    package init(_ name: StaticString, priority: WorkerPriority, scheduler: any Scheduler, queueLimit: Int) {
        precondition(queueLimit > 0, "a pool without room")
        let queue = Queue(limit: queueLimit, scheduler: scheduler)
        self.queue = queue
        worker = scheduler.startWorker(name, priority: priority) { queue.step() }
    }

    deinit {
        queue.state.withLock { $0.isClosed = true }
        worker.wake()
    }

    /// Runs `body` on the worker's thread and returns what it returns. The caller's task must run on a loop.
    ///
    /// - Throws: ``WorkPoolFull`` without having run `body`; else what `body` throws.
    package func run<Outcome: Sendable>(
        _ body: @escaping @Sendable () throws -> Outcome
    ) async throws -> Outcome {
        let hasRoom = queue.state.withLock { state -> Bool in
            guard state.pieceCount < queue.limit else { return false }
            state.pieceCount += 1
            return true
        }
        guard hasRoom else { throw WorkPoolFull() }
        let slot = Slot<Outcome>()
        _ = await queue.scheduler.suspend(until: nil) { waiter in
            queue.add {
                let outcome = Result { try body() }
                slot.outcome.withLock { $0 = outcome }
                return waiter
            }
            worker.wake()
        }
        guard let outcome = slot.outcome.withLock({ $0 }) else {
            preconditionFailure("resumed before the work was done")
        }
        return try outcome.get()
    }

    private final class Slot<Outcome: Sendable>: Sendable {
        let outcome = Guarded<Result<Outcome, any Error>?>(nil)
    }

    private final class Queue: Sendable {
        struct State: Sendable {
            /// Each does its work and returns who waits for it.
            var waiting: [@Sendable () -> any Waiter] = []
            /// Pieces waiting, running or about to be queued.
            var pieceCount = 0
            var isClosed = false
        }

        let state = Guarded(State())
        let limit: Int
        let scheduler: any Scheduler

        init(limit: Int, scheduler: any Scheduler) {
            self.limit = limit
            self.scheduler = scheduler
        }

        func add(_ piece: @escaping @Sendable () -> any Waiter) {
            state.withLock { $0.waiting.append(piece) }
        }

        func step() -> WorkerStep {
            let (piece, isClosed) = state.withLock { state -> ((@Sendable () -> any Waiter)?, Bool) in
                (state.waiting.isEmpty ? nil : state.waiting.removeFirst(), state.isClosed)
            }
            guard let piece else { return isClosed ? .finished : .idle }
            let waiter = piece()
            // The place is free before the caller goes on, so that its next piece finds it.
            state.withLock { $0.pieceCount -= 1 }
            waiter.resume()
            return .again
        }
    }
}
