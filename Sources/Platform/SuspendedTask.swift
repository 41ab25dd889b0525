import Runtime
import Synchronization

/// A task that waits to be resumed, or for its deadline. The first to come wins.
@safe
final class SuspendedTask: LoopEntry, Waiter, @unchecked Sendable {
    // `isOver` decides between threads; the inherited timer part is touched only on the task's loop.
    private let isOver = Atomic(false)
    private let continuation: UnsafeContinuation<Bool, Never>

    init(_ continuation: UnsafeContinuation<Bool, Never>) {
        unsafe self.continuation = continuation
    }

    func resume() {
        finish(wasResumed: true)
    }

    override func timerFired(at now: UInt64) {
        finish(wasResumed: false)
    }

    private func finish(wasResumed: Bool) {
        guard !isOver.exchange(true, ordering: .acquiringAndReleasing) else { return }
        unsafe continuation.resume(returning: wasResumed)
    }
}
