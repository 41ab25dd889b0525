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
    /// Whether the segments, of level 0, are merged with each other only and stay there.
    var staysOnLevel = false

    /// Where what comes of it goes.
    var target: Int { staysOnLevel ? level : level + 1 }

    var byteCount: UInt64 { (upper + lower).reduce(0) { $0 + $1.summary.byteCount } }

    /// Level-0 segments beside each other that make it worth bringing them down.
    static let wideCount = 24
    static let fanOut: UInt64 = 8

    /// What should be compacted next; nil when nothing should.
    /// - Parameter cursors: Where the last compaction of each level ended, so that all keys have their turn.
    static func pick(_ levels: [[Segment]], options: StoreOptions, cursors: [RawKey?]) -> CompactionPlan? {
        var bestLevel: Int?
        var bestScore = 1000
        if let first = levels.first {
            let score = max(depth(first) * 1000 / options.mergeSegmentCount, first.count * 1000 / wideCount)
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
        if let first = levels.first, depth(first) >= options.mergeSegmentCount || first.count >= wideCount {
            backlog += first.reduce(0) { $0 + $1.summary.byteCount }
        }
        return backlog
    }

    /// The most level-0 segments that a key may be in: what a read has to look at.
    static func depth(_ first: [Segment]) -> Int {
        first.lazy.map { over($0.summary.smallestKey, first).count }.max() ?? 0
    }

    /// The segments in whose range `key` lies. Where most lie over each other, one of them begins.
    private static func over(_ key: RawKey, _ segments: [Segment]) -> [Segment] {
        key.withWords { words in
            segments.filter { $0.summary.smallestKey.compare(words) <= 0 && $0.summary.largestKey.compare(words) >= 0 }
        }
    }

    // MARK: Level 0

    private static func pickFirst(_ levels: [[Segment]], options: StoreOptions) -> CompactionPlan? {
        let large = UInt64(options.levelOneSegmentByteCount / 4)
        // Large segments that overlap nothing go down as they are.
        let alone = levels[0].filter { segment in
            segment.summary.byteCount >= large && overlapping(levels[0], segment).count == 1
                && overlapping(levels[1], segment).isEmpty
        }
        if !alone.isEmpty {
            return CompactionPlan(level: 0, upper: sorted(alone), lower: [], isMove: true)
        }
        let upper = deepest(levels[0], options)
        return CompactionPlan(level: 0, upper: upper, lower: lower(levels[1], under: upper, options), isMove: false)
    }

    /// A merge of level 0 within itself, for when it is too deep and the level below is busy; nil when it is not.
    static func pickWithinFirst(_ levels: [[Segment]], options: StoreOptions) -> CompactionPlan? {
        guard depth(levels[0]) >= options.slowSegmentCount else { return nil }
        return CompactionPlan(
            level: 0, upper: deepest(levels[0], options), lower: [], isMove: false, staysOnLevel: true)
    }

    /// The segments that lie over each other most, and whatever they overlap, newest first: what is left behind must not
    /// be older than what goes down. When none do, all.
    private static func deepest(_ first: [Segment], _ options: StoreOptions) -> [Segment] {
        var seeds: [Segment] = []
        for segment in first {
            let pile = over(segment.summary.smallestKey, first)
            if pile.count > seeds.count { seeds = pile }
        }
        if seeds.count < min(options.mergeSegmentCount, options.slowSegmentCount) { return first }
        var chosen = Set(seeds.map(\.summary.number))
        var isGrowing = true
        while isGrowing {
            isGrowing = false
            for segment in first where chosen.contains(segment.summary.number) {
                for other in overlapping(first, segment) where chosen.insert(other.summary.number).inserted {
                    isGrowing = true
                }
            }
        }
        return first.filter { chosen.contains($0.summary.number) }
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
