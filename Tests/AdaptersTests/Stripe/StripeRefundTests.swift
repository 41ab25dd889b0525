import Billing
import Peers
import Testing

@testable import Gateways

@Suite struct StripeRefundTests {
    @Test func `money goes back in parts, each once`() throws {
        try StripeFixture.run { fixture in
            let order = fixture.order()
            let (_, intent) = try await fixture.pay(order)
            let part = await fixture.gateway.refund(intent, Money(4000, .usd), order, key: "refund-1")
            guard case .succeeded(let name) = part else { throw StripeFixture.Unexpected() }
            #expect(await fixture.gateway.refund(intent, Money(4000, .usd), order, key: "refund-1") == part)
            #expect(await fixture.gateway.refundStatus(intent, reference: nil, order, key: "refund-1") == part)
            #expect(await fixture.gateway.refundStatus(intent, reference: name, order, key: "refund-1") == part)
            guard case .succeeded = await fixture.gateway.refund(intent, Money(5999, .usd), order, key: "refund-2")
            else { throw StripeFixture.Unexpected() }
            #expect(fixture.peer.taken.map(\.refunded) == [9999])
            guard
                case .failed(let failure) = await fixture.gateway.refund(
                    intent, Money(1, .usd), order, key: "refund-3")
            else { throw StripeFixture.Unexpected() }
            #expect(failure.code == "already_refunded")
        }
    }

    @Test func `more than is left is refused for good`() throws {
        try StripeFixture.run { fixture in
            let order = fixture.order()
            let (_, intent) = try await fixture.pay(order)
            guard
                case .failed(let failure) = await fixture.gateway.refund(
                    intent, Money(10_000, .usd), order, key: "refund-1")
            else { throw StripeFixture.Unexpected() }
            #expect(failure.code == "refund_refused")
            #expect(fixture.peer.taken.map(\.refunded) == [0])
        }
    }

    @Test func `one whose key Stripe does not know was not made`() throws {
        try StripeFixture.run { fixture in
            let order = fixture.order()
            let (_, intent) = try await fixture.pay(order)
            guard
                case .notExecuted = await fixture.gateway.refundStatus(
                    intent, reference: nil, order, key: "refund-1")
            else { throw StripeFixture.Unexpected() }
        }
    }

    @Test func `refunds made by hand are listed beside ours`() throws {
        try StripeFixture.run { fixture in
            let order = fixture.order()
            let (_, intent) = try await fixture.pay(order)
            _ = await fixture.gateway.refund(intent, Money(100, .usd), order, key: "refund-1")
            fixture.peer.refundByHand(intent, 200, status: "pending")
            let listed = try #require(await fixture.gateway.refunds(of: intent, order))
            #expect(listed.map(\.amount) == [Money(200, .usd), Money(100, .usd)])
            #expect(listed.map(\.status) == [.pending, .succeeded])
            #expect(listed.map(\.key) == [nil, "refund-1"])
        }
    }

    @Test func `a refund can fail after it was on its way`() throws {
        try StripeFixture.run { fixture in
            let order = fixture.order()
            let (_, intent) = try await fixture.pay(order, with: #require(StripePeerCard(number: "4000000000007726")))
            guard
                case .pending(let name) = await fixture.gateway.refund(
                    intent, Money(100, .usd), order, key: "refund-1")
            else { throw StripeFixture.Unexpected() }
            fixture.peer.settleRefund(name, status: "failed", reason: "expired_or_canceled_card")
            guard
                case .failed(let failure) = await fixture.gateway.refundStatus(
                    intent, reference: name, order, key: "refund-1")
            else { throw StripeFixture.Unexpected() }
            #expect(failure.gatewayCode == "expired_or_canceled_card")
            #expect(fixture.peer.taken.map(\.refunded) == [0])
        }
    }

    @Test func `a key that was used for another refund moves no money`() throws {
        try StripeFixture.run { fixture in
            let order = fixture.order()
            let (_, intent) = try await fixture.pay(order)
            let first = await fixture.gateway.refund(intent, Money(100, .usd), order, key: "refund-1")
            // The earlier refund under this key is found first.
            #expect(await fixture.gateway.refund(intent, Money(200, .usd), order, key: "refund-1") == first)
            #expect(fixture.peer.taken.map(\.refunded) == [100])
        }
    }

    @Test(arguments: [PeerFault.cutAfter, .cutWithinAnswer, .garbage, .silentAfter])
    func `a refund whose answer is lost is found by its key`(fault: PeerFault) throws {
        let script: @Sendable (PeerCall) -> PeerFault? = { call in
            call.operation == "POST /v1/refunds" && call.earlier == 0 ? fault : nil
        }
        try StripeFixture.run(script: script) { fixture in
            let order = fixture.order()
            let (_, intent) = try await fixture.pay(order)
            guard case .unknown = await fixture.gateway.refund(intent, Money(100, .usd), order, key: "refund-1") else {
                throw StripeFixture.Unexpected()
            }
            let found = await fixture.gateway.refundStatus(intent, reference: nil, order, key: "refund-1")
            guard case .succeeded = found else { throw StripeFixture.Unexpected() }
            #expect(await fixture.gateway.refund(intent, Money(100, .usd), order, key: "refund-1") == found)
            #expect(fixture.peer.taken.map(\.refunded) == [100])
        }
    }

    @Test func `a lookup without an answer proves nothing`() throws {
        let script: @Sendable (PeerCall) -> PeerFault? = { $0.operation == "GET /v1/refunds" ? .cutBefore : nil }
        try StripeFixture.run(script: script) { fixture in
            let order = fixture.order()
            let (_, intent) = try await fixture.pay(order)
            guard case .unknown = await fixture.gateway.refundStatus(intent, reference: nil, order, key: "r") else {
                throw StripeFixture.Unexpected()
            }
            #expect(await fixture.gateway.refunds(of: intent, order) == nil)
            #expect(await fixture.gateway.refunds(of: "resolved-1", order) == nil)
        }
    }
}
