/// The places where entries are. A snapshot holds one, so nothing it can see goes away.
///
/// Segments hold only transactions that were durable when they were written, so whoever takes a version together with
/// the durable number sees all of them, and one entry for each key is enough there.
final class Version: Sendable {
    /// Newest first; the first one is being written.
    let memtables: [Memtable]
    /// Level 0, newest first, overlaps itself; the levels below are runs, older the deeper.
    let levels: [[Segment]]

    init(memtables: [Memtable], levels: [[Segment]]) {
        self.memtables = memtables
        self.levels = levels
    }

    /// For the writer alone, as is `byteCount`.
    var entryCount: Int { memtables.reduce(0) { $0 + $1.entryCount } }
    var byteCount: Int { memtables.reduce(0) { $0 + $1.byteCount } }

    var segments: [Segment] { levels.flatMap { $0 } }

    /// The newest entry of `key` in segments, deletions included.
    func findInSegments(_ key: KeyWords, hash: UInt64, _ cache: BlockCache) throws(StoreError) -> Entry? {
        for (level, segments) in levels.enumerated() {
            if level == 0 {
                for segment in segments {
                    if let entry = try segment.find(key, hash: hash, cache) { return entry }
                }
            } else {
                let position = Self.firstSegment(of: segments, endingAtOrAfter: key)
                guard position < segments.count else { continue }
                if let entry = try segments[position].find(key, hash: hash, cache) { return entry }
            }
        }
        return nil
    }

    /// The first segment of a run whose largest key is not below `key`; the count when there is none.
    static func firstSegment(of run: [Segment], endingAtOrAfter key: KeyWords) -> Int {
        var low = 0
        var high = run.count
        while low < high {
            let middle = (low + high) / 2
            if run[middle].summary.largestKey.compare(key) < 0 { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Whether any segment of level 0 may hold `key`.
    func mayHoldOnFirst(_ key: KeyWords) -> Bool {
        levels.first?.contains {
            $0.summary.smallestKey.compare(key) <= 0 && $0.summary.largestKey.compare(key) >= 0
        } ?? false
    }

    /// Whether any segment of levels `first` on may hold `key`.
    func mayHold(_ key: KeyWords, from first: Int) -> Bool {
        for run in levels.dropFirst(first) {
            let position = Self.firstSegment(of: run, endingAtOrAfter: key)
            if position < run.count, run[position].summary.smallestKey.compare(key) <= 0 { return true }
        }
        return false
    }
}
