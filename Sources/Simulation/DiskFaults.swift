package import Runtime

/// What goes wrong with a simulated disk. Calls are counted from 1; chances are per million.
package struct DiskFaults: Sendable {
    /// Syncs, of files and directories, that fail with `inputOutput`.
    package var failingSyncs: Set<Int> = []
    package var syncFailureChance = 0
    /// Writes that fail, with the reason; part of the bytes may be written.
    package var failingWrites: [Int: FileError.Reason] = [:]
    package var writeFailureChance = 0
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
    /// After this many changing calls the machine has crashed: every later call throws `DiskFaults.crashed`.
    package var crashAfterCalls: Int?

    /// The reason of every call after a crash, until `restart`.
    package static let crashed = FileError.Reason.other(-1)

    package init() {}
}
