import Runtime

/// Bounds how often something happens for one key, in fixed windows. Holds at most 10,000 keys; over that the oldest
/// window is forgotten, which only ever allows more.
final class PageLimiter: Sendable {
    private struct Window {
        var startedAt: Instant
        var count: Int
    }

    private let limit: Int
    private let seconds: Int
    private let windows = Guarded<[[UInt8]: Window]>([:])

    init(limit: Int, seconds: Int) {
        self.limit = limit
        self.seconds = seconds
    }

    /// Counts one more for `key` and answers whether that is within the limit.
    func allows(_ key: [UInt8], now: Instant) -> Bool {
        windows.withLock { windows in
            if windows.count > 10_000 {
                windows = windows.filter { $0.value.startedAt.adding(seconds: seconds) > now }
                if windows.count > 10_000 { windows.removeAll() }
            }
            guard var window = windows[key], window.startedAt.adding(seconds: seconds) > now else {
                windows[key] = Window(startedAt: now, count: 1)
                return true
            }
            window.count += 1
            windows[key] = window
            return window.count <= limit
        }
    }
}
