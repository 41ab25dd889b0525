import StorageScenarios
import Testing

/// Part of `swift run -c release simulate storage --exhaustive`.
@Suite struct ExhaustiveTests {
    @Test(arguments: 1...2 as ClosedRange<UInt64>)
    func `a crash at every call of six transactions, and again in their recovery, loses nothing`(seed: UInt64) throws {
        var limits = CrashSearch.Limits()
        limits.diskCount = 4
        limits.secondDiskCount = 2
        limits.secondStride = 70
        let report = try CrashSearch(seed: seed, limits: limits).run()
        #expect(report.findings == [])
        #expect(report.flushCount > 3 && report.compactionCount > 0 && report.switchCount > 3)
        #expect(report.diskCount > 500 && report.secondDiskCount > 100, "\(report)")
    }
}
