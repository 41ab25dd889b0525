import Runtime

/// When a failed delivery is tried again.
enum RetrySchedule {
    /// The wait after each failed try, before jitter.
    static let delaySeconds: [Int64] = [5, 30, 120, 900, 3600, 14_400, 43_200, 86_400, 86_400]

    /// After so many failed tries a delivery is given up.
    static var tryLimit: Int64 { Int64(delaySeconds.count) + 1 }

    /// The longest wait that a receiver can ask for.
    static let longestAskedSeconds: Int64 = 172_800

    /// The wait after failed try number `tries` (from 1), or nil when it was the last.
    ///
    /// - Parameters:
    ///   - randomness: spreads the wait by up to a fifth in either direction.
    ///   - askedSeconds: what `Retry-After` said; it can lengthen the wait, up to two days.
    static func delayMilliseconds(afterTry tries: Int64, randomness: UInt64, askedSeconds: Int64?) -> Int64? {
        guard tries >= 1, tries < tryLimit else { return nil }
        let fifth = delaySeconds[Int(tries) - 1] * 200
        let delay = fifth * 4 + Int64(randomness % UInt64(fifth * 2 + 1))
        return max(delay, min(askedSeconds ?? 0, longestAskedSeconds) * 1000)
    }
}
