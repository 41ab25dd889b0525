/// Lets one task through at a time, in the order they came. Unlike a lock it may be held across an `await`.
package final class Turnstile: Sendable {
    private struct State: Sendable {
        var isTaken = false
        var waiting: [any Waiter] = []
    }

    private let state = Guarded(State())

    package init() {}

    /// Waits for the turn, which lasts until `leave`. The caller's task must run on a loop.
    package func enter(on scheduler: any Scheduler) async {
        if enterAtOnce() { return }
        _ = await scheduler.suspend(until: nil) { waiter in
            let isMine = state.withLock { state -> Bool in
                if !state.isTaken {
                    state.isTaken = true
                    return true
                }
                state.waiting.append(waiter)
                return false
            }
            if isMine { waiter.resume() }
        }
    }

    /// Hands the turn to the next who waits.
    package func leave() {
        let next = state.withLock { state -> (any Waiter)? in
            guard !state.waiting.isEmpty else {
                state.isTaken = false
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }

    /// Takes the turn unless somebody has it; then false.
    package func enterAtOnce() -> Bool {
        state.withLock { state in
            defer { state.isTaken = true }
            return !state.isTaken
        }
    }
}
