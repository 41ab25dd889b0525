/// The order in which a scan walks the keys.
package enum ScanOrder: Sendable {
    case ascending, descending
}

/// Walks several sources as one: for each key the newest visible entry, deletions left out.
struct MergeCursor {
    private enum Source {
        case memtable(Memtable)
        case run(RunCursor)
    }

    private struct Lane {
        var source: Source
        /// Entries of a memtable above this number are not seen.
        let visible: UInt64
        var entry: Entry?
    }

    private var lanes: [Lane] = []
    private let lower: RawKey
    private let upper: RawKey
    private let order: ScanOrder
    /// Marks of deleted entries that were passed.
    private(set) var markCount = 0
    /// The walk rests when it has passed so many.
    var markLimit = Int.max
    /// The key of the last mark before it rested.
    private(set) var restingKey: RawKey?

    /// - Parameters:
    ///   - overlay: Comes before everything else, whatever its numbers.
    ///   - lower: The first key of the range.
    ///   - upper: The first key behind the range.
    init(
        overlay: Memtable?, version: Version, cache: BlockCache, number: UInt64, lower: RawKey, upper: RawKey,
        order: ScanOrder
    ) throws(StoreError) {
        self.lower = lower
        self.upper = upper
        self.order = order
        // Newest first: of two entries with one key the earlier lane wins.
        if let overlay { lanes.append(Lane(source: .memtable(overlay), visible: .max, entry: nil)) }
        for table in version.memtables { lanes.append(Lane(source: .memtable(table), visible: number, entry: nil)) }
        for (level, run) in version.levels.enumerated() {
            if level == 0 {
                for segment in run where overlaps(segment) {
                    lanes.append(Lane(source: .run(RunCursor([segment], cache)), visible: .max, entry: nil))
                }
            } else {
                let first = lower.withWords { Version.firstSegment(of: run, endingAtOrAfter: $0) }
                guard first < run.count, overlaps(run[first]) else { continue }
                lanes.append(Lane(source: .run(RunCursor(run, cache)), visible: .max, entry: nil))
            }
        }
        for index in lanes.indices { try start(index) }
    }

    private func overlaps(_ segment: Segment) -> Bool {
        upper.withWords { segment.summary.smallestKey.compare($0) < 0 }
            && lower.withWords { segment.summary.largestKey.compare($0) >= 0 }
    }

    private mutating func start(_ index: Int) throws(StoreError) {
        let visible = lanes[index].visible
        switch lanes[index].source {
        case .memtable(let table):
            let node =
                switch order {
                case .ascending: Self.visible(from: lower.withWords { table.seek($0, number: .max) }, number: visible)
                case .descending: upper.withWords { Self.lastVisible(in: table, before: $0, number: visible) }
                }
            lanes[index].entry = node.map { Entry(node: $0, block: nil) }
        case .run(var cursor):
            switch order {
            case .ascending: try lower.withWords { words throws(StoreError) in try cursor.seek(words) }
            case .descending: try upper.withWords { words throws(StoreError) in try cursor.seek(before: words) }
            }
            lanes[index].entry = cursor.entry
            lanes[index].source = .run(cursor)
        }
    }

    /// The next entry of the range, nil at its end.
    mutating func next() throws(StoreError) -> Entry? {
        while true {
            var best: Entry?
            for lane in lanes {
                guard let entry = lane.entry else { continue }
                guard let current = best else {
                    best = entry
                    continue
                }
                let order = entry.node.compare(current.node.words)
                if self.order == .ascending ? order < 0 : order > 0 { best = entry }
            }
            guard let best, isInRange(best.node) else { return nil }
            for index in lanes.indices {
                guard let entry = lanes[index].entry, entry.node.compare(best.node.words) == 0 else { continue }
                try advance(index, past: entry)
            }
            if !best.isDeletion { return best }
            markCount += 1
            guard markCount < markLimit else {
                restingKey = RawKey(best.key(from: 0))
                return nil
            }
        }
    }

    private func isInRange(_ node: Node) -> Bool {
        switch order {
        case .ascending: upper.withWords { node.compare($0) < 0 }
        case .descending: lower.withWords { node.compare($0) >= 0 }
        }
    }

    private mutating func advance(_ index: Int, past entry: Entry) throws(StoreError) {
        let visible = lanes[index].visible
        switch lanes[index].source {
        case .memtable(let table):
            let node = entry.node
            switch order {
            case .ascending:
                var next = node.next(at: 0)
                while let candidate = next, candidate.number > visible || candidate.compare(node.words) == 0 {
                    next = candidate.next(at: 0)
                }
                lanes[index].entry = next.map { Entry(node: $0, block: nil) }
            case .descending:
                let next = Self.lastVisible(in: table, before: node.words, number: visible)
                lanes[index].entry = next.map { Entry(node: $0, block: nil) }
            }
        case .run(var cursor):
            switch order {
            case .ascending: try cursor.goOn()
            case .descending: try cursor.goBack()
            }
            lanes[index].entry = cursor.entry
            lanes[index].source = .run(cursor)
        }
    }

    /// The first entry from `node` on that is not above `number`.
    private static func visible(from node: Node?, number: UInt64) -> Node? {
        var node = node
        while let candidate = node, candidate.number > number { node = candidate.next(at: 0) }
        return node
    }

    /// The newest visible entry of the last key below `key` that has one.
    private static func lastVisible(in table: Memtable, before key: KeyWords, number: UInt64) -> Node? {
        var oldest = table.last(before: key)
        while let node = oldest {
            if let newest = table.find(node.words, number: number) { return newest }
            oldest = table.last(before: node.words)
        }
        return nil
    }
}
