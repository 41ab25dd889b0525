import Runtime

/// What a run with many clients adds up.
final class StorageTally: Sendable {
    struct State: Sendable {
        var histogram = Histogram()
        var slowestMicroseconds = 0
        var slowCount = 0
        var failures = 0
        var firstFailure = ""
        var openClients = 0
        /// Where the next client goes on.
        var next = 0
    }

    /// Above this a transaction counts as stalled.
    static let slowMicroseconds = 100_000

    private let state = Guarded(State())

    func read() -> State { state.withLock { $0 } }

    func begin(clients: Int) { state.withLock { $0.openClients = clients } }

    /// The numbers a client works on next; empty when there are none below `limit`.
    func take(_ count: Int, limit: Int) -> Range<Int> {
        state.withLock { state in
            let first = min(state.next, limit)
            state.next = min(limit, first + count)
            return first..<state.next
        }
    }

    /// Adds one transaction that took `nanoseconds`.
    func record(nanoseconds: UInt64) {
        let microseconds = Int(nanoseconds / 1000)
        state.withLock { state in
            state.histogram.record(nanoseconds: nanoseconds)
            state.slowestMicroseconds = max(state.slowestMicroseconds, microseconds)
            if microseconds > Self.slowMicroseconds { state.slowCount += 1 }
        }
    }

    func fail(_ error: any Error) {
        state.withLock { state in
            state.failures += 1
            if state.firstFailure.isEmpty { state.firstFailure = "\(error)" }
        }
    }

    func end() { state.withLock { $0.openClients -= 1 } }

    /// Waits until all clients have ended; calls `look` about every `milliseconds`.
    func wait(_ doors: Doors, milliseconds: Int = 20, _ look: (State) -> Void = { _ in }) async {
        while true {
            let now = read()
            look(now)
            if now.openClients == 0 { return }
            await doors.scheduler.sleep(until: doors.clock.instant().adding(milliseconds: milliseconds))
        }
    }
}
