package import Runtime

/// How far a clock is asked to go.
package enum ClockAdvance: Sendable, Equatable {
    case to(Timestamp)
    /// Seconds from where it stands.
    case by(Int64)
}

/// The advance of a clock that is going on, if one is.
package struct ClockCourse: Sendable, Equatable {
    /// Where it began.
    package var origin: Timestamp?
    /// Where it leads.
    package var target: Timestamp?

    package init(origin: Timestamp? = nil, target: Timestamp? = nil) {
        self.origin = origin
        self.target = target
    }

    /// The course after asking for `advance`. The call that began an advance goes on with it; a moment may be replaced
    /// by another one.
    ///
    /// - Throws: `validation_failed` for a target before the clock or out of range; `invalid_state` for another amount
    ///   of time while an advance is not done.
    package func aimed(_ advance: ClockAdvance, now: Timestamp) throws(Refusal) -> ClockCourse {
        switch advance {
        case .to(let time):
            guard time >= now, time <= TestClocks.range.upperBound else {
                throw .invalid("advance_to", "out_of_range", "The clock stands at \(now) and goes forward, to 2099.")
            }
            return time == target ? self : ClockCourse(origin: now, target: time)
        case .by(let seconds):
            guard (0...Self.longestSeconds).contains(seconds) else {
                throw .invalid("advance_by", "out_of_range", "Give 0 to \(Self.longestSeconds) seconds.")
            }
            if let origin, let target {
                guard origin.adding(seconds: seconds) == target else {
                    throw Refusal(
                        .invalidState,
                        "The clock is on its way to \(target); send the same call again, or advance_to with a moment.")
                }
                return self
            }
            let time = now.adding(seconds: seconds)
            guard time <= TestClocks.range.upperBound else {
                throw .invalid("advance_by", "out_of_range", "A clock goes to 2099 at most; it stands at \(now).")
            }
            return ClockCourse(origin: now, target: time)
        }
    }

    /// A hundred years.
    package static let longestSeconds: Int64 = 3_155_760_000
}
