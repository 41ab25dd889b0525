import Runtime

/// Keeps calls to one account below the vendor's published limit: each takes a place in time, or is told that there is
/// none soon.
final class WirePace: Sendable {
    /// Nanoseconds between calls in the long run.
    private let interval: UInt64
    /// How far ahead of the long run calls may be, after a pause.
    private let burst: UInt64
    private let next = Guarded<UInt64>(0)

    init(perSecond: UInt64, burst: UInt64) {
        precondition(perSecond > 0 && burst > 0)
        interval = 1_000_000_000 / perSecond
        self.burst = interval * burst
    }

    /// When the next call may leave; nil when that is after `deadline`, and then no place is taken.
    func reserve(now: Instant, deadline: Instant) -> Instant? {
        next.withLock { next in
            let floor = now.nanoseconds > burst ? now.nanoseconds - burst : 0
            let place = max(next, floor)
            let time = max(place, now.nanoseconds)
            guard time <= deadline.nanoseconds else { return nil }
            next = place + interval
            return Instant(nanoseconds: time)
        }
    }
}
