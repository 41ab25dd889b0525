import Runtime

/// Merges sources into new segments, a step at a time. Of several entries with one key only the newest is kept.
final class SegmentMerge {
    /// Where entries come from.
    enum Source {
        case memtable(Memtable)
        case run([Segment])
    }

    private struct Lane {
        var cursor: RunCursor?
        var entry: Entry?

        mutating func advance(past node: Node) throws(StoreError) {
            if cursor != nil {
                try cursor?.goOn()
                entry = cursor?.entry
                return
            }
            var next = entry?.node.next(at: 0)
            while let candidate = next, candidate.compare(node.words) == 0 { next = candidate.next(at: 0) }
            entry = next.map { Entry(node: $0, block: nil) }
        }
    }

    private let directory: String
    private let files: any FileSystem
    private let storeID: [UInt8]
    private let blockByteCount: Int
    private let targetByteCount: Int
    /// Answers whether an older entry may lie below the segments made here, so that a deletion must be kept.
    private let keepsDeletion: (KeyWords) -> Bool
    private let nextNumber: () -> UInt64
    private var lanes: [Lane] = []
    private var writer: SegmentWriter?
    private var place: UInt64 = .max
    private(set) var outputs: [SegmentSummary] = []

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
                lanes.append(Lane(cursor: nil, entry: table.first.map { Entry(node: $0, block: nil) }))
            case .run(let segments):
                var cursor = RunCursor(segments, nil)
                try cursor.seekFirst()
                lanes.append(Lane(cursor: cursor, entry: cursor.entry))
            }
        }
    }

    /// Merges about `byteLimit` bytes.
    /// - Returns: whether all is done; `outputs` are complete then, and synced.
    func step(byteLimit: Int) throws(StoreError) -> Bool {
        var left = byteLimit
        while left > 0 {
            var best: Entry?
            for lane in lanes {
                guard let entry = lane.entry else { continue }
                if let current = best, entry.node.compare(current.node.words) >= 0 { continue }
                best = entry
            }
            guard let best else {
                do {
                    try endSegment()
                } catch {
                    throw .file(error)
                }
                return true
            }
            left -= best.node.keyByteCount + best.node.valueByteCount + Node.headByteCount
            if !best.isDeletion || keepsDeletion(best.node.words) {
                do {
                    try write(best.node)
                } catch {
                    throw .file(error)
                }
            }
            for index in lanes.indices {
                guard let entry = lanes[index].entry, entry.node.compare(best.node.words) == 0 else { continue }
                try lanes[index].advance(past: best.node)
            }
        }
        return false
    }

    /// Removes what was written; the merge is not used again.
    func abandon() {
        writer?.abandon()
        writer = nil
        for output in outputs {
            _ = try? files.remove(directory + "/" + SegmentFormat.fileName(output.number))
        }
        outputs = []
        lanes = []
    }

    private func write(_ node: Node) throws(FileError) {
        let newPlace = node.words.wordCount > 0 ? node.words.word(0) >> 48 : 0
        if let writer {
            let isOtherTable = newPlace >> 8 != place >> 8
            let isOtherIndex = newPlace != place && writer.byteCount >= min(256 << 10, targetByteCount / 4)
            if isOtherTable || isOtherIndex || writer.byteCount >= targetByteCount { try endSegment() }
        }
        place = newPlace
        if writer == nil {
            writer = try SegmentWriter(
                directory: directory, files: files, number: nextNumber(), storeID: storeID,
                blockByteCount: blockByteCount)
        }
        try writer?.add(node)
    }

    private func endSegment() throws(FileError) {
        guard let writer else { return }
        outputs.append(try writer.finish())
        self.writer = nil
    }
}
