package import Storage

extension StoreStatistics {
    /// Adds what another store, or another life of this one, did; what tells of one moment is left alone.
    package mutating func add(_ other: StoreStatistics) {
        transactionCount += other.transactionCount
        groupCount += other.groupCount
        largestGroup = max(largestGroup, other.largestGroup)
        syncCount += other.syncCount
        logByteCount += other.logByteCount
        recoveredTransactionCount += other.recoveredTransactionCount
        recoveredByteCount += other.recoveredByteCount
        flushCount += other.flushCount
        compactionCount += other.compactionCount
        moveCount += other.moveCount
        flushedByteCount += other.flushedByteCount
        compactedByteCount += other.compactedByteCount
        cacheHitCount += other.cacheHitCount
        cacheMissCount += other.cacheMissCount
        stallCount += other.stallCount
        segmentFailureCount += other.segmentFailureCount
        scrubCount += other.scrubCount
        scrubFailureCount += other.scrubFailureCount
    }
}
