/// One task waits, anyone wakes it. A wake that comes while nobody waits is remembered, once.
package final class WakeSignal: Sendable {
    private struct State: Sendable {
        var isSet = false
        var waiter: (any Waiter)?
    }

    private let state = Guarded(State())

    package init() {}

    /// Wakes the waiting task, or lets the next `wait` return at once. Callable from any thread.
    package func notify() {
        let waiter = state.withLock { state -> (any Waiter)? in
            guard let waiter = state.waiter else {
                state.isSet = true
                return nil
            }
            state.waiter = nil
            return waiter
        }
        waiter?.resume()
    }

    /// Waits for `notify` or the deadline. Only one task may wait at a time.
    /// - Returns: whether it was notified.
    @discardableResult
    package func wait(until deadline: Instant?, on scheduler: any Scheduler) async -> Bool {
        let wasSet = state.withLock { state -> Bool in
            defer { state.isSet = false }
            return state.isSet
        }
        if wasSet { return true }
        let notified = await scheduler.suspend(until: deadline) { waiter in
            let wasSet = state.withLock { state -> Bool in
                if state.isSet {
                    state.isSet = false
                    return true
                }
                state.waiter = waiter
                return false
            }
            if wasSet { waiter.resume() }
        }
        if !notified { state.withLock { $0.waiter = nil } }
        return notified
    }
}
