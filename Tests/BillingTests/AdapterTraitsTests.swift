import Storage
import Testing

@testable import Billing

@Suite struct AdapterTraitsTests {
    @Test(arguments: [
        ("https://api.stripe.com", Mode.live, true), ("https://api.stripe.com/v2", .live, true),
        ("https://evil.example", .live, false), ("http://127.0.0.1:9000", .live, false),
        ("https://api.stripe.com@evil.example", .live, false), ("https://api.stripe.com.evil.example", .live, false),
        ("http://127.0.0.1:9000", .test, true), ("http://localhost:9000/prefix", .test, true),
        ("http://[::1]:9000", .test, true), ("http://peer.example", .test, false),
        ("https://peer.example", .test, true), ("http://127.example.com", .test, false),
        ("ftp://api.stripe.com", .test, false), ("", .test, false), ("https://", .test, false),
    ])
    func `a live application calls the vendor alone, a test one also peers`(
        url: String, mode: Mode, isAllowed: Bool
    ) throws {
        let stripe = try #require(AdapterTraits.named("stripe"))
        #expect(((try? stripe.check(baseURL: url, mode: mode)) != nil) == isAllowed)
    }

    @Test func `a live application does not call the vendor's own test host`() throws {
        let paypal = try #require(AdapterTraits.named("paypal"))
        #expect(throws: Refusal.self) { try paypal.check(baseURL: paypal.testURL, mode: .live) }
        try paypal.check(baseURL: paypal.liveURL, mode: .live)
        try paypal.check(baseURL: paypal.testURL, mode: .test)
    }

    @Test(arguments: [
        ("USD:0.50-9999", 50, 999_900), ("USD:-10", 0, 1000), ("JPY:100-", 100, 0), ("KWD:0.001-1", 1, 1000),
    ])
    func `limits are read in major units`(text: String, least: Int64, most: Int64) throws {
        let limit = try AmountLimit(text)
        #expect(limit.least == least && limit.most == most)
        #expect(try AmountLimit(limit.text) == limit)
    }

    @Test(arguments: [
        "", "USD", "USD:", "USD:-", "XXY:1-2", "USD:2-1", "USD:1.234-", "USD:a-b", "USD:1-2-3", "JPY:0.5-",
    ])
    func `what is no limit is refused`(text: String) {
        #expect(throws: Refusal.self) { try AmountLimit(text) }
    }

    @Test func `a gateway with a least amount saves methods, for which nothing is taken`() throws {
        var gateway = GatewayConfiguration()
        gateway.limits = [try AmountLimit("USD:0.50-100")]
        #expect(gateway.accepts(.zero(.usd)) && gateway.accepts(Money(50, .usd)))
        #expect(!gateway.accepts(Money(49, .usd)) && !gateway.accepts(Money(10_001, .usd)))
        gateway.currencies = ["EUR"]
        #expect(!gateway.accepts(.zero(.usd)))
    }

    @Test func `a gateway without its credentials is refused, and with them they come back`() throws {
        let world = try LedgerWorld()
        let (ledger, id) = (world.ledger, world.application.id)
        var new = NewGateway(gateway: "stripe", adapter: "stripe", displayName: "Card", order: 3, methods: ["card"])
        let bare = new
        #expect(throws: Refusal.self) {
            try world.transact { try GatewaySettings(ledger).add(bare, application: id, by: .system, in: $0) }
        }
        var credentials = GatewayCredentials()
        credentials.secretKey = "sk_test_1"
        credentials.webhookSecret = "whsec_old"
        new.credentials = credentials
        new.limits = [try AmountLimit("USD:1-50")]
        let whole = new
        let gateway = try world.transact {
            try GatewaySettings(ledger).add(whole, application: id, by: .system, in: $0)
        }
        #expect(gateway.credentials(ledger.vault) == credentials)
        #expect(gateway.accepts(Money(5000, .usd)) && !gateway.accepts(Money(5001, .usd)))
        var change = GatewayChange()
        change.credentials = GatewayCredentials()
        change.credentials?.webhookSecret = "whsec_new"
        let wanted = change
        let changed = try world.transact {
            try GatewaySettings(ledger).update("stripe", application: id, wanted, by: .system, in: $0)
        }
        let after = try #require(changed.credentials(ledger.vault))
        #expect(after.secretKey == "sk_test_1" && after.webhookSecret == "whsec_new")
        #expect(after.previousWebhookSecret == "whsec_old")
    }

    @Test func `gateways named first are tried first`() throws {
        let world = try LedgerWorld()
        let (ledger, id) = (world.ledger, world.application.id)
        let ordered = try world.transact {
            try GatewaySettings(ledger).order(["sandbox_beta"], application: id, by: .system, in: $0)
        }
        #expect(ordered.map(\.gateway) == ["sandbox_beta", "sandbox_alpha"])
        #expect(try world.read { Payments.gateways(of: id, in: $0).map(\.gateway) } == ordered.map(\.gateway))
        #expect(throws: Refusal.self) {
            try world.transact {
                try GatewaySettings(ledger).order(
                    ["sandbox_beta", "sandbox_beta"], application: id, by: .system, in: $0)
            }
        }
    }
}
