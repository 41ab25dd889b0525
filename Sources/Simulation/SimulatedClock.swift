package import Runtime

/// The clock of a world: virtual time, and a wall clock that can be set.
///
/// Unchecked: a world is driven by one thread, which the scheduler asserts.
package final class SimulatedClock: Clock, @unchecked Sendable {
    private let scheduler: SimulatedScheduler
    private let start: Instant
    /// The wall clock at `start`, with all jumps since.
    private var base: Timestamp

    init(scheduler: SimulatedScheduler, startTime: Timestamp) {
        self.scheduler = scheduler
        start = scheduler.now
        base = startTime
    }

    package func instant() -> Instant { scheduler.now }

    package func now() -> Timestamp {
        base.adding(milliseconds: Int64(scheduler.now.nanoseconds(since: start) / 1_000_000))
    }

    /// Moves the wall clock forwards or, when negative, back. Monotonic time does not notice.
    package func jump(milliseconds: Int64) {
        base.milliseconds += milliseconds
    }

    /// Sets the wall clock.
    package func set(_ time: Timestamp) {
        jump(milliseconds: time.milliseconds - now().milliseconds)
    }
}
