import StorageScenarios
import Testing

/// A few seeds of the storage simulation; `swift run -c release simulate storage --seeds 20000` has more.
@Suite struct ScenarioTests {
    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func `a store on a hostile disk loses nothing`(seed: UInt64) throws {
        let report = try StorageRun(seed: seed, epochCount: 2).run()
        #expect(report.findings == [])
        #expect(report.transactionCount > 0)
    }

    @Test func `a seed is the same run each time`() throws {
        let first = try StorageRun(seed: 77, epochCount: 2).run()
        let second = try StorageRun(seed: 77, epochCount: 2).run()
        #expect(first.trace == second.trace)
        #expect(first.trace != (try StorageRun(seed: 78, epochCount: 2).run().trace))
    }
}
