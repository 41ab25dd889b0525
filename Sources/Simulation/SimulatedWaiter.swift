import Runtime

/// A suspended task of a world.
///
/// Safe: the continuation is resumed once, then forgotten. Unchecked: a world is driven by one thread, which every operation asserts.
@safe final class SimulatedWaiter: Waiter, @unchecked Sendable {
    private let thread: SingleThread
    private var continuation: UnsafeContinuation<Bool, Never>?

    init(_ continuation: UnsafeContinuation<Bool, Never>, thread: SingleThread) {
        unsafe self.continuation = continuation
        self.thread = thread
    }

    var isDone: Bool { unsafe continuation == nil }

    func resume() { finish(wasResumed: true) }

    /// Continues the task, unless it went on already.
    func finish(wasResumed: Bool) {
        thread.check()
        guard let waiting = unsafe continuation else { return }
        unsafe continuation = nil
        unsafe waiting.resume(returning: wasResumed)
    }
}
