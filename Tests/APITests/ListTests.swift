import Billing
import Fields
import HTTP
import JSON
import Runtime
import Simulation
import Storage
import Testing

@testable import API

@Suite struct ListTests {
    /// The hashes of all pages, following the cursors.
    static func walk(_ shop: Shop, _ target: String) async -> [String] {
        var hashes: [String] = []
        var cursor = ""
        for _ in 0..<200 {
            let answer = await shop.send(.get, target + cursor)
            hashes += answer["payments"]?.items.map { $0["hash"]?.text ?? "" } ?? []
            guard answer["pagination", "has_more"] == .bool(true), let next = answer["pagination", "next_cursor"]?.text
            else { break }
            cursor = "&cursor=" + next
        }
        return hashes
    }

    @Test func `1,000 payments are walked page by page in both orders, each once`() throws {
        try World(seed: 30).run { doors in
            let shop = try await Shop(doors)
            let ledger = shop.services.ledger
            let application = shop.application
            var made: [String] = []
            for batch in 0..<100 {
                made += try await shop.store.transact { transaction in
                    try (0..<10).map { number in
                        var input = PaymentInput()
                        var issues = InputIssues()
                        let amount = JSONValue.number(JSONNumber(Int64(number + 1)))
                        input.amount = try #require(DecimalAmount.read(amount, &issues, .any))
                        input.currency = .usd
                        input.description = "Order \(batch)"
                        input.customerEmail = "c\(number)@example.com"
                        return try Payments(ledger).create(
                            input, application: application, by: .system, in: transaction
                        ).hash.description
                    }
                }
            }
            made.sort()
            #expect(await Self.walk(shop, "/payments?limit=100&sort=created_at") == made)
            #expect(await Self.walk(shop, "/payments?limit=33") == made.reversed())
            #expect(await Self.walk(shop, "/payments?limit=50&customer_email=c3@example.com").count == 100)
            #expect(await Self.walk(shop, "/payments?limit=50&status=pending&min_amount=9.5").count == 100)
            #expect(await Self.walk(shop, "/payments?limit=50&max_amount=2&currency=USD").count == 200)
            #expect(await Self.walk(shop, "/payments?limit=50&customer_email=nobody@example.com").isEmpty)
            let total = await shop.send(.get, "/payments?limit=1&include_total=true")
            #expect(total["pagination", "total"]?.numberText == "1000")
            #expect(total["pagination", "total_capped"] == .bool(false))
            let events = await shop.send(.get, "/events?limit=2&type=payment.pending&sort=created_at")
            #expect(events["events"]?.items.count == 2)
            #expect(events["events"]?.items.first?["data"]?["hash"]?.text?.isEmpty == false)
        }
    }

    @Test func `a cursor of another list is refused`() throws {
        try World(seed: 31).run { doors in
            let shop = try await Shop(doors)
            for _ in 0..<3 { _ = await shop.send(.post, "/payments", Shop.order) }
            let page = await shop.send(.get, "/payments?limit=1")
            let cursor = try #require(page["pagination", "next_cursor"]?.text)
            for target in [
                "/payments?limit=1&sort=created_at&cursor=" + cursor, "/payments?status=pending&cursor=" + cursor,
                "/customers?cursor=" + cursor + "AA", "/payments?cursor=%2B", "/payments?cursor=AQ",
            ] {
                #expect(await shop.send(.get, target).code == "invalid_parameter", "\(target)")
            }
        }
    }

    @Test func `nothing of another application can be seen or changed`() throws {
        try World(seed: 32).run { doors in
            let shop = try await Shop(doors)
            let vault = shop.services.ledger.vault
            try await Shop.makeApplication(shop.store, vault, key: "pk_other", secret: "other", seed: 9)
            let hash = try await shop.paidPayment()
            let payment = await shop.send(.get, "/payments/\(hash)")
            let customer = try #require(payment["payment", "customer", "id"]?.text)
            let events = await shop.send(.get, "/events")
            let event = try #require(events["events"]?.items.first?["id"]?.text)
            func other(_ method: Method, _ target: String, _ body: String? = nil) async -> Answer {
                await shop.send(shop.request(method, "/api/v1" + target, body, key: "pk_other", secret: "other"))
            }
            for (method, target) in [
                (.get, "/payments/\(hash)"), (.get, "/payments/\(hash)/refunds"), (.post, "/payments/\(hash)/refunds"),
                (.post, "/payments/\(hash)/cancel"), (.post, "/payments/\(hash)/sync"),
                (.get, "/customers/\(customer)"),
                (.patch, "/customers/\(customer)"), (.delete, "/customers/\(customer)"),
                (.get, "/customers/\(customer)/payment-methods"), (.post, "/customers/\(customer)/portal-session"),
                (.get, "/events/\(event)"),
            ] as [(Method, String)] {
                let answer = await other(method, target, method == .get ? nil : "{}")
                #expect(answer.status == 404, "\(target)")
                #expect(answer.code == "not_found")
            }
            for target in [
                "/payments", "/payments?customer_id=\(customer)", "/payments?customer_email=ada@example.com",
                "/customers", "/events",
            ] {
                let answer = await other(.get, target)
                #expect(answer.status == 200)
                let list = answer["payments"] ?? answer["customers"] ?? answer["events"]
                #expect(list?.items.isEmpty == true, "\(target)")
            }
        }
    }

    @Test func `a customer is made, found, changed and forgotten`() throws {
        try World(seed: 33).run { doors in
            let shop = try await Shop(doors)
            let made = await shop.send(.post, "/customers", #"{"email":"Grace@Example.com","name":"Grace Hopper"}"#)
            #expect(made.status == 201)
            let id = try #require(made["customer", "id"]?.text)
            #expect(await shop.send(.post, "/customers", #"{"email":"grace@example.com"}"#).code == "already_exists")
            for target in ["/customers?email=GRACE@example.com", "/customers?search=hop", "/customers"] {
                #expect(await shop.send(.get, target)["customers"]?.items.count == 1, "\(target)")
            }
            #expect(await shop.send(.get, "/customers?search=ada")["customers"]?.items.isEmpty == true)
            let changed = await shop.send(.patch, "/customers/" + id, #"{"name":null,"address":{"country":"PT"}}"#)
            #expect(changed["customer", "name"] == .null)
            #expect(changed["customer", "address", "country"]?.text == "PT")
            let session = await shop.send(.post, "/customers/\(id)/portal-session", "{}")
            #expect(session.status == 201)
            #expect(session["portal_session", "url"]?.text?.hasPrefix("https://pay.example/portal/") == true)
            let gone = await shop.send(.delete, "/customers/" + id, "{}")
            #expect(gone.status == 200)
            #expect(gone["customer", "email"] == .null)
            #expect(await shop.send(.get, "/customers/" + id).code == "not_found")
        }
    }

    @Test func `the gateways are listed with their health`() throws {
        try World(seed: 34).run { doors in
            let shop = try await Shop(doors)
            let answer = await shop.send(.get, "/gateways")
            let gateway = try #require(answer["gateways"]?.items.first)
            #expect(gateway["gateway"]?.text == "sandbox_alpha")
            #expect(gateway["health"]?.text == "healthy")
            #expect(gateway["methods"]?.items == [.string("card")])
        }
    }
}
