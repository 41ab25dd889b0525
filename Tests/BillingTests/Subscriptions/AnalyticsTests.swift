import Fields
import Runtime
import Simulation
import Storage
import Testing

@testable import Billing

@Suite struct AnalyticsTests {
    private func overview(_ world: BillingWorld) throws -> AnalyticsOverview {
        let now = world.world.world.clock.now()
        let all = try world.world.read {
            SubscriptionAnalytics(of: world.application.id).overview(now: now, in: $0)
        }
        return try #require(all.first)
    }

    private func months(_ world: BillingWorld, _ metric: AnalyticsMetric) throws -> [AnalyticsPoint] {
        let from = try BillingWorld.time("2025-01-01")
        let to = try BillingWorld.time("2025-04-01")
        let series = try world.world.read {
            try SubscriptionAnalytics(of: world.application.id).timeseries(
                metric, every: .month, from: from, to: to, in: $0)
        }
        return try #require(series.first).points
    }

    @Test(
        arguments: [
            (BillingCycle.monthly, 3000), (.yearly, 250), (.quarterly, 1000), (.semiannual, 500), (.weekly, 13_000),
            (.daily, 91_250),
        ] as [(BillingCycle, Int64)])
    func `each cycle counts as a month's share, rounded once for each subscription`(
        cycle: BillingCycle, units: Int64
    ) throws {
        let world = try BillingWorld()
        try world.plan("basic", "10", cycle)
        _ = try world.active("basic") { $0.quantity = 3 }
        #expect(try overview(world).recurring == .amount(units, .usd))
        #expect(try world.world.findings() == [])
    }

    @Test func `trials, pauses and what has not begun add nothing`() throws {
        let world = try BillingWorld()
        try world.plan("basic", "10", trial: 14)
        let trial = try world.active("basic")
        _ = try world.create("basic")
        #expect(try overview(world).recurring == .amount(0, .usd) && overview(world).trialing == 1)
        try world.run(to: "2025-01-16")
        #expect(try overview(world).recurring == .amount(1000, .usd))
        try world.pause(trial.id)
        #expect(try overview(world).recurring == .amount(0, .usd) && overview(world).paused == 1)
        try world.resume(trial.id)
        #expect(try overview(world).recurring == .amount(1000, .usd))
        #expect(try overview(world).trialConversion == Figure(units: 10_000, digits: 4))
        #expect(try world.world.findings() == [])
    }

    @Test func `movements are classified at the change, and lead from start to end`() throws {
        let world = try BillingWorld()
        try world.plan("basic", "10")
        try world.plan("yearly", "120", .yearly)
        try world.plan("pro", "30")
        let one = try world.active("basic")
        let two = try world.active("basic")
        try world.run(to: "2025-02-10")
        // Another cycle at the same yearly value is no movement.
        let same = try world.change(one.id) { $0.plan = "yearly" }
        try world.pay(try #require(same.invoice).id)
        #expect(try overview(world).recurring == .amount(2000, .usd))
        let more = try world.change(two.id) { $0.plan = "pro" }
        try world.pay(try #require(more.invoice).id)
        try world.run(to: "2025-03-05")
        try world.change(two.id) { $0.plan = "basic" }
        try world.pause(two.id)
        try world.resume(two.id)
        try world.cancel(one.id) { $0.atPeriodEnd = false }
        let points = try months(world, .recurring).map(\.movements)
        let moved = points.map { movements -> [Int64] in
            guard let movements else { return [] }
            return [
                movements.start, movements.new, movements.reactivation, movements.expansion, movements.contraction,
                movements.churn, movements.end,
            ].map(\.units)
        }
        #expect(
            moved == [
                [0, 2000, 0, 0, 0, 0, 2000], [2000, 0, 0, 2000, 0, 0, 4000], [4000, 0, 1000, 0, 2000, 2000, 1000],
            ])
        #expect(try months(world, .churnRate).map { $0.value?.units } == [nil, 0, 5000])
        #expect(try months(world, .active).map { $0.value?.units } == [2, 2, 1])
        #expect(try world.world.findings() == [])
    }

    @Test func `revenue is what was received, on its day`() throws {
        let world = try BillingWorld()
        try world.plan("basic", "10")
        let subscription = try world.active("basic")
        try world.run(to: "2025-03-05")
        let first = try #require(try world.invoices(of: subscription.id).first)
        try world.credit(first.id) { $0.destination = .refund }
        #expect(try months(world, .revenue).map { $0.value?.units } == [1000, 1000, 1000])
        #expect(try months(world, .refunded).map { $0.value?.units } == [0, 0, 1000])
    }

    @Test func `a range that is empty or gives too many points is refused`() throws {
        let world = try BillingWorld()
        let analytics = SubscriptionAnalytics(of: world.application.id)
        let from = try BillingWorld.time("2025-01-01")
        let late = try BillingWorld.time("2031-01-01")
        #expect(
            refusal {
                _ = try world.world.read {
                    try analytics.timeseries(.recurring, every: .day, from: from, to: from, in: $0)
                }
            } == .validationFailed)
        #expect(
            refusal {
                _ = try world.world.read {
                    try analytics.timeseries(.recurring, every: .day, from: from, to: late, in: $0)
                }
            } == .validationFailed)
    }

    @Test func `statistics of invoices tell sums, ageing, days to pay and the rate of collection`() throws {
        let world = try BillingWorld(at: "2025-01-01T00:00:00Z")
        try world.plan("basic", "10")
        let created = try world.create("basic") { $0.collection = .sendInvoice }
        try world.advance(to: "2025-01-11")
        try world.pay(try #require(created.invoice).id, isScheduled: false)
        try world.advance(to: "2025-04-20")
        let now = world.world.world.clock.now()
        let statistics = InvoiceStatistics(of: world.application.id)
        let all = try world.world.read { try statistics.overview(from: nil, to: nil, now: now, in: $0) }
        let usd = try #require(all.first)
        #expect(all.count == 1 && usd.paid.count == 1 && usd.open.count == 3)
        #expect(usd.daysToPay == Figure(units: 1000, digits: 2))
        #expect(usd.collectionRate == Figure(units: 2500, digits: 4))
        // Due on 3 March, 31 March and 1 May.
        #expect(usd.upTo30.count == 1 && usd.upTo60.count == 1 && usd.overdueCount == 2)
        let march = try BillingWorld.time("2025-03-01")
        let april = try BillingWorld.time("2025-04-01")
        let part = try world.world.read { try statistics.overview(from: march, to: april, now: now, in: $0) }
        #expect(part.first?.open.count == 1 && part.first?.paid.count == 0)
        #expect(try world.world.findings() == [])
    }
}
