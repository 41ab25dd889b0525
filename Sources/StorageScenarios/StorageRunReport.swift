package import Simulation
package import Storage

/// What a run, or many runs, of the storage simulation did and found.
package struct StorageRunReport: Sendable, CustomStringConvertible {
    package var findings: [String] = []
    /// The fingerprint of all that happened.
    package var trace: UInt64 = 0
    package var transactionCount: UInt64 = 0
    package var flushCount: UInt64 = 0
    package var compactionCount: UInt64 = 0
    package var moveCount: UInt64 = 0
    package var stallCount: UInt64 = 0
    package var segmentFailureCount: UInt64 = 0
    package var checkCount = 0
    package var crashCount = 0
    package var refusedWriteCount = 0
    package var flipCount = 0
    /// Damaged stores that were refused.
    package var refusalCount = 0
    /// Damaged tails that were cut off.
    package var cutCount = 0
    package var failedSyncCount = 0
    package var failedWriteCount = 0
    package var failedReadCount = 0
    package var failedCallCount = 0
    package var fullVolumeCount = 0
    package var crashedCallCount = 0

    package init() {}

    package mutating func add(_ statistics: StoreStatistics) {
        transactionCount += statistics.transactionCount
        flushCount += statistics.flushCount
        compactionCount += statistics.compactionCount
        moveCount += statistics.moveCount
        stallCount += statistics.stallCount
        segmentFailureCount += statistics.segmentFailureCount
    }

    package mutating func add(_ world: World) {
        trace = trace &* 0x9e37_79b9_7f4a_7c15 ^ world.traceHash
        let fired = world.disk.fired
        failedSyncCount += fired.failedSyncs
        failedWriteCount += fired.failedWrites
        failedReadCount += fired.failedReads
        failedCallCount += fired.failedCalls
        fullVolumeCount += fired.fullVolumes
        crashedCallCount += fired.crashes
    }

    package mutating func add(_ other: StorageRunReport) {
        findings += other.findings
        trace = trace &* 0x9e37_79b9_7f4a_7c15 ^ other.trace
        transactionCount += other.transactionCount
        flushCount += other.flushCount
        compactionCount += other.compactionCount
        moveCount += other.moveCount
        stallCount += other.stallCount
        segmentFailureCount += other.segmentFailureCount
        checkCount += other.checkCount
        crashCount += other.crashCount
        refusedWriteCount += other.refusedWriteCount
        flipCount += other.flipCount
        refusalCount += other.refusalCount
        cutCount += other.cutCount
        failedSyncCount += other.failedSyncCount
        failedWriteCount += other.failedWriteCount
        failedReadCount += other.failedReadCount
        failedCallCount += other.failedCallCount
        fullVolumeCount += other.fullVolumeCount
        crashedCallCount += other.crashedCallCount
    }

    package var description: String {
        "\(transactionCount) transactions, \(flushCount) flushes, \(compactionCount) compactions, \(moveCount) moves, "
            + "\(checkCount) checks, \(crashCount) crashes (\(crashedCallCount) at a call), \(flipCount) flipped bits "
            + "(\(refusalCount) refused), \(cutCount) tails cut, failed: \(failedSyncCount) syncs, \(failedWriteCount) writes, "
            + "\(failedReadCount) reads, \(failedCallCount) calls, \(fullVolumeCount) full volumes; "
            + "\(refusedWriteCount) writes refused, \(stallCount) stalls, \(segmentFailureCount) flushes or "
            + "compactions failed"
    }
}
