import Scenarios
import Testing

/// A few months of billing, with crashes; `simulate billing` lives through years.
@Suite struct BillingRunTests {
    @Test(arguments: 1...2 as ClosedRange<UInt64>)
    func `after every leap of time the books are right, and every event was delivered`(seed: UInt64) throws {
        let report = try BillingRun(seed: seed, days: 100, epochCount: 2).run()
        #expect(report.findings == [], "seed \(seed)")
        #expect(report.invoiceCount > 4 && report.leapCount > 0 && report.dueItemCount > 0)
    }

    @Test func `the same seed is the same life`() throws {
        let reports = try (0..<2).map { _ in try BillingRun(seed: 77, days: 20, epochCount: 1).run() }
        #expect(reports[0] == reports[1])
    }
}
