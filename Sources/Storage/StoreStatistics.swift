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

    package init() {}
}
