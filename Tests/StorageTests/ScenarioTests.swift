import Storage
import StorageScenarios
import Testing

/// A few seeds of the storage simulation; `swift run -c release simulate storage --seeds 20000` has more.
@Suite struct ScenarioTests {
    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func `a store on a hostile disk loses nothing, and a seed is the same run each time`(seed: UInt64) throws {
        let report = try StorageRun.twice(seed: seed, epochCount: 2)
        #expect(report.findings == [])
        #expect(report.statistics.transactionCount > 0)
        #expect(report.trace != (try StorageRun(seed: seed + 1, epochCount: 1).run().trace))
    }
}
