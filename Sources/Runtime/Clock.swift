/// A moment of monotonic time: nanoseconds since some fixed start. Only differences mean anything.
package struct Instant: Comparable, Hashable, Sendable {
    package var nanoseconds: UInt64

    package init(nanoseconds: UInt64) {
        self.nanoseconds = nanoseconds
    }

    package static func < (left: Instant, right: Instant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// `seconds` may be zero; the sum saturates.
    package func adding(seconds: Int) -> Instant {
        adding(milliseconds: seconds * 1000)
    }

    package func adding(milliseconds: Int) -> Instant {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(UInt64(max(0, milliseconds)) &* 1_000_000)
        return Instant(nanoseconds: overflow ? .max : sum)
    }

    /// Nanoseconds from `earlier` to this, zero when it is not earlier.
    package func nanoseconds(since earlier: Instant) -> UInt64 {
        nanoseconds > earlier.nanoseconds ? nanoseconds - earlier.nanoseconds : 0
    }
}

/// The door to time.
package protocol Clock: Sendable {
    /// The wall clock. It can jump; the store makes it monotone within transactions.
    func now() -> Timestamp
    /// The monotonic clock, for deadlines and measurements.
    func instant() -> Instant
}
