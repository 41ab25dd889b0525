package import Simulation
package import Storage

/// What a run, or many runs, of the storage simulation did and found.
package struct StorageRunReport: Sendable, CustomStringConvertible {
    package var findings: [String] = []
    /// The fingerprint of all that happened.
    package var trace: UInt64 = 0
    /// What the stores did.
    package var statistics = StoreStatistics()
    /// What the disks did.
    package var faults = DiskFaultCounts()
    package var checkCount = 0
    /// Ends of a life, by a loss of power or of the process only.
    package var crashCount = 0
    package var clockJumpCount = 0
    package var refusedWriteCount = 0
    /// Starts after a flipped bit, lost or misdirected writes that were refused.
    package var refusedStartCount = 0
    /// Reads and transactions that met damage and said so.
    package var refusedReadCount = 0
    /// Torn ends of the log that were cut off.
    package var tornTailCount = 0

    package init() {}

    package mutating func add(_ world: World) {
        trace = trace &* 0x9e37_79b9_7f4a_7c15 ^ world.traceHash
        faults.add(world.disk.fired)
        tornTailCount += world.logLines.count { $0.contains("storage_torn_tail_cut") }
    }

    package mutating func add(_ other: StorageRunReport) {
        findings += other.findings
        trace = trace &* 0x9e37_79b9_7f4a_7c15 ^ other.trace
        statistics.add(other.statistics)
        faults.add(other.faults)
        checkCount += other.checkCount
        crashCount += other.crashCount
        clockJumpCount += other.clockJumpCount
        refusedWriteCount += other.refusedWriteCount
        refusedStartCount += other.refusedStartCount
        refusedReadCount += other.refusedReadCount
        tornTailCount += other.tornTailCount
    }

    /// Faults that never struck, which over many seeds means that the simulation tests nothing of them.
    package var missingFaults: [String] {
        faults.kinds.filter { $0.count == 0 }.map(\.name) + (clockJumpCount == 0 ? ["clock jumps"] : [])
            + (tornTailCount == 0 ? ["torn tails"] : [])
    }

    package var description: String {
        let faults = faults.kinds.map { "\($0.count) \($0.name)" }.joined(separator: ", ")
        return "\(statistics.transactionCount) transactions, \(statistics.flushCount) flushes, "
            + "\(statistics.compactionCount) compactions, \(statistics.moveCount) moves, \(checkCount) checks; "
            + "faults: \(faults), \(clockJumpCount) clock jumps, \(crashCount) ends of a life, "
            + "\(tornTailCount) torn tails; refused: \(refusedWriteCount) writes, \(refusedReadCount) reads, "
            + "\(refusedStartCount) starts; \(statistics.stallCount) stalls, "
            + "\(statistics.segmentFailureCount) flushes or compactions failed"
    }
}
