package import Runtime

/// What goes wrong with a simulated disk. Calls are counted from 1; chances are per million.
package struct DiskFaults: Sendable {
    /// Syncs, of files and directories, that fail with `inputOutput`.
    package var failingSyncs: Set<Int> = []
    package var syncFailureChance = 0
    /// Writes that fail, with the reason; a beginning of the bytes may be written, in words of 8 bytes. Kernels break a
    /// write off between pages or blocks, and between words only when memory of the process cannot be read.
    package var failingWrites: [Int: FileError.Reason] = [:]
    package var writeFailureChance = 0
    package var writeFailureReason = FileError.Reason.inputOutput
    /// Reads that fail with `inputOutput`.
    package var failingReads: Set<Int> = []
    package var readFailureChance = 0
    /// Changing calls, of whatever kind, that fail with the reason and change nothing.
    package var failingCalls: [Int: FileError.Reason] = [:]
    /// Bytes the volume holds, in blocks of 4 KiB; nil is no limit. Over it writes fail with `noSpace`.
    package var capacity: UInt64?
    /// Writes that go to the right file at a wrong offset, some blocks away, and are reported as done.
    package var misdirectedWrites: Set<Int> = []
    /// Writes that are reported as done and never happen.
    package var lostWrites: Set<Int> = []
    /// The chance that a write loses some of its blocks: it is reported as done, and the file has its size.
    package var lostBlockChance = 0
    /// The chance that some blocks of a write land elsewhere, in the same file or in another one of its directory.
    package var strayBlockChance = 0
    /// Blocks are lost or go astray only in writes to files whose names begin with this.
    package var strayNamePrefix = ""
    /// Whether writes may be reported as done that are not.
    package var losesBlocks: Bool { lostBlockChance + strayBlockChance > 0 }
    /// After this many changing calls the machine has crashed: every later call throws `DiskFaults.crashed`.
    package var crashAfterCalls: Int?

    /// The reason of every call after a crash, until `restart`.
    package static let crashed = FileError.Reason.other(-1)

    package init() {}
}
