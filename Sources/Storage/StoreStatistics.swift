/// What the store did since it was opened.
package struct StoreStatistics: Sendable {
    package var transactionCount: UInt64 = 0
    package var durableNumber: UInt64 = 0
    /// Group commits: frames with transactions in them.
    package var groupCount: UInt64 = 0
    package var largestGroup: UInt64 = 0
    package var syncCount: UInt64 = 0
    package var syncMedianMicroseconds: UInt64 = 0
    package var sync99thPercentileMicroseconds: UInt64 = 0
    /// How long groups took to become durable: the write and its sync.
    package var syncMicroseconds = StoreHistogram(upperBounds: (0..<15).map { 128 << $0 })
    /// How many transactions groups had.
    package var groupSizes = StoreHistogram(upperBounds: (0..<11).map { 1 << $0 })
    /// Bytes of keys and values that transactions wrote, index entries included, as they stand in the log.
    package var ingestedByteCount: UInt64 = 0
    /// Bytes written to the log, frames and zeros.
    package var logByteCount: UInt64 = 0
    package var logFileCount = 0
    /// Transactions waiting to run.
    package var queueDepth = 0
    package var memtableCount = 0
    /// Entries in memory, all versions, index entries included.
    package var entryCount = 0
    package var memtableByteCount = 0
    /// Whether writes are refused because the volume is nearly full.
    package var isStorageFull = false
    /// Transactions that recovery read, how many bytes of log it read for them, and how long it took.
    package var recoveredTransactionCount: UInt64 = 0
    package var recoveredByteCount: UInt64 = 0
    package var recoveryMicroseconds: UInt64 = 0

    /// Segments and their bytes on each level, from level 0.
    package var segmentCounts: [Int] = []
    package var segmentByteCounts: [UInt64] = []
    /// Files of segments that are open.
    package var openFileCount = 0
    package var flushCount: UInt64 = 0
    package var compactionCount: UInt64 = 0
    /// Compactions of level 0 within itself, while a large one below went on.
    package var urgentCompactionCount: UInt64 = 0
    /// Compactions that only renamed a segment's level.
    package var moveCount: UInt64 = 0
    /// Bytes of segments written by flushes and by compactions.
    package var flushedByteCount: UInt64 = 0
    package var compactedByteCount: UInt64 = 0
    /// Bytes that compaction has still to bring down.
    package var compactionBacklog: UInt64 = 0
    package var cacheHitCount: UInt64 = 0
    package var cacheMissCount: UInt64 = 0
    package var cacheByteCount = 0
    /// How often writes had to wait for room in memory, and how long altogether, a wait that goes on included.
    package var stallCount: UInt64 = 0
    package var stallMicroseconds: UInt64 = 0
    /// Snapshots that are held, and the age of the oldest; see `StoreOptions.snapshotSecondsLimit`.
    package var snapshotCount = 0
    package var oldestSnapshotSeconds: UInt64 = 0
    /// Failures of flushes and compactions that will be tried again.
    package var segmentFailureCount: UInt64 = 0
    /// Scrubs that were completed, and everything they found.
    package var scrubCount: UInt64 = 0
    package var scrubFailureCount: UInt64 = 0
    /// When the last one was completed, in milliseconds since 1970; nil when that is not known. An earlier run of the
    /// program counts too.
    package var scrubMilliseconds: Int64?
    /// What that one found.
    package var scrubFindingCount: UInt64 = 0

    /// Bytes written to log and segments; divided by `ingestedByteCount`, the write amplification.
    package var writtenByteCount: UInt64 { logByteCount + flushedByteCount + compactedByteCount }

    package init() {}
}
