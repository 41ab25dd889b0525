import Billing
import Runtime
import Storage

/// Moving a test application's clock over renewals: each period is invoiced, charged at the sandbox and told of by
/// events.
struct AdvanceBenchmark: Sendable {
    let doors: Doors
    let directory: String
    let subscriptionCount: Int
    let dayCount: Int

    func run() async throws {
        let house = try await BillingHouse(doors, directory: directory)
        try await house.subscribe(count: subscriptionCount)
        // The first periods are charged before the time is taken.
        _ = try await advance(house, to: BillingHouse.start.adding(seconds: 60))
        let transactions = house.store.statistics.transactionCount
        let syncs = house.store.statistics.syncCount
        let began = doors.clock.instant()
        let result = try await advance(house, to: BillingHouse.start.adding(seconds: Int64(dayCount) * 86_400 + 60))
        let milliseconds = Int(doors.clock.instant().nanoseconds(since: began) / 1_000_000)
        let paid = try await house.store.read { snapshot in
            var count = 0
            snapshot.scanKeys(Invoice.byStatus, prefix: Key(house.application.id, InvoiceStatus.paid.rawValue)) {
                _, _ in
                count += 1
                return true
            }
            return count - subscriptionCount
        }
        let statistics = house.store.statistics
        await house.store.close()
        var figures = Figures("clock-advanced-over-renewals")
        figures.add("subscriptions", subscriptionCount)
        figures.add("periods_paid", paid)
        figures.add("periods_per_second", paid * 1000 / max(1, milliseconds))
        figures.add("milliseconds", milliseconds)
        figures.add(
            "transactions_per_period_hundredths",
            Int(statistics.transactionCount - transactions) * 100 / max(1, paid))
        figures.add("syncs", Int(statistics.syncCount - syncs))
        for (kind, count) in result { figures.add(kind, count) }
        figures.print()
    }

    private func advance(
        _ house: BillingHouse, to target: Timestamp
    ) async throws -> [(kind: StaticString, count: Int)] {
        let tally = AdvanceTally()
        while true {
            let result = try await house.clockwork.advance(
                house.application.id, to: target, deadline: doors.clock.instant().adding(seconds: 600), tally: tally)
            if result.isDone { return result.ran }
        }
    }
}
