import Billing
import HTTP
import JSON
import Runtime
import Simulation
import Testing

@testable import API

@Suite struct AnalyticsEndpointTests {
    @Test func `the overview tells recurring revenue by currency`() throws {
        try World(seed: 110).run { doors in
            let world = try await BillingShop(doors)
            try await world.plan("plan_yen", "5000", currency: Currency("JPY") ?? .usd)
            _ = try await world.subscribe()
            _ = try await world.subscribe("bea@example.com") { $0.quantity = 3 }
            _ = try await world.subscribe("cyd@example.com", plan: "plan_yen")
            let answer = await world.shop.send(.get, "/subscription-analytics/overview")
            #expect(answer.status == 200 && answer["analytics", "as_of"]?.text == "2025-01-01T00:00:00Z")
            let currencies = answer["analytics", "currencies"]?.items ?? []
            #expect(currencies.map { $0["currency"]?.text } == ["JPY", "USD"])
            #expect(currencies.map { $0["mrr"]?.numberText } == ["5000", "120.00"])
            #expect(currencies.map { $0["arr"]?.numberText } == ["60000", "1440.00"])
            #expect(currencies.last?["active"]?.numberText == "2" && currencies.last?["arpu"]?.numberText == "60.00")
        }
    }

    @Test func `a timeseries leads from its start to its end to the cent`() throws {
        try World(seed: 111).run { doors in
            let world = try await BillingShop(doors)
            _ = try await world.subscribe()
            try await world.advance(to: "2025-02-10T00:00:00Z")
            _ = try await world.subscribe("bea@example.com") { $0.quantity = 2 }
            try await world.advance(to: "2025-03-05T00:00:00Z")
            let answer = await world.shop.send(
                .get, "/subscription-analytics/timeseries?metric=mrr&interval=month&from=2025-01-01T00:00:00Z")
            #expect(answer.status == 200)
            #expect(answer["analytics", "to"]?.text == "2025-03-05T00:00:00Z")
            let points = answer["analytics", "currencies"]?.items.first?["points"]?.items ?? []
            #expect(points.map { $0["value"]?.numberText } == ["30.00", "90.00", "90.00"])
            #expect(points.map { $0["movements"]?["new"]?.numberText } == ["30.00", "60.00", "0.00"])
            let usual = await world.shop.send(.get, "/subscription-analytics/timeseries?metric=revenue")
            #expect(usual["analytics", "from"]?.text == "2024-04-01T00:00:00Z")
            let revenue = usual["analytics", "currencies"]?.items.first?["points"]?.items ?? []
            #expect(revenue.suffix(3).map { $0["value"]?.numberText } == ["30.00", "90.00", "30.00"])
            #expect(revenue.count == 12)
        }
    }

    @Test(arguments: [
        ("", "metric:required"), ("metric=profit", "metric:unknown_value"),
        ("metric=mrr&interval=hour", "interval:unknown_value"),
        ("metric=mrr&from=2025-02-01T00:00:00Z&to=2025-01-01T00:00:00Z", "to:out_of_range"),
        ("metric=mrr&from=1980-01-01T00:00:00Z", "to:out_of_range"),
        ("metric=mrr&interval=day&from=2021-01-01T00:00:00Z", "interval:out_of_range"),
        ("metric=mrr&by=plan", "by:unknown_field"),
    ])
    func `what cannot be told is named`(_ query: String, _ issue: String) throws {
        try World(seed: 112).run { doors in
            let shop = try await Shop(doors)
            let answer = await shop.send(.get, "/subscription-analytics/timeseries?" + query)
            #expect(answer.status == 400 && answer.issues == [issue])
        }
    }
}
