import Runtime

/// Merges sources into new segments, a step at a time. Of several entries with one key only the newest is kept.
final class SegmentMerge {
    /// Where entries come from.
    enum Source {
        case memtable(Memtable)
        case run([Segment])
    }

    private struct Lane {
        private var cursor: RunCursor?
        /// The next entry; nil at the end.
        private(set) var node: Node?
        /// Keeps `node` in memory; nil for a memtable, which is held.
        private var block: Block?
        private let table: Memtable?

        init(_ table: Memtable) {
            self.table = table
            node = table.first
        }

        init(_ cursor: RunCursor) {
            table = nil
            self.cursor = cursor
            take(cursor.entry)
        }

        private mutating func take(_ entry: Entry?) {
            node = entry?.node
            block = entry?.block
        }

        /// Goes on behind all entries with the key of `passed`, which this lane's entry has too.
        mutating func advance(past passed: Node) throws(StoreError) {
            if cursor != nil {
                try cursor?.goOn()
                take(cursor?.entry)
                return
            }
            var next = passed.next(at: 0)
            while let candidate = next, candidate.compare(passed.words) == 0 { next = candidate.next(at: 0) }
            node = next
        }
    }

    /// What changes with every entry. A step works on a copy of its own: access to a class's properties is checked each
    /// time.
    private struct Work {
        var lanes: [Lane] = []
        var writer: SegmentWriter?
        var place: UInt64 = .max
        var outputs: [SegmentSummary] = []
    }

    private let directory: String
    private let files: any FileSystem
    private let storeID: [UInt8]
    private let blockByteCount: Int
    private let targetByteCount: Int
    /// Answers whether an older entry may lie below the segments made here, so that a deletion must be kept.
    private let keepsDeletion: (KeyWords) -> Bool
    private let nextNumber: () -> UInt64
    private var work = Work()
    var outputs: [SegmentSummary] { work.outputs }

    /// - Parameters:
    ///   - sources: Newest first.
    ///   - targetByteCount: A segment ends when it has so many bytes; also between tables, and between a table's
    ///     records and its indexes if it is not small.
    init(
        directory: String, files: any FileSystem, storeID: [UInt8], options: StoreOptions, targetByteCount: Int,
        sources: [Source], nextNumber: @escaping () -> UInt64, keepsDeletion: @escaping (KeyWords) -> Bool
    ) throws(StoreError) {
        self.directory = directory
        self.files = files
        self.storeID = storeID
        self.targetByteCount = targetByteCount
        self.keepsDeletion = keepsDeletion
        self.nextNumber = nextNumber
        blockByteCount = options.blockByteCount
        for source in sources {
            switch source {
            case .memtable(let table):
                work.lanes.append(Lane(table))
            case .run(let segments):
                var cursor = RunCursor(segments, nil)
                try cursor.seekFirst()
                work.lanes.append(Lane(cursor))
            }
        }
    }

    /// Merges about `byteLimit` bytes.
    /// - Returns: whether all is done; `outputs` are complete then, and synced.
    func step(byteLimit: Int) throws(StoreError) -> Bool {
        var work = Work()
        swap(&work, &self.work)
        defer { self.work = work }
        var left = byteLimit
        while left > 0 {
            var best: Node?
            var bestLane = 0
            for index in work.lanes.indices {
                guard let node = work.lanes[index].node else { continue }
                if let best, node.compare(best.words) >= 0 { continue }
                best = node
                bestLane = index
            }
            guard let best else {
                do {
                    try endSegment(&work)
                } catch {
                    throw .file(error)
                }
                return true
            }
            left -= best.keyByteCount + best.valueByteCount + Node.headByteCount
            if !best.isDeletion || keepsDeletion(best.words) {
                do {
                    try write(best, &work)
                } catch {
                    throw .file(error)
                }
            }
            // Older entries of the same key; the newest is still in memory for the comparison.
            for index in work.lanes.indices where index != bestLane {
                guard let node = work.lanes[index].node, node.compare(best.words) == 0 else { continue }
                try work.lanes[index].advance(past: node)
            }
            try work.lanes[bestLane].advance(past: best)
        }
        return false
    }

    /// Removes what was written; the merge is not used again.
    func abandon() {
        work.writer?.abandon()
        for output in outputs {
            _ = try? files.remove(directory + "/" + SegmentFormat.fileName(output.number))
        }
        work = Work()
    }

    private func write(_ node: Node, _ work: inout Work) throws(FileError) {
        let place = node.words.wordCount > 0 ? node.words.word(0) >> 48 : 0
        if let byteCount = work.writer?.byteCount {
            let isOtherTable = place >> 8 != work.place >> 8
            let isOtherIndex = place != work.place && byteCount >= min(256 << 10, targetByteCount / 4)
            if isOtherTable || isOtherIndex || byteCount >= targetByteCount { try endSegment(&work) }
        }
        work.place = place
        if work.writer == nil {
            work.writer = try SegmentWriter(
                directory: directory, files: files, number: nextNumber(), storeID: storeID,
                blockByteCount: blockByteCount)
        }
        try work.writer?.add(node)
    }

    private func endSegment(_ work: inout Work) throws(FileError) {
        guard let summary = try work.writer?.finish() else { return }
        work.outputs.append(summary)
        work.writer = nil
    }
}
