import Billing
import Fields
import Peers
import Runtime
import Storage
import Testing

@testable import Gateways

/// Payments through the engine, with PayPal at the other end.
@Suite struct PayPalStoryTests {
    /// A payment whose buyer is on PayPal's page.
    private static func opened(_ fixture: PayPalFixture, saves: Bool = false) async throws -> (Payment, session: String)
    {
        let payment = fixture.payment(saves: saves)
        try await fixture.keep(payment)
        let step = try await fixture.engine.start(payment.hash, gateway: "paypal", by: .buyer)
        guard case .buyer = step else { throw Unexpected(step) }
        return (payment, try #require(fixture.peer.orders.last?.id))
    }

    @Test func `the buyer approves and returns`() throws {
        try PayPalFixture.run { fixture in
            let (payment, session) = try await Self.opened(fixture)
            fixture.peer.approve(session)
            #expect(try await fixture.engine.returned(payment.hash, by: .buyer) == .completed)
            #expect(try await fixture.engine.returned(payment.hash, by: .buyer) == .completed)
            #expect(try await fixture.now(payment).status == .completed)
            #expect(fixture.peer.ledger.count == 1)
        }
    }

    @Test func `the buyer approves and closes the tab`() throws {
        try PayPalFixture.run(isSigning: true) { fixture in
            let (payment, session) = try await Self.opened(fixture)
            fixture.peer.approve(session)
            let notices = fixture.peer.takeNotices()
            #expect(await fixture.deliver(notices + notices) == [200, 200])
            #expect(try await fixture.now(payment).status == .completed)
            #expect(await fixture.deliver(fixture.peer.takeNotices()) == [200])
            #expect(fixture.peer.ledger.count == 1)
        }
    }

    @Test(
        arguments: [
            [.cutAfter, .cutAfter], [.cutBefore, .cutBefore], [.storedError(isDone: true), .cutAfter],
            [.garbage, .silentAfter], [.silentBefore, .silentBefore], [.cutWithinAnswer],
        ] as [[PeerFault]])
    func `a capture whose answers are lost ends with one charge`(faults: [PeerFault]) throws {
        try PayPalFixture.run { fixture in
            let (payment, session) = try await Self.opened(fixture)
            fixture.peer.approve(session)
            for fault in faults { fixture.peer.script(PayPalOperation.capture, fault) }
            let step = try await fixture.engine.returned(payment.hash, by: .buyer)
            if faults.count > 1 { #expect(step == .confirming) }
            for _ in 0..<3 {
                await fixture.wait(seconds: 40)
                await fixture.due()
            }
            let settled = try await fixture.now(payment)
            #expect(settled.status == .completed)
            #expect(settled.attempts.map(\.gateway) == ["paypal"])
            #expect(fixture.peer.ledger.map(\.status) == ["COMPLETED"])
        }
    }

    @Test func `an order that was left behind is never captured`() throws {
        try PayPalFixture.run(isSigning: true) { fixture in
            let (payment, session) = try await Self.opened(fixture)
            let step = try await fixture.engine.start(payment.hash, gateway: "bank", by: .buyer)
            #expect(step == .buyer(url: "https://pay.example/checkout/01/transfer/2"))
            fixture.peer.approve(session)
            _ = await fixture.deliver(fixture.peer.takeNotices())
            _ = try await fixture.engine.sync(payment.hash, application: PayPalFixture.application, by: .system)
            let settled = try await fixture.now(payment)
            #expect(settled.attempts.map(\.status) == [.superseded, .requiresAction])
            #expect(fixture.peer.ledger.isEmpty)
        }
    }

    @Test func `PayPal being down, the buyer is told how to transfer`() throws {
        try PayPalFixture.run { fixture in
            let payment = fixture.payment()
            try await fixture.keep(payment)
            fixture.server.goDown()
            let step = try await fixture.engine.start(payment.hash, gateway: "paypal", by: .buyer)
            #expect(step == .buyer(url: "https://pay.example/checkout/01/transfer/2"))
            let attempts = try await fixture.now(payment).attempts
            #expect(attempts.map(\.failure?.code) == ["gateway_unreachable", nil])
        }
    }

    @Test func `a capture that waits is settled by its notice`() throws {
        try PayPalFixture.run(isSigning: true) { fixture in
            let (payment, session) = try await Self.opened(fixture)
            fixture.peer.approve(session)
            fixture.peer.script(.pends("PENDING_REVIEW"))
            #expect(try await fixture.engine.returned(payment.hash, by: .buyer) == .confirming)
            let capture = try #require(fixture.peer.ledger.first?.capture)
            _ = fixture.peer.takeNotices()
            fixture.peer.decide(capture, status: "COMPLETED")
            _ = await fixture.deliver(fixture.peer.takeNotices())
            #expect(try await fixture.now(payment).status == .completed)
        }
    }

    @Test(arguments: [false, true])
    func `the method that was left is kept once, also when its name comes late`(isLate: Bool) throws {
        try PayPalFixture.run(isSigning: true) { fixture in
            if isLate { fixture.peer.nameTokensLate() }
            let (payment, session) = try await Self.opened(fixture, saves: true)
            fixture.peer.approve(session)
            #expect(try await fixture.engine.returned(payment.hash, by: .buyer) == .completed)
            @Sendable func methods() async throws -> Int {
                try await fixture.store.read { Customers.methods(of: PayPalFixture.customer, in: $0).count }
            }
            #expect(try await methods() == (isLate ? 0 : 1))
            _ = await fixture.deliver(fixture.peer.takeNotices())
            fixture.peer.nameTokens()
            _ = await fixture.deliver(fixture.peer.takeNotices())
            _ = try await fixture.engine.returned(payment.hash, by: .buyer)
            #expect(try await methods() == 1)
        }
    }

    @Test func `refunds made here and at PayPal are both in the ledger`() throws {
        try PayPalFixture.run(isSigning: true) { fixture in
            let (payment, session) = try await Self.opened(fixture)
            fixture.peer.approve(session)
            _ = try await fixture.engine.returned(payment.hash, by: .buyer)
            let refund = try await fixture.engine.refund(
                payment.hash, application: PayPalFixture.application, amount: nil, reason: nil, by: .system
            ).refund
            #expect(refund.status == .succeeded)
            _ = await fixture.deliver(fixture.peer.takeNotices())
            let settled = try await fixture.now(payment)
            #expect(settled.refunds.map(\.amount.units) == [9_999])
            #expect(fixture.peer.ledger.map(\.refundedUnits) == [9_999])
        }
    }

    @Test func `a refund made by hand and a dispute are told by notices`() throws {
        try PayPalFixture.run(isSigning: true) { fixture in
            let (payment, session) = try await Self.opened(fixture)
            fixture.peer.approve(session)
            _ = try await fixture.engine.returned(payment.hash, by: .buyer)
            let capture = try #require(fixture.peer.ledger.first?.capture)
            fixture.peer.refundByHand(capture, units: 1_000)
            fixture.peer.dispute(capture)
            _ = await fixture.deliver(fixture.peer.takeNotices())
            let settled = try await fixture.now(payment)
            #expect(settled.refunds.map(\.amount.units) == [1_000])
            #expect(settled.refunds.map(\.reason) == ["made_at_gateway"])
            #expect(settled.isDisputed)
        }
    }
}
