import Scenarios
import Testing

/// A few whole lives of a server; `simulate server` lives through many more.
@Suite struct ServerRunTests {
    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `after all faults are lifted the books agree and every event was delivered`(seed: UInt64) throws {
        let report = try ServerRun(seed: seed, epochCount: 2).run()
        #expect(report.findings == [], "seed \(seed)")
        #expect(report.eventCount > 0)
    }

    @Test func `the same seed is the same life`() throws {
        let reports = try (0..<2).map { _ in try ServerRun(seed: 77, epochCount: 1).run() }
        #expect(reports[0] == reports[1])
        #expect(try ServerRun(seed: 78, epochCount: 1).run().trace != reports[0].trace)
    }
}
