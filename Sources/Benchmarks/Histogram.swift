/// Counts of durations in steps of about three per cent, from 1 microsecond to an hour.
struct Histogram: Sendable {
    private var counts = [UInt64](repeating: 0, count: 1024)
    private(set) var total: UInt64 = 0

    mutating func record(nanoseconds: UInt64) {
        counts[Self.slot(nanoseconds / 1000)] += 1
        total += 1
    }

    mutating func add(_ other: Histogram) {
        for index in counts.indices { counts[index] += other.counts[index] }
        total += other.total
    }

    /// The upper edge, in microseconds, of the slot that holds the given share of all durations.
    func percentile(_ thousandths: UInt64) -> Int {
        let wanted = (total * thousandths + 999) / 1000
        var seen: UInt64 = 0
        for (index, count) in counts.enumerated() {
            seen += count
            if seen >= wanted, seen > 0 { return Self.edge(index) }
        }
        return 0
    }

    /// 32 slots for each power of two.
    private static func slot(_ microseconds: UInt64) -> Int {
        guard microseconds >= 32 else { return Int(microseconds) }
        let power = 63 - microseconds.leadingZeroBitCount
        return min(1023, (power - 4) * 32 + Int(microseconds >> UInt64(power - 5)) - 32)
    }

    private static func edge(_ slot: Int) -> Int {
        guard slot >= 32 else { return slot }
        let power = slot / 32 + 4
        return (slot % 32 + 33) << (power - 5)
    }
}
