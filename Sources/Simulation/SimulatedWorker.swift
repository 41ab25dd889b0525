import Runtime

/// A worker of a world: its steps are jobs among the others.
///
/// Unchecked: a world is driven by one thread, which every operation asserts.
final class SimulatedWorker: Worker, @unchecked Sendable {
    private enum State { case idle, ready, running, runningAndWoken, finished }

    private unowned let scheduler: SimulatedScheduler
    private var step: (@Sendable () -> WorkerStep)?
    private var state = State.idle
    /// Counts waits, so that a timer knows whether it is still meant.
    private(set) var turn: UInt64 = 0

    init(scheduler: SimulatedScheduler, step: @escaping @Sendable () -> WorkerStep) {
        self.scheduler = scheduler
        self.step = step
    }

    func wake() {
        scheduler.trace.thread.check()
        switch state {
        case .idle:
            turn += 1
            state = .ready
            scheduler.makeReady(self)
        case .running: state = .runningAndWoken
        case .ready, .runningAndWoken, .finished: break
        }
    }

    /// Runs one step, when the scheduler picks this worker.
    func run() {
        guard let step else { return }
        state = .running
        let next = step()
        let wasWoken = state == .runningAndWoken
        state = .idle
        switch next {
        case .finished: stop()
        case .again: wake()
        case .idle: if wasWoken { wake() }
        case .wait(let moment):
            if wasWoken {
                wake()
            } else {
                turn += 1
                scheduler.addTimer(moment, .worker(self, turn: turn))
            }
        }
    }

    /// Never runs again, and lets go of what its step function holds.
    func stop() {
        state = .finished
        turn += 1
        step = nil
    }
}
