/// How a store is opened. The defaults are those of the product.
package struct StoreOptions: Sendable {
    /// Makes `Transaction.random` repeatable.
    package var seed: UInt64?
    /// No writes: for commands that look at a store nobody serves. Nothing in the directory changes.
    package var isReadOnly = false
    /// Makes the directory and an empty store in it when there is none.
    package var createsStore = true
    /// A memtable is frozen when it has so many bytes.
    package var memtableByteCount = 8 << 20
    /// Blocks of segments kept in memory, unpacked.
    package var cacheByteCount = 56 << 20
    /// Segment files that are open at a time; half as many more while snapshots hold some that were replaced.
    package var openFileLimit = 512
    /// Bytes of a block of a segment, before it ends.
    package var blockByteCount = 4096
    /// Bytes of a segment on level 1, and of one below.
    package var levelOneSegmentByteCount = 4 << 20
    package var segmentByteCount = 32 << 20
    /// Bytes of level 1; each level below may have eight times as many.
    package var levelByteCount = 64 << 20
    /// A merge of segments goes on in steps of so many bytes.
    package var mergeStepByteCount = 256 << 10
    /// Level-0 segments over each other at which they are merged, at which writes are slowed down, and at which memtables
    /// are not written to more of them, so that writes wait in the end.
    package var mergeSegmentCount = 4
    package var slowSegmentCount = 8
    package var stopSegmentCount = 12
    /// Marks of deleted entries at the front of a scan that make it worth remembering where they end, and how many of
    /// them are passed at a time for that.
    package var scanMarkLimit = 32
    package var scanWalkLimit = 20_000
    /// How long writes wait for room in memory before they are refused with `busy`.
    package var stallMilliseconds = 1000
    /// How often all segments are read and checked in the background; 0 for never.
    package var scrubIntervalSeconds = 0
    /// How fast it reads.
    package var scrubBytesPerSecond = 16 << 20
    /// Checks the application's own rules at the end of a scrub, on the scrub's thread; a sentence for each that is
    /// broken.
    package var scrubRules: @Sendable (Snapshot) -> [String] = { _ in [] }
    /// Transactions that may wait to run; one more is refused with `busy`.
    package var queueLimit = 1024
    /// Bytes of transactions that ran and are not yet durable, before new ones are refused with `busy`.
    package var pendingByteLimit = 8 << 20
    package var transactionRowLimit = 1000
    /// Seconds for which a snapshot may be read, because it keeps memory and files from being freed. Of a store that is
    /// open for reading only, nothing is ever freed, so there snapshots have no limit.
    package var snapshotSecondsLimit = 600
    package var transactionByteLimit = 1 << 20
    /// Free space on the volume below which writes are refused.
    package var freeSpaceReserve: UInt64 = 64 << 20
    /// Size of a file that is given up when the volume is full all the same; 0 for none.
    package var ballastByteCount = 4 << 20
    /// An operator's decision to cut the newest log file off at damage that recovery refuses: what stands behind it is
    /// lost, acknowledged or not.
    package var cutsDamagedTail = false
    /// Said to others who try to open the same store.
    package var holderNote = "a centralpay process"
    /// Called once, from the log's thread, at the first failure of the log; the process should end with an error.
    package var onFailure: @Sendable (StoreError) -> Void = { _ in }
    /// Bytes of a log file; a multiple of 1 MiB.
    package var logFileByteCount = 16 << 20
    /// How far the log is filled with zeros ahead of its head.
    package var logAheadByteCount = 1 << 20

    package init() {}

    /// The sizes fit each other; a broken one is a mistake of the caller.
    func check() {
        precondition(transactionByteLimit <= 1 << 20, "a transaction writes at most 1 MiB")
        precondition(scrubBytesPerSecond > 0, "a scrub that never ends")
        precondition(
            logFileByteCount % LogFormat.pageByteCount == 0 && logAheadByteCount % LogFormat.pageByteCount == 0
                && logAheadByteCount > 0 && logFileByteCount >= 4 * transactionByteLimit + 16_384,
            "a log file must have room for a few transactions")
    }
}
