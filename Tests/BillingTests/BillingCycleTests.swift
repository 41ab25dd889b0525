import Billing
import Runtime
import Testing

@Suite struct BillingCycleTests {
    private func time(_ text: String) throws -> Timestamp { try #require(Timestamp(text)) }

    @Test(arguments: [
        ("2025-01-31", BillingCycle.monthly, 1, "2025-02-28"), ("2025-01-31", .monthly, 2, "2025-03-31"),
        ("2025-01-31", .monthly, 3, "2025-04-30"), ("2024-01-31", .monthly, 1, "2024-02-29"),
        ("2024-02-29", .yearly, 1, "2025-02-28"), ("2024-02-29", .yearly, 4, "2028-02-29"),
        ("2025-08-31", .semiannual, 1, "2026-02-28"), ("2025-11-30", .quarterly, 1, "2026-02-28"),
        ("2025-12-31", .daily, 1, "2026-01-01"), ("2025-12-29", .weekly, 1, "2026-01-05"),
        ("2025-03-31", .monthly, -1, "2025-02-28"), ("2025-01-01", .monthly, 0, "2025-01-01"),
    ])
    func `periods are counted from the anchor, in days of the month`(
        anchor: String, cycle: BillingCycle, index: Int64, expected: String
    ) throws {
        #expect(cycle.boundary(index, from: try time(anchor)) == (try time(expected)))
    }

    @Test func `the time of day of the anchor stays`() throws {
        let anchor = try time("2025-01-31T23:59:59Z")
        #expect(BillingCycle.monthly.boundary(1, from: anchor) == (try time("2025-02-28T23:59:59Z")))
    }

    @Test(arguments: BillingCycle.allCases)
    func `each moment lies in exactly one period`(cycle: BillingCycle) throws {
        var state: UInt64 = 7
        for _ in 0..<400 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let anchor = Timestamp(seconds: 1_600_000_000 + Int64(state >> 40))
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let moment = Timestamp(seconds: 1_500_000_000 + Int64(state >> 35))
            let index = try #require(cycle.index(at: moment, from: anchor))
            let begin = try #require(cycle.boundary(index, from: anchor))
            let end = try #require(cycle.boundary(index + 1, from: anchor))
            #expect(begin <= moment && moment < end && begin < end)
        }
    }

    @Test func `outside the calendar there is no period`() throws {
        let anchor = try time("9999-12-01")
        #expect(BillingCycle.monthly.boundary(1, from: anchor) == nil)
        #expect(BillingCycle.yearly.boundary(Int64.max, from: anchor) == nil)
        #expect(BillingCycle.daily.boundary(Int64.min, from: anchor) == nil)
    }
}
