import Billing
import Peers
import Testing

@testable import Gateways

/// Every request, against Stripe's own description of its API.
@Suite(.enabled(if: ReferenceFile.isThere(StripeSchema.fileName))) struct StripeSchemaTests {
    /// Makes every kind of call.
    private static func calls() throws -> [PeerCall] {
        try StripeFixture.run { fixture in
            let gateway = fixture.gateway
            let order = fixture.order(saves: true)
            let (paid, charge) = try await fixture.pay(order)
            _ = await gateway.status(paid, order, key: "k")
            let full = StripeFixture.order(
                2, Money(500, try .named("JPY")), account: fixture.account, email: "a@b.example", locale: "pt-BR")
            let open = try await fixture.open(full, key: "start-2")
            _ = await gateway.cancel(open, full)
            guard case .opened(let save, _) = await gateway.startSave(fixture.setup(3), key: "save") else {
                throw StripeFixture.Unexpected()
            }
            _ = fixture.peer.leave(on: save)
            let token = fixture.peer.savedMethod()
            let intent = try await fixture.prepare(token, order, key: "prepare")
            _ = await gateway.charge(token, order, prepared: intent, key: "c")
            _ = await gateway.status(intent, order, key: "c")
            let unused = try await fixture.prepare(token, order, key: "prepare-2")
            _ = await gateway.cancel(unused, order)
            guard case .succeeded(let refund) = await gateway.refund(charge, Money(5, .usd), order, key: "refund-1")
            else { throw StripeFixture.Unexpected() }
            _ = await gateway.refundStatus(charge, reference: refund, order, key: "refund-1")
            _ = await gateway.refunds(of: charge, order)
            _ = await gateway.refunds(of: "ch_1", order)
            _ = await gateway.readMethod(token, fixture.account)
            _ = await gateway.forget(token, fixture.account)
            for name in [intent, paid, "seti_1", "ch_1"] { _ = try? await gateway.owner(of: name, fixture.account) }
            _ = await gateway.list(since: StripeFixture.startTime, fixture.account)
            _ = await gateway.test(fixture.account)
            for _ in 0..<2 { _ = await gateway.registerNotices(at: "https://pay.example/x", fixture.account) }
            return fixture.peer.calls
        }
    }

    @Test func `every request is one of Stripe's`() throws {
        let schema = try #require(StripeSchema())
        let calls = try Self.calls()
        #expect(Set(calls.map(\.operation)).count >= 19)
        #expect(calls.flatMap { schema.faults($0.target, body: $0.body) } == [])
    }

    @Test(arguments: [
        ("POST /v1/refunds", "amount=x"), ("POST /v1/refunds", "sum=5"), ("POST /v1/checkout/sessions", "mode=pay"),
        ("GET /v1/refunds?colour=red", ""), ("GET /v1/nothing", ""), ("POST /v1/webhook_endpoints", "url=https://x"),
        ("POST /v1/refunds", "metadata=x"),
    ])
    func `the check finds what is wrong`(target: String, body: String) throws {
        let schema = try #require(StripeSchema())
        #expect(!schema.faults(target, body: Array(body.utf8)).isEmpty)
    }
}
