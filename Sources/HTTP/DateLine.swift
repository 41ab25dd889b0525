import Runtime

/// The `Date` field line, rendered once a second. It belongs to one loop.
struct DateLine {
    private var bytes: [UInt8] = []
    private var validUntil = Instant(nanoseconds: 0)

    init() {}

    /// The line with its CR LF, true at `instant`.
    mutating func current(_ clock: any Clock, at instant: Instant) -> [UInt8] {
        if instant < validUntil { return bytes }
        let now = clock.now()
        bytes = Array("Date: \(HTTPDate.text(now))\r\n".utf8)
        validUntil = instant.adding(milliseconds: Int(1000 - (now.milliseconds % 1000 + 1000) % 1000))
        return bytes
    }
}
