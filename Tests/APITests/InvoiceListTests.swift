import Billing
import HTTP
import JSON
import Runtime
import Simulation
import Storage
import Testing

@testable import API

@Suite struct InvoiceListTests {
    /// Three subscriptions that are charged or sent invoices, through three months: one pays nothing.
    private static func history(_ doors: Doors) async throws -> (BillingShop, [SubscriptionID]) {
        let world = try await BillingShop(doors)
        try await world.plan("plan_euro", "20.00", currency: Currency("EUR") ?? .usd)
        let subscriptions = [
            try await world.subscribe("ada@example.com"),
            try await world.subscribeBySending("bea@example.com"),
            try await world.subscribe("cyd@example.com", plan: "plan_euro"),
        ]
        try await world.advance(to: "2025-03-10T00:00:00Z")
        let open = await world.invoices(of: subscriptions[1])
        for (path, invoice) in [("/void", open[0]), ("/uncollectible", open[1])] {
            let answer = await world.shop.send(
                .post, "/subscription-invoices/" + (invoice["id"]?.text ?? "") + path, "{}")
            #expect(answer.status == 200)
        }
        return (world, subscriptions)
    }

    @Test func `each filter finds what it names, page by page`() throws {
        try World(seed: 90).run { doors in
            let (world, subscriptions) = try await Self.history(doors)
            let all = await world.all("/subscription-invoices")
            #expect(all.count == 9 && Set(all.map { $0["id"]?.text }).count == 9)
            func found(_ query: String) async -> [String?] {
                await world.all("/subscription-invoices?" + query).map { $0["id"]?.text }
            }
            func expected(_ isWanted: (JSONValue) -> Bool) -> [String?] { all.filter(isWanted).map { $0["id"]?.text } }
            for status in ["draft", "open", "paid", "void", "uncollectible"] {
                #expect(await found("status=\(status)") == expected { $0["status"]?.text == status }, "\(status)")
            }
            let sent = await world.invoices(of: subscriptions[1])
            let customer = sent.first?["customer"]?["id"]?.text ?? ""
            #expect(await found("customer_id=\(customer)").count == 3)
            #expect(await found("customer_id=\(customer)&status=void").count == 1)
            #expect(await found("subscription_id=\(subscriptions[1])&customer_id=\(customer)").count == 3)
            #expect(await found("subscription_id=\(subscriptions[0])&customer_id=\(customer)").isEmpty)
            #expect(await found("overdue=true") == expected { $0["overdue"] == .bool(true) })
            #expect(await found("overdue=false") == expected { $0["overdue"] == .bool(false) })
            let due = expected { ($0["due_date"]?.text ?? "~") <= "2025-02-15T00:00:00Z" }
            #expect(due.count == 1)
            #expect(await found("due_to=2025-02-15T00:00:00Z") == due)
            let later = expected { ($0["due_date"]?.text ?? "") > "2025-02-15T00:00:00Z" }
            #expect(later.count == 2)
            #expect(await found("due_from=2025-02-15T00:00:01Z") == later)
            let total = await world.shop.send(.get, "/subscription-invoices?limit=1&include_total=true&status=paid")
            #expect(total["pagination", "total"]?.numberText == "6")
        }
    }

    @Test func `an invoice is overdue from its due date until it is paid`() throws {
        try World(seed: 91).run { doors in
            let world = try await BillingShop(doors)
            let id = try await world.subscribeBySending()
            #expect(await world.all("/subscription-invoices?overdue=true").isEmpty)
            try await world.advance(to: "2025-01-31T12:00:00Z")
            let late = await world.all("/subscription-invoices?overdue=true")
            #expect(late.count == 1)
            let figures = await world.shop.send(.get, "/subscription-invoices/stats/overview")
            #expect(figures["stats", "currencies"]?.items.first?["overdue_count"]?.numberText == "1")
            let paid = await world.shop.send(.post, await world.firstInvoice(of: id) + "/payment", "{}")
            #expect(paid["invoice", "overdue"] == .bool(false))
            #expect(await world.all("/subscription-invoices?overdue=true").isEmpty)
        }
    }

    @Test func `the figures agree with the lists`() throws {
        try World(seed: 92).run { doors in
            let (world, _) = try await Self.history(doors)
            let all = await world.all("/subscription-invoices")
            let stats = await world.shop.send(.get, "/subscription-invoices/stats/overview")
            #expect(stats.status == 200)
            let currencies = stats["stats", "currencies"]?.items ?? []
            #expect(currencies.map { $0["currency"]?.text } == ["EUR", "USD"])
            for figures in currencies {
                for status in ["open", "paid", "void", "uncollectible"] {
                    let group = all.filter {
                        $0["currency"] == figures["currency"] && $0["status"]?.text == status
                    }
                    #expect(figures[status]?["count"]?.numberText == "\(group.count)")
                    for name in ["total", "amount_due", "amount_paid"] {
                        let cents = group.reduce(0) { $0 + Self.cents($1[name]) }
                        #expect(Self.cents(figures[status]?[name]) == cents, "\(status) \(name)")
                    }
                }
            }
            let range = "?from=2025-02-01T00:00:00Z&to=2025-03-01T00:00:00Z"
            let month = await world.shop.send(.get, "/subscription-invoices/stats/overview" + range)
            let paid = month["stats", "currencies"]?.items.last?["paid"]?["count"]?.numberText
            #expect(paid == "1" && month["stats", "from"]?.text == "2025-02-01T00:00:00Z")
            let wrong = await world.shop.send(
                .get, "/subscription-invoices/stats/overview?from=2025-02-01T00:00:00Z&to=2025-01-01T00:00:00Z")
            #expect(wrong.status == 400 && wrong.issues == ["to:out_of_range"])
            let unread = await world.shop.send(.get, "/subscription-invoices/stats/overview?from=yesterday")
            #expect(unread.status == 400 && unread.issues == ["from:invalid_format"])
        }
    }

    private static func cents(_ value: JSONValue?) -> Int {
        Int((value?.numberText ?? "").filter { $0 != "." }) ?? -1
    }

    @Test func `the document is a page of its own, with a name to keep it under`() throws {
        try World(seed: 93).run { doors in
            let world = try await BillingShop(doors)
            let invoice = await world.firstInvoice(of: try await world.subscribe())
            let page = await world.shop.send(.get, invoice + "/document")
            #expect(page.status == 200)
            #expect(page.header("Content-Type") == "text/html; charset=utf-8")
            #expect(page.header("Content-Disposition") == #"inline; filename="INV-2025-000001.html""#)
            #expect(page.headers.count { $0.name == "Content-Security-Policy" } == 1)
            #expect(page.header("Content-Security-Policy") == "default-src 'none'; style-src 'sha256-A'")
            #expect(String(decoding: page.body, as: UTF8.self) == "<!doctype html>INV-2025-000001")
            let nobody = "/subscription-invoices/inv_" + String(repeating: "0", count: 32) + "/document"
            let missing = await world.shop.send(.get, nobody)
            #expect(missing.status == 404 && missing.header("Content-Type") == "application/json")
        }
    }

    @Test func `nothing of another application is seen, billed or changed`() throws {
        try World(seed: 94).run { doors in
            let (world, subscriptions) = try await Self.history(doors)
            let shop = world.shop
            let invoice = await world.firstInvoice(of: subscriptions[1])
            let customer = await shop.send(.get, invoice)["invoice", "customer", "id"]?.text ?? ""
            let event = await world.all("/subscription-events", "events").first?["id"]?.text ?? ""
            try await Shop.makeApplication(shop.store, shop.services.ledger.vault, key: "pk_2", secret: "s2", seed: 2)
            func send(_ method: HTTP.Method, _ path: String, _ body: String? = nil) async -> Answer {
                await shop.send(shop.request(method, "/api/v1" + path, body, key: "pk_2", secret: "s2"))
            }
            for path in ["/payment", "/void", "/uncollectible", "/credit"] {
                #expect(await send(.post, invoice + path, "{}").status == 404, "\(path)")
            }
            let generate = "/subscription-invoices/\(subscriptions[0])/generate"
            #expect(await send(.post, generate, "{}").status == 404)
            for path in [
                invoice, invoice + "/document", "/subscription-invoices/upcoming/\(subscriptions[0])",
                "/subscription-events/\(event)",
            ] {
                #expect(await send(.get, path).status == 404, "\(path)")
            }
            for query in [
                "", "?status=open", "?overdue=true", "?subscription_id=\(subscriptions[0])", "?customer_id=\(customer)",
            ] {
                let list = await send(.get, "/subscription-invoices" + query)
                #expect(list.status == 200 && list["invoices"]?.items == [], "\(query)")
            }
            for query in ["", "?type=invoice.paid", "?subscription_id=\(subscriptions[0])"] {
                let list = await send(.get, "/subscription-events" + query)
                #expect(list.status == 200 && list["events"]?.items == [], "\(query)")
            }
            let stats = await send(.get, "/subscription-invoices/stats/overview")
            #expect(stats["stats", "currencies"]?.items == [])
            let analytics = await send(.get, "/subscription-analytics/overview")
            #expect(analytics["analytics", "currencies"]?.items == [])
        }
    }

    @Test(arguments: ["status=late", "overdue=maybe", "subscription_id=7", "customer_id=sub_1", "due_to=now", "due=1"])
    func `a filter that cannot be read is named`(_ query: String) throws {
        try World(seed: 95).run { doors in
            let shop = try await Shop(doors)
            let answer = await shop.send(.get, "/subscription-invoices?" + query)
            #expect(answer.status == 400 && answer.code == "invalid_parameter")
            #expect(answer.issues.first?.hasPrefix(query.prefix { $0 != "=" } + ":") == true)
        }
    }
}
