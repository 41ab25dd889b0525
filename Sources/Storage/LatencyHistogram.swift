/// Counts of durations in classes of about 9 % width.
struct LatencyHistogram {
    /// Class *c* holds values of `c / 8` doublings and `c % 8` eighths of the next.
    private var counts = [UInt64](repeating: 0, count: 8 * 40)
    private(set) var total: UInt64 = 0

    mutating func add(microseconds: UInt64) {
        counts[Self.position(microseconds)] += 1
        total += 1
    }

    /// The upper end of the class that holds the `percent`th percentile; 0 when nothing was added.
    func percentile(_ percent: UInt64) -> UInt64 {
        guard total > 0 else { return 0 }
        let rank = (total * percent + 99) / 100
        var seen: UInt64 = 0
        for (position, count) in counts.enumerated() {
            seen += count
            if seen >= rank { return Self.upperEnd(position) }
        }
        return 0
    }

    private static func position(_ value: UInt64) -> Int {
        guard value >= 8 else { return Int(value) }
        let exponent = 63 - value.leadingZeroBitCount
        return min(8 * 40 - 1, (exponent - 2) * 8 + Int((value >> UInt64(exponent - 3)) & 7))
    }

    private static func upperEnd(_ position: Int) -> UInt64 {
        guard position >= 8 else { return UInt64(position) }
        let exponent = UInt64(position / 8 + 2)
        return (UInt64(position % 8 + 9) << (exponent - 3)) - 1
    }
}
