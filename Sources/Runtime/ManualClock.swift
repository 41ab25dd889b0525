/// A clock whose wall time is set and advanced by hand; deadlines and measurements follow another clock.
package final class ManualClock: Clock {
    private let time: Guarded<Timestamp>
    private let base: any Clock

    /// Starts at `time`; `instant` is that of `base`.
    package init(_ time: Timestamp, base: any Clock) {
        self.time = Guarded(time)
        self.base = base
    }

    package func now() -> Timestamp {
        time.withLock { $0 }
    }

    package func instant() -> Instant {
        base.instant()
    }

    package func set(_ newTime: Timestamp) {
        time.withLock { $0 = newTime }
    }

    /// Moves the wall time by `milliseconds`, which may be negative.
    package func advance(milliseconds: Int64) {
        time.withLock { $0 = $0.adding(milliseconds: milliseconds) }
    }
}
