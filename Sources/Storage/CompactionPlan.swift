/// One compaction: segments of a level that go down a level, with those they overlap there.
struct CompactionPlan {
    /// The level the segments come from.
    let level: Int
    /// Newest first on level 0, in the order of keys elsewhere.
    let upper: [Segment]
    /// Of the next level, in the order of keys.
    let lower: [Segment]
    /// Whether the segments can go down as they are.
    let isMove: Bool

    var byteCount: UInt64 { (upper + lower).reduce(0) { $0 + $1.summary.byteCount } }

    /// Level-0 segments of a table that make it worth merging.
    static let triggerCount = 4
    static let fanOut: UInt64 = 8

    /// What should be compacted next; nil when nothing should.
    /// - Parameter cursors: Where the last compaction of each level ended, so that all keys have their turn.
    static func pick(_ levels: [[Segment]], options: StoreOptions, cursors: [RawKey?]) -> CompactionPlan? {
        var bestLevel: Int?
        var bestScore = 1000
        if let first = levels.first {
            let score = depth(first) * 1000 / triggerCount
            if score >= bestScore {
                bestScore = score
                bestLevel = 0
            }
        }
        var target = UInt64(options.levelByteCount)
        for level in 1..<max(1, levels.count - 1) {
            let byteCount = levels[level].reduce(0) { $0 + $1.summary.byteCount }
            // A byte over its size is a reason, as the backlog says too.
            let score = Int(clamping: byteCount.multipliedReportingOverflow(by: 1000).partialValue / target)
            if byteCount > target, score >= bestScore, bestLevel == nil || score > bestScore {
                bestScore = score
                bestLevel = level
            }
            target = target.multipliedReportingOverflow(by: fanOut).partialValue
        }
        guard let bestLevel else { return nil }
        return bestLevel == 0
            ? pickFirst(levels, options: options) : pick(levels, bestLevel, options: options, after: cursors[bestLevel])
    }

    /// Bytes above the levels' targets: what compaction has still to do.
    static func backlog(_ levels: [[Segment]], options: StoreOptions) -> UInt64 {
        var backlog: UInt64 = 0
        var target = UInt64(options.levelByteCount)
        for level in levels.indices.dropFirst() {
            let byteCount = levels[level].reduce(0) { $0 + $1.summary.byteCount }
            if level < levels.count - 1, byteCount > target { backlog += byteCount - target }
            target = target.multipliedReportingOverflow(by: fanOut).partialValue
        }
        if let first = levels.first, depth(first) >= triggerCount {
            backlog += first.reduce(0) { $0 + $1.summary.byteCount }
        }
        return backlog
    }

    /// The most level-0 segments that one table has, its records and its indexes each on their own.
    static func depth(_ first: [Segment]) -> Int {
        counts(first).max { $0.1 < $1.1 }?.1 ?? 0
    }

    private static func counts(_ first: [Segment]) -> [(UInt64, Int)] {
        var counts: [(UInt64, Int)] = []
        for segment in first {
            let group = group(segment)
            if let position = counts.firstIndex(where: { $0.0 == group }) {
                counts[position].1 += 1
            } else {
                counts.append((group, 1))
            }
        }
        return counts
    }

    private static func group(_ segment: Segment) -> UInt64 {
        let place = segment.summary.smallestKey.withWords { $0.wordCount > 0 ? $0.word(0) >> 48 : 0 }
        return (place >> 8) << 1 | (place & 0xff > 0 ? 1 : 0)
    }

    // MARK: Level 0

    private static func pickFirst(_ levels: [[Segment]], options: StoreOptions) -> CompactionPlan? {
        guard let group = counts(levels[0]).max(by: { $0.1 < $1.1 })?.0 else { return nil }
        let members = levels[0].filter { self.group($0) == group }
        let large = UInt64(options.levelOneSegmentByteCount / 4)
        // Large segments that overlap nothing go down as they are.
        let alone = members.filter { segment in
            segment.summary.byteCount >= large && overlapping(levels[0], segment).count == 1
                && overlapping(levels[1], segment).isEmpty
        }
        if !alone.isEmpty {
            return CompactionPlan(level: 0, upper: sorted(alone), lower: [], isMove: true)
        }
        // All of the group, and whatever they overlap: what is left behind must not be older than what goes down.
        var chosen = Set(members.map(\.summary.number))
        var isGrowing = true
        while isGrowing {
            isGrowing = false
            for segment in levels[0] where chosen.contains(segment.summary.number) {
                for other in overlapping(levels[0], segment) where chosen.insert(other.summary.number).inserted {
                    isGrowing = true
                }
            }
        }
        let upper = levels[0].filter { chosen.contains($0.summary.number) }
        return CompactionPlan(level: 0, upper: upper, lower: lower(levels[1], under: upper, options), isMove: false)
    }

    // MARK: The levels below

    private static func pick(
        _ levels: [[Segment]], _ level: Int, options: StoreOptions, after cursor: RawKey?
    ) -> CompactionPlan? {
        let run = levels[level]
        guard !run.isEmpty else { return nil }
        var first = cursor.map { key in key.withWords { Version.firstSegment(of: run, endingAtOrAfter: $0) } } ?? 0
        if let cursor, first < run.count, run[first].summary.largestKey == cursor { first += 1 }
        if first >= run.count { first = 0 }
        var upper = [run[first]]
        var byteCount = run[first].summary.byteCount
        // Neighbours of the same table go down together, so that segments below become large.
        for segment in run.dropFirst(first + 1) {
            byteCount += segment.summary.byteCount
            guard segment.summary.table == run[first].summary.table,
                byteCount <= UInt64(options.segmentByteCount)
            else { break }
            upper.append(segment)
        }
        let lower = lower(levels[level + 1], under: upper, options)
        let isMove =
            upper.count == 1 && lower.isEmpty && upper[0].summary.byteCount >= UInt64(options.segmentByteCount / 4)
        return CompactionPlan(level: level, upper: upper, lower: lower, isMove: isMove)
    }

    /// The segments of `run` that `upper` overlaps, and a small neighbour of the same table in front of them, which
    /// would otherwise stay small for ever.
    private static func lower(_ run: [Segment], under upper: [Segment], _ options: StoreOptions) -> [Segment] {
        guard var smallest = upper.first?.summary.smallestKey, var largest = upper.first?.summary.largestKey else {
            return []
        }
        for segment in upper.dropFirst() {
            if segment.summary.smallestKey.withWords({ smallest.compare($0) }) > 0 {
                smallest = segment.summary.smallestKey
            }
            if segment.summary.largestKey.withWords({ largest.compare($0) }) < 0 {
                largest = segment.summary.largestKey
            }
        }
        var first = smallest.withWords { Version.firstSegment(of: run, endingAtOrAfter: $0) }
        var end = first
        while end < run.count, largest.withWords({ run[end].summary.smallestKey.compare($0) }) <= 0 { end += 1 }
        if first > 0, run[first - 1].summary.table == upper.first?.summary.table,
            run[first - 1].summary.byteCount < UInt64(options.levelOneSegmentByteCount / 4)
        {
            first -= 1
        }
        return Array(run[first..<end])
    }

    private static func overlapping(_ segments: [Segment], _ one: Segment) -> [Segment] {
        segments.filter { other in
            other.summary.smallestKey.withWords { one.summary.largestKey.compare($0) } >= 0
                && other.summary.largestKey.withWords { one.summary.smallestKey.compare($0) } <= 0
        }
    }

    /// In the order of keys.
    static func sorted(_ segments: [Segment]) -> [Segment] {
        segments.sorted { left, right in
            right.summary.smallestKey.withWords { left.summary.smallestKey.compare($0) } < 0
        }
    }
}
