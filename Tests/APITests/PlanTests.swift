import Billing
import HTTP
import JSON
import Runtime
import Simulation
import Testing

@testable import API

@Suite struct PlanTests {
    private static let premium = """
        {"id":"plan_premium_monthly","name":"Premium Monthly","price":29.99,"currency":"USD","billing_cycle":"monthly",\
        "features":["Everything"],"metadata":{"tier":"gold"}}
        """

    @Test func `a plan is made, changed and archived`() throws {
        try World.newYear(seed: 50).run { doors in
            let shop = try await Shop(doors)
            let made = await shop.send(.post, "/subscription-plans", Self.premium)
            #expect(made.status == 201)
            let expected = """
                {"success":true,"plan":{"id":"plan_premium_monthly","name":"Premium Monthly","description":null,\
                "price":29.99,"currency":"USD","billing_cycle":"monthly","trial_days":0,"setup_fee":null,\
                "features":["Everything"],"status":"active","metadata":{"tier":"gold"},\
                "created_at":"2025-01-01T12:00:00Z"}}
                """
            #expect(String(decoding: made.body, as: UTF8.self) == expected)
            let path = "/subscription-plans/plan_premium_monthly"
            #expect(await shop.send(.get, path).body == made.body)
            let changed = await shop.send(
                .patch, path, #"{"price":"39.99","trial_days":7,"setup_fee":5,"features":[],"description":"All"}"#)
            #expect(changed.status == 200)
            #expect(changed["plan", "price"]?.numberText == "39.99")
            #expect(changed["plan", "setup_fee"]?.numberText == "5.00")
            let archived = await shop.send(.delete, path, "{}")
            #expect(archived.status == 200)
            #expect(archived["plan", "status"]?.text == "archived")
            let again = await shop.send(.delete, path, "{}")
            #expect(again.code == "invalid_state")
            #expect(again["error", "message"]?.text?.contains("archived") == true)
            // An archived plan can still be read, and keeps its id.
            #expect(await shop.send(.get, path)["plan", "status"]?.text == "archived")
            #expect(await shop.send(.post, "/subscription-plans", Self.premium).code == "already_exists")
            let refused = await shop.send(
                .post, "/subscriptions", #"{"customer_email":"a@example.com","plan_id":"plan_premium_monthly"}"#)
            #expect(refused.issues == ["plan_id:archived"])
        }
    }

    @Test func `all errors of a plan come at once`() throws {
        try World.newYear(seed: 51).run { doors in
            let shop = try await Shop(doors)
            let empty = await shop.send(.post, "/subscription-plans", #"{"colour":"red"}"#)
            #expect(empty.status == 422)
            #expect(
                empty.issues == [
                    "name:required", "price:required", "currency:required", "billing_cycle:required",
                    "colour:unknown_field",
                ])
            let wrong = await shop.send(
                .post, "/subscription-plans",
                #"{"name":"x","price":9.999,"currency":"USD","billing_cycle":"monthly","setup_fee":"0.001"}"#)
            #expect(Set(wrong.issues.map { $0.prefix { $0 != ":" } }) == ["price", "setup_fee"])
            #expect(await shop.send(.get, "/subscription-plans/plan_none").code == "not_found")
            #expect(await shop.send(.patch, "/subscription-plans/plan_none", "{}").code == "not_found")
            #expect(await shop.send(.delete, "/subscription-plans/plan_none", "{}").code == "not_found")
            #expect(await shop.send(.delete, "/subscription-plans/plan_none").code == "body_required")
            let long = String(repeating: "p", count: 300)
            #expect(await shop.send(.get, "/subscription-plans/" + long).code == "not_found")
        }
    }

    @Test func `what a subscription was sold at stays`() throws {
        try World.newYear(seed: 52).run { doors in
            let shop = try await Shop(doors)
            await shop.makePlans()
            let sold = try await shop.subscribe()
            #expect(sold.status == 201)
            let path = "/subscription-plans/plan_premium_monthly"
            let fixed = await shop.send(.patch, path, #"{"price":1,"billing_cycle":"yearly"}"#)
            #expect(fixed.issues == ["price:fixed", "billing_cycle:fixed"])
            #expect(await shop.send(.patch, path, #"{"name":"Better"}"#).status == 200)
            #expect(await shop.send(.get, try shop.path(sold))["subscription", "plan", "name"]?.text != "Better")
        }
    }

    @Test func `plans are listed by status, page by page, each application its own`() throws {
        try World.newYear(seed: 53).run { doors in
            let shop = try await Shop(doors)
            await shop.makePlans()
            _ = await shop.send(.delete, "/subscription-plans/plan_business_monthly", "{}")
            func ids(_ query: String) async -> [String] {
                await shop.send(.get, "/subscription-plans" + query)["plans"]?.items.map { $0["id"]?.text ?? "" } ?? []
            }
            #expect(
                await ids("?sort=created_at") == [
                    "plan_premium_monthly", "plan_business_monthly", "plan_premium_yearly",
                ])
            #expect(await ids("?status=active") == ["plan_premium_yearly", "plan_premium_monthly"])
            #expect(await ids("?status=archived") == ["plan_business_monthly"])
            let first = await shop.send(.get, "/subscription-plans?limit=2&include_total=true")
            #expect(first["pagination", "total"]?.numberText == "3")
            let cursor = try #require(first["pagination", "next_cursor"]?.text)
            #expect(await ids("?limit=2&cursor=" + cursor) == ["plan_premium_monthly"])
            #expect(await shop.send(.get, "/subscription-plans?currency=USD").code == "invalid_parameter")
            let stranger = try await shop.makeStranger()
            #expect(await stranger(.get, "/subscription-plans", nil)["plans"]?.items.isEmpty == true)
            let path = "/subscription-plans/plan_premium_monthly"
            #expect(await stranger(.get, path, nil).code == "not_found")
            #expect(await stranger(.patch, path, "{}").code == "not_found")
            #expect(await stranger(.delete, path, "{}").code == "not_found")
            // Ids are taken for each application alone.
            #expect(await stranger(.post, "/subscription-plans", Self.premium).status == 201)
        }
    }
}
