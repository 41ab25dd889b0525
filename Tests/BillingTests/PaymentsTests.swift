import Fields
import JSON
import Runtime
import Storage
import Testing

@testable import Billing

@Suite struct PaymentsTests {
    private let world: LedgerWorld

    init() throws {
        world = try LedgerWorld()
    }

    private func issues(_ change: @Sendable @escaping (inout PaymentInput) -> Void) throws -> [String] {
        do {
            _ = try world.createPayment(change)
            return []
        } catch let refusal as Refusal {
            #expect(refusal.code == .validationFailed)
            return refusal.issues.map { "\($0.field) \($0.code)" }
        }
    }

    @Test func `a payment is created with its customer, pending for a day`() throws {
        let payment = try world.createPayment()
        #expect(payment.status == .pending && payment.amount == Money(9_999, .usd))
        #expect(payment.expiresAt == payment.createdAt.adding(seconds: 86_400) && payment.dueAt == payment.expiresAt)
        #expect(payment.token.bytes.count == 16)
        #expect(
            payment.hostedURL == "https://pay.example/checkout/"
                + payment.token.bytes.map { byte in
                    let text = String(byte, radix: 16)
                    return text.count == 1 ? "0" + text : text
                }.joined())
        #expect(payment.customerSummary.email == "ada@example.com" && payment.customerSummary.name == "Ada")
        let kept = try world.read { $0.get(Payment.self, Key(payment.hash)) }
        #expect(kept?.hash == payment.hash && kept?.customer == payment.customerSummary.id)
        #expect(try world.findings() == [])
    }

    @Test func `the same e-mail is the same customer, whatever its case`() throws {
        let first = try world.createPayment()
        let second = try world.createPayment { $0.customerEmail = "ADA@Example.com" }
        #expect(first.customer == second.customer && first.hash != second.hash && first.token != second.token)
        #expect(second.customerSummary.email == "ada@example.com")
    }

    @Test func `every issue of a request is told at once`() throws {
        #expect(
            try issues {
                $0.amount = DecimalAmount(decimal: JSONDecimal("1.999"))
                $0.gateways = ["nope", "sandbox_alpha", "sandbox_alpha"]
                $0.customerEmail = nil
            } == [
                "amount too_precise", "gateways[0] unknown_value", "gateways[2] duplicate", "customer_email required",
            ])
        #expect(
            try issues { $0.customerID = CustomerID(value: 5) } == [
                "customer_id not_found", "customer_email conflict",
            ])
        #expect(try issues { $0.amount = DecimalAmount(decimal: JSONDecimal("0")) } == ["amount out_of_range"])
        #expect(try world.events().isEmpty)
    }

    @Test func `a currency that no gateway takes is an issue`() throws {
        let (ledger, id) = (world.ledger, world.application.id)
        try world.transact { transaction in
            for gateway in ["sandbox_alpha", "sandbox_beta"] {
                var change = GatewayChange()
                change.currencies = ["EUR"]
                _ = try GatewaySettings(ledger).update(gateway, application: id, change, by: .system, in: transaction)
            }
        }
        #expect(try issues { _ in } == ["currency no_gateway"])
        #expect(try issues { $0.currency = Currency("EUR") ?? .none } == [])
    }

    @Test func `a request narrows the gateways and gives their order`() throws {
        let payment = try world.createPayment { $0.gateways = ["sandbox_beta"] }
        let all = try world.read { Payments.gateways(of: world.application.id, in: $0) }
        #expect(all.map(\.gateway) == ["sandbox_alpha", "sandbox_beta"])
        let route = Payments.route(all, allowed: payment.allowedGateways, amount: payment.amount)
        #expect(route.map(\.gateway) == ["sandbox_beta"])
        let both = Payments.route(all, allowed: ["sandbox_beta", "sandbox_alpha"], amount: payment.amount)
        #expect(both.map(\.gateway) == ["sandbox_beta", "sandbox_alpha"])
    }

    @Test func `a live application sends buyers to https only, save loopback`() throws {
        let ledger = world.ledger
        let live = try world.transact { transaction -> Application in
            let application = try Applications(ledger).create(
                name: "Live", mode: .live, by: .system, in: transaction
            ).application
            var gateway = NewGateway(
                gateway: "stripe", adapter: "stripe", displayName: "Card", order: 1, methods: ["card"])
            gateway.credentials = GatewayCredentials()
            gateway.credentials?.secretKey = "sk_live_1"
            try GatewaySettings(ledger).add(gateway, application: application.id, by: .system, in: transaction)
            return application
        }
        func issues(_ url: String) throws -> [String] {
            do {
                try world.transact { transaction in
                    var input = PaymentInput.sample
                    input.returnURL = url
                    _ = try Payments(ledger).create(input, application: live, by: .system, in: transaction)
                }
                return []
            } catch let refusal as Refusal {
                return refusal.issues.map { "\($0.field) \($0.code)" }
            }
        }
        #expect(try issues("http://shop.example/r") == ["return_url invalid_format"])
        #expect(try issues("http://localhost.evil.example/") == ["return_url invalid_format"])
        for url in ["https://shop.example/r", "http://localhost:3000/r", "http://127.0.0.1/r", "http://127.0.0.1"] {
            #expect(try issues(url) == [])
        }
    }

    @Test func `another application's payment and customer are not found`() throws {
        let ledger = world.ledger
        let other = try world.transact {
            try Applications(ledger).create(name: "Other", mode: .test, by: .system, in: $0).application
        }
        let payment = try world.createPayment()
        let error = #expect(throws: Refusal.self) {
            try world.read { try Payments(ledger).find(payment.hash, application: other.id, in: $0) }
        }
        #expect(error?.code == .notFound)
        #expect(throws: Refusal.self) {
            try world.transact { transaction in
                var input = PaymentInput.sample
                input.customerEmail = nil
                input.customerID = payment.customerSummary.id
                return try Payments(ledger).create(input, application: other, by: .system, in: transaction)
            }
        }
        #expect(
            try world.read { try Payments(ledger).find(payment.hash, application: world.application.id, in: $0) }.hash
                == payment.hash)
    }
}
