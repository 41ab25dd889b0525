import Runtime

/// The token bucket of one API key.
final class TokenBucket: Sendable {
    /// What one request found.
    struct Reading: Sendable {
        let isAllowed: Bool
        /// Whole requests that are still free now.
        let remaining: Int
        /// Seconds until the bucket is full again.
        let resetSeconds: Int
        /// Seconds until one more request is free; zero when it is.
        let retryAfterSeconds: Int
    }

    /// Requests a second; positive.
    let rate: Int
    /// Requests at once after a pause; positive.
    let burst: Int
    /// The moment at which the bucket is full again: it holds `burst` less what is missing until then.
    private let fullAt: Guarded<UInt64>

    /// Larger rates and bursts count as this one.
    private static let largest = 1_000_000

    init(rate: Int, burst: Int, now: Instant) {
        self.rate = min(max(1, rate), Self.largest)
        self.burst = min(max(1, burst), Self.largest)
        fullAt = Guarded(now.nanoseconds)
    }

    /// Takes one token if there is one.
    func take(at now: Instant) -> Reading {
        let cost = 1_000_000_000 / UInt64(rate)
        let capacity = cost * UInt64(burst)
        return fullAt.withLock { fullAt in
            let missing = fullAt > now.nanoseconds ? fullAt - now.nanoseconds : 0
            guard missing + cost <= capacity else {
                let wait = missing + cost - capacity
                return Reading(
                    isAllowed: false, remaining: 0, resetSeconds: Self.seconds(missing),
                    retryAfterSeconds: max(1, Self.seconds(wait)))
            }
            fullAt = now.nanoseconds + missing + cost
            return Reading(
                isAllowed: true, remaining: Int((capacity - missing - cost) / cost),
                resetSeconds: Self.seconds(missing + cost), retryAfterSeconds: 0)
        }
    }

    private static func seconds(_ nanoseconds: UInt64) -> Int {
        Int((nanoseconds + 999_999_999) / 1_000_000_000)
    }
}
