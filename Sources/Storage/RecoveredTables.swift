import Runtime

/// Fills memtables with what the log says and segments do not hold; when there are many, the oldest go to segments.
final class RecoveredTables {
    /// Memtables held before the oldest is written to segments. A crash leaves no more, short of a log that is older
    /// than segments are.
    private static let tableLimit = 4

    private let options: StoreOptions
    /// Transactions up to this one are in segments.
    private let flushedNumber: UInt64
    /// Writes a memtable to segments; nil when the store is only read.
    private let write: ((Memtable) throws(StoreError) -> [SegmentSummary])?
    /// Newest first.
    private(set) var tables: [Memtable]
    /// What was written to segments, newest first, and how far that goes.
    private(set) var segments: [SegmentSummary] = []
    private(set) var flushed: FlushPoint

    init(
        _ options: StoreOptions, flushed: FlushPoint, write: ((Memtable) throws(StoreError) -> [SegmentSummary])?
    ) {
        self.options = options
        self.flushed = flushed
        self.write = write
        flushedNumber = flushed.number
        tables = [StoreCore.makeMemtable(options)]
    }

    func insert(_ key: RawKey, number: UInt64, value: [UInt8]?) {
        guard number > flushedNumber else { return }
        key.withWords { words in
            guard let value else {
                unsafe tables[0].insert(words, number: number, value: nil)
                return
            }
            unsafe value.withUnsafeBytes { bytes in
                unsafe tables[0].insert(words, number: number, value: bytes)
            }
        }
    }

    /// Behind a frame: a memtable is frozen between frames only, where the digest is known.
    func checkpoint(_ point: FlushPoint) throws(StoreError) {
        guard tables[0].byteCount >= options.memtableByteCount else { return }
        tables[0].frozenNumber = point.number
        tables[0].frozenDigest = point.digest
        tables[0].frozenMilliseconds = point.milliseconds
        tables.insert(StoreCore.makeMemtable(options), at: 0)
        guard let write, tables.count > Self.tableLimit, let oldest = tables.last else { return }
        segments = try write(oldest).reversed() + segments
        flushed = FlushPoint(
            number: oldest.frozenNumber, digest: oldest.frozenDigest, milliseconds: oldest.frozenMilliseconds)
        tables.removeLast()
    }
}
