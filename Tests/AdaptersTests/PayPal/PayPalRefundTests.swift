import Billing
import Peers
import Runtime
import Testing

@testable import Gateways

@Suite struct PayPalRefundTests {
    /// A capture of 99.99 and the order it belongs to.
    private static func captured(_ fixture: PayPalFixture) async throws -> (charge: String, order: Order) {
        let order = fixture.order(fixture.payment())
        let session = await fixture.opened(order)
        fixture.peer.approve(session)
        let outcome = await fixture.gateway.capture(session, order, with: .approval, key: "capture")
        guard case .succeeded(let charge) = outcome else { throw Unexpected(outcome) }
        return (charge.reference, order)
    }

    @Test func `a refund is made once and found again`() throws {
        try PayPalFixture.run { fixture in
            let (charge, order) = try await Self.captured(fixture)
            let amount = Money(2_500, .usd)
            let gateway = fixture.gateway
            let unknown = await gateway.refundStatus(charge, reference: nil, order, key: "refund-1")
            guard case .notExecuted = unknown else { throw Unexpected(unknown) }
            let made = await gateway.refund(charge, amount, order, key: "refund-1")
            guard case .succeeded(let reference) = made else { throw Unexpected(made) }
            #expect(await gateway.refund(charge, amount, order, key: "refund-1") == made)
            #expect(await gateway.refundStatus(charge, reference: nil, order, key: "refund-1") == made)
            #expect(await gateway.refundStatus(charge, reference: reference, order, key: "refund-1") == made)
            fixture.peer.refundByHand(charge, units: 1_000)
            let listed = try #require(await gateway.refunds(of: charge, order))
            #expect(listed.map(\.amount.units) == [2_500, 1_000])
            #expect(listed.map(\.key) == ["refund-1", nil])
            #expect(fixture.peer.ledger.map(\.refundedUnits) == [3_500])
        }
    }

    @Test(arguments: [PeerFault.cutAfter, .cutBefore, .garbage, .storedError(isDone: true), .silentAfter])
    func `a refund whose answer is lost is settled by its key`(fault: PeerFault) throws {
        try PayPalFixture.run { fixture in
            let (charge, order) = try await Self.captured(fixture)
            fixture.peer.script(PayPalOperation.refund, fault)
            let first = await fixture.gateway.refund(charge, Money(9_999, .usd), order, key: "refund-1")
            guard case .unknown = first else { throw Unexpected(first) }
            let again = await fixture.gateway.refund(charge, Money(9_999, .usd), order, key: "refund-1")
            guard case .succeeded = again else { throw Unexpected(again) }
            #expect(await fixture.gateway.refundStatus(charge, reference: nil, order, key: "refund-1") == again)
            #expect(fixture.peer.ledger.map(\.refundedUnits) == [9_999])
        }
    }

    @Test func `what was refunded whole can be refunded no more`() throws {
        try PayPalFixture.run { fixture in
            let (charge, order) = try await Self.captured(fixture)
            fixture.peer.refundByHand(charge, units: 9_999)
            let outcome = await fixture.gateway.refund(charge, Money(1, .usd), order, key: "refund-1")
            guard case .failed(let failure) = outcome else { throw Unexpected(outcome) }
            #expect(failure.code == "charge_already_refunded")
        }
    }

    @Test(arguments: [("PENDING", "pending"), ("FAILED", "failed"), ("CANCELLED", "failed")])
    func `a refund can take its time or fail`(status: String, meaning: String) throws {
        try PayPalFixture.run { fixture in
            let (charge, order) = try await Self.captured(fixture)
            fixture.peer.refundsBecome(status)
            let word =
                switch await fixture.gateway.refund(charge, Money(100, .usd), order, key: "refund-1") {
                case .pending: "pending"
                case .failed: "failed"
                default: "other"
                }
            #expect(word == meaning)
        }
    }
}
