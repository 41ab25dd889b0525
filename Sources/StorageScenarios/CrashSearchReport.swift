/// What searches through crashes looked at and found.
package struct CrashSearchReport: Sendable, CustomStringConvertible {
    package var findings: [String] = []
    package var workloadCount = 0
    /// Calls to the disk in the runs, each of which was a crash.
    package var callCount = 0
    package var flushCount: UInt64 = 0
    package var compactionCount: UInt64 = 0
    /// Manifests that took hold.
    package var switchCount = 0
    /// Disks after a crash, and how many of them differ and were recovered.
    package var diskCount = 0
    package var distinctDiskCount = 0
    /// The same for crashes of those recoveries, and the calls these made.
    package var secondCallCount = 0
    package var secondDiskCount = 0
    package var distinctSecondDiskCount = 0

    package init() {}

    package mutating func add(_ other: CrashSearchReport) {
        findings += other.findings
        workloadCount += other.workloadCount
        callCount += other.callCount
        flushCount += other.flushCount
        compactionCount += other.compactionCount
        switchCount += other.switchCount
        diskCount += other.diskCount
        distinctDiskCount += other.distinctDiskCount
        secondCallCount += other.secondCallCount
        secondDiskCount += other.secondDiskCount
        distinctSecondDiskCount += other.distinctSecondDiskCount
    }

    package var description: String {
        "\(workloadCount) runs with \(flushCount) flushes, \(compactionCount) compactions, \(switchCount) manifests; "
            + "\(diskCount) disks (\(distinctDiskCount) different) after a crash at each of \(callCount) calls, "
            + "\(secondDiskCount) (\(distinctSecondDiskCount) different) after another at each of \(secondCallCount) "
            + "calls of their recovery; \(findings.count) findings"
    }
}
