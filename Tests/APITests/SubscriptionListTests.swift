import Billing
import HTTP
import JSON
import Runtime
import Simulation
import Testing

@testable import API

@Suite struct SubscriptionListTests {
    /// The ids of all pages, following the cursors.
    private static func walk(_ shop: Shop, _ query: String) async -> [String] {
        var ids: [String] = []
        var cursor = ""
        for _ in 0..<50 {
            let answer = await shop.send(.get, "/subscriptions?" + query + cursor)
            #expect(answer.status == 200)
            ids += answer["subscriptions"]?.items.map { $0["id"]?.text ?? "" } ?? []
            guard answer["pagination", "has_more"] == .bool(true), let next = answer["pagination", "next_cursor"]?.text
            else { break }
            cursor = "&cursor=" + next
        }
        return ids
    }

    @Test func `each filter finds its subscriptions, page by page`() throws {
        try World.newYear(seed: 70).run { doors in
            let shop = try await Shop(doors)
            await shop.makePlans()
            var all: [String] = []
            for number in 0..<12 {
                let plan = number % 3 == 0 ? "plan_premium_yearly" : "plan_premium_monthly"
                let trial = number % 2 == 0 ? 14 : 0
                let made = await shop.send(
                    .post, "/subscriptions",
                    #"{"customer_email":"c\#(number % 4)@example.com","plan_id":"\#(plan)","trial_days":\#(trial)}"#)
                all.append(try #require(made["subscription", "id"]?.text))
                await shop.wait(days: 1)
            }
            func chosen(_ isChosen: (Int) -> Bool) -> [String] {
                all.enumerated().filter { isChosen($0.offset) }.map(\.element)
            }
            #expect(await Self.walk(shop, "limit=5&sort=created_at") == all)
            #expect(await Self.walk(shop, "limit=5") == all.reversed())
            #expect(await Self.walk(shop, "limit=2&sort=created_at&status=trialing") == chosen { $0 % 2 == 0 })
            let yearly = "plan_id=plan_premium_yearly"
            #expect(await Self.walk(shop, "limit=2&sort=created_at&" + yearly) == chosen { $0 % 3 == 0 })
            #expect(
                await Self.walk(shop, "limit=1&sort=created_at&status=incomplete&" + yearly)
                    == chosen { $0 % 3 == 0 && $0 % 2 == 1 })
            #expect(
                await Self.walk(shop, "limit=2&sort=created_at&customer_email=C1@example.com")
                    == chosen { $0 % 4 == 1 })
            let customers = await shop.send(.get, "/customers?email=c2@example.com")
            let customer = try #require(customers["customers"]?.items.first?["id"]?.text)
            #expect(
                await Self.walk(shop, "limit=1&sort=created_at&status=trialing&customer_id=" + customer)
                    == chosen { $0 % 4 == 2 })
            #expect(
                await Self.walk(shop, "customer_email=c1@example.com&customer_id=" + customer).isEmpty)
            #expect(await Self.walk(shop, "customer_email=nobody@example.com").isEmpty)
            #expect(await Self.walk(shop, "plan_id=plan_none").isEmpty)
            // Days are whole; the second a time names counts as a whole.
            #expect(
                await Self.walk(shop, "sort=created_at&created_from=2025-01-03&created_to=2025-01-05T12:00:01Z")
                    == chosen { (2...4).contains($0) })
            let total = await shop.send(.get, "/subscriptions?limit=1&status=trialing&include_total=true")
            #expect(total["pagination", "total"]?.numberText == "6")
        }
    }

    @Test func `parameters that are not known or not valid are refused together`() throws {
        try World.newYear(seed: 71).run { doors in
            let shop = try await Shop(doors)
            let answer = await shop.send(
                .get, "/subscriptions?status=asleep&customer_id=1&customer_email=x&created_from=now&colour=red&limit=0")
            #expect(answer.code == "invalid_parameter")
            #expect(
                Set(answer.issues.map { String($0.prefix { $0 != ":" }) }) == [
                    "status", "customer_id", "customer_email", "created_from", "colour", "limit",
                ])
            let cursor = await shop.send(.get, "/subscriptions?cursor=AAAA")
            #expect(cursor.issues == ["cursor:invalid_format"])
        }
    }

    @Test func `another application's subscriptions are not there`() throws {
        try World.newYear(seed: 72).run { doors in
            let shop = try await Shop(doors)
            await shop.makePlans()
            let made = try await shop.subscribe()
            let path = try shop.path(made)
            let customer = try #require(made["subscription", "customer", "id"]?.text)
            let stranger = try await shop.makeStranger()
            for target in [
                "", "?customer_id=" + customer, "?customer_email=ada@example.com", "?plan_id=plan_premium_monthly",
                "?status=active",
            ] {
                let answer = await stranger(.get, "/subscriptions" + target, nil)
                #expect(answer.status == 200)
                #expect(answer["subscriptions"]?.items.isEmpty == true, "\(target)")
            }
            for target in [path, path + "/invoices"] {
                #expect(await stranger(.get, target, nil).code == "not_found", "\(target)")
            }
            for (act, body) in [
                ("/cancel", "{}"), ("/change-plan", #"{"quantity":2}"#), ("/change-plan/preview", #"{"quantity":2}"#),
                ("/pause", "{}"), ("/resume", "{}"), ("/reactivate", "{}"), ("/activate", "{}"),
                ("/payment-method", "{}"),
            ] {
                #expect(await stranger(.post, path + act, body).code == "not_found", "\(act)")
            }
            #expect(await stranger(.patch, path, #"{"quantity":2}"#).code == "not_found")
            let foreign = await stranger(
                .post, "/subscriptions", #"{"customer_id":"\#(customer)","plan_id":"plan_premium_monthly"}"#)
            #expect(Set(foreign.issues) == ["plan_id:not_found", "customer_id:not_found"])
            #expect(await shop.send(.get, path)["subscription"] == made["subscription"])
        }
    }
}
