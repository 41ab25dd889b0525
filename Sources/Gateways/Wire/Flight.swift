import Runtime

/// One call that many wait for: whoever began it lands it, the others get what it brought.
final class Flight<Value: Sendable>: Sendable {
    private struct State: Sendable {
        var value: Value?
        var waiting: [any Waiter] = []
    }

    private let state = Guarded(State())

    /// Ends the flight, once.
    func land(_ value: Value) {
        let waiting = state.withLock { state -> [any Waiter] in
            state.value = value
            defer { state.waiting = [] }
            return state.waiting
        }
        for waiter in waiting { waiter.resume() }
    }

    /// What the flight brought. The caller's task must run on a loop.
    func value(on scheduler: any Scheduler) async -> Value {
        while true {
            if let value = state.withLock({ $0.value }) { return value }
            _ = await scheduler.suspend(until: nil) { waiter in
                let hasLanded = state.withLock { state -> Bool in
                    guard state.value == nil else { return true }
                    state.waiting.append(waiter)
                    return false
                }
                if hasLanded { waiter.resume() }
            }
        }
    }
}
