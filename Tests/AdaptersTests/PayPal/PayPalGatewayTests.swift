import Billing
import Peers
import Runtime
import Testing

@testable import Gateways

/// The adapter against something that speaks PayPal.
@Suite struct PayPalGatewayTests {
    private static func word(_ outcome: Outcome) -> String {
        switch outcome {
        case .succeeded(let charge): "succeeded \(charge.amount)"
        case .requiresAction: "action"
        case .approved: "approved"
        case .declined(let failure): "declined \(failure.code)"
        case .notExecuted(let failure): "not executed \(failure.code)"
        case .settling: "settling"
        case .unknown: "unknown"
        }
    }

    @Test func `an order is opened, approved and captured`() throws {
        try PayPalFixture.run { fixture in
            let order = fixture.order(fixture.payment(units: 1_000))
            guard case .opened(let session, let url) = await fixture.gateway.startCheckout(order, key: "start") else {
                Issue.record("not opened")
                return
            }
            #expect(url.hasSuffix("/checkoutnow?token=\(session)"))
            #expect(Self.word(await fixture.gateway.status(session, order, key: "k")) == "action")
            let early = await fixture.gateway.capture(session, order, with: .approval, key: "early")
            #expect(Self.word(early) == "action")
            fixture.peer.approve(session)
            #expect(Self.word(await fixture.gateway.status(session, order, key: "k")) == "approved")
            let outcome = await fixture.gateway.capture(session, order, with: .approval, key: "capture")
            #expect(Self.word(outcome) == "succeeded 10.00")
            #expect(await fixture.gateway.status(session, order, key: "k") == outcome)
            #expect(await fixture.gateway.cancel(session, order) == .inProgress)
            #expect(try await fixture.gateway.owner(of: session, fixture.account) == order.payment)
            let capture = try #require(fixture.peer.ledger.first)
            #expect(try await fixture.gateway.owner(of: capture.capture, fixture.account) == order.payment)
            #expect(try await fixture.gateway.owner(of: "5O0000000000000XX", fixture.account) == nil)
            fixture.peer.script(PayPalOperation.read, .cutBefore)
            await #expect(throws: Untold.self) { try await fixture.gateway.owner(of: session, fixture.account) }
        }
    }

    @Test(arguments: ["capture", "another"])
    func `the same order is never captured twice, whatever the key`(second: String) throws {
        try PayPalFixture.run { fixture in
            let order = fixture.order(fixture.payment())
            let session = await fixture.opened(order)
            fixture.peer.approve(session)
            let first = await fixture.gateway.capture(session, order, with: .approval, key: "capture")
            let again = await fixture.gateway.capture(session, order, with: .approval, key: second)
            #expect(Self.word(first) == "succeeded 99.99")
            #expect(again == first)
            #expect(fixture.peer.ledger.count == 1)
        }
    }

    @Test func `the same start is one order`() throws {
        try PayPalFixture.run { fixture in
            let order = fixture.order(fixture.payment())
            #expect(await fixture.opened(order) == fixture.opened(order))
            #expect(fixture.peer.orders.count == 1)
        }
    }

    @Test(
        arguments: [
            (.declinesInside(nil), "declined generic_decline"),
            (.declinesInside("DECLINED_BY_RISK_FRAUD_FILTERS"), "declined fraudulent"), (.pends("ECHECK"), "settling"),
            (.refuses("INSTRUMENT_DECLINED"), "declined generic_decline"),
            (.refuses("PAYEE_ACCOUNT_RESTRICTED"), "not executed gateway_misconfigured"),
            (.refuses("SOMETHING_NEW"), "declined generic_decline"),
            (.refuses("DUPLICATE_INVOICE_ID"), "unknown"), (.refuses("ORDER_COMPLETION_IN_PROGRESS"), "unknown"),
        ] as [(PayPalPeer.Fate, String)])
    func `what a capture can become`(fate: PayPalPeer.Fate, meaning: String) throws {
        try PayPalFixture.run { fixture in
            let order = fixture.order(fixture.payment())
            let session = await fixture.opened(order)
            fixture.peer.approve(session)
            fixture.peer.script(fate)
            #expect(
                Self.word(await fixture.gateway.capture(session, order, with: .approval, key: "capture")) == meaning)
        }
    }

    @Test(
        arguments: [
            (.cutBefore, "unknown"), (.cutAfter, "unknown"), (.cutWithinAnswer, "unknown"),
            (.silentBefore, "unknown"), (.silentAfter, "unknown"), (.storedError(isDone: false), "unknown"),
            (.storedError(isDone: true), "unknown"), (.garbage, "unknown"),
            (.slow(milliseconds: 5_000), "succeeded 99.99"), (.rateLimited, "succeeded 99.99"),
        ] as [(PeerFault, String)])
    func `a fault of a capture is told as far as it is proven, and the same call settles it`(
        fault: PeerFault, meaning: String
    ) throws {
        try PayPalFixture.run { fixture in
            let order = fixture.order(fixture.payment())
            let session = await fixture.opened(order)
            fixture.peer.approve(session)
            fixture.peer.script(PayPalOperation.capture, fault)
            let outcome = await fixture.gateway.capture(session, order, with: .approval, key: "capture")
            #expect(Self.word(outcome) == meaning)
            let again = await fixture.gateway.capture(session, order, with: .approval, key: "capture")
            #expect(Self.word(again) == "succeeded 99.99")
            #expect(fixture.peer.ledger.count == 1)
        }
    }

    @Test func `calls that are turned away twice were not executed`() throws {
        try PayPalFixture.run { fixture in
            let order = fixture.order(fixture.payment())
            let session = await fixture.opened(order)
            fixture.peer.approve(session)
            for _ in 0..<2 { fixture.peer.script(PayPalOperation.capture, .rateLimited) }
            let outcome = await fixture.gateway.capture(session, order, with: .approval, key: "capture")
            #expect(Self.word(outcome) == "not executed gateway_rate_limited")
        }
    }

    @Test func `a peer that is down was not reached`() throws {
        try PayPalFixture.run { fixture in
            let order = fixture.order(fixture.payment())
            fixture.server.goDown()
            guard case .notExecuted(let failure) = await fixture.gateway.startCheckout(order, key: "start") else {
                Issue.record("started")
                return
            }
            #expect(failure.category == .network)
        }
    }

    @Test(arguments: [PeerFault.cutAfter, .storedError(isDone: true), .garbage, .silentAfter])
    func `a lost start is found by its key`(fault: PeerFault) throws {
        try PayPalFixture.run { fixture in
            let order = fixture.order(fixture.payment())
            fixture.peer.script(PayPalOperation.create, fault)
            guard case .lost = await fixture.gateway.startCheckout(order, key: "start") else {
                Issue.record("not lost")
                return
            }
            let session = await fixture.opened(order)
            #expect(fixture.peer.orders.map(\.id) == [session])
            #expect(await fixture.gateway.cancel(session, order) == .impossible)
            fixture.peer.void(session)
            #expect(await fixture.gateway.cancel(session, order) == .expired)
        }
    }

    @Test func `an amount that PayPal cannot take is never sent`() throws {
        try PayPalFixture.run { fixture in
            let payment = fixture.payment(units: 150, currency: try #require(Currency("HUF")))
            let outcome = await fixture.gateway.startCheckout(fixture.order(payment), key: "start")
            guard case .notExecuted(let failure) = outcome else { throw Unexpected(outcome) }
            #expect(failure.code == "amount_not_supported")
            #expect(fixture.peer.calls.isEmpty)
        }
    }

    @Test(arguments: ["", "../x", "setup-", "a b"])
    func `a session that is no name of PayPal's moves nothing`(session: String) throws {
        try PayPalFixture.run { fixture in
            let order = fixture.order(fixture.payment())
            let outcome = await fixture.gateway.capture(session, order, with: .approval, key: "capture")
            if case .succeeded = outcome { Issue.record("succeeded") }
            if case .succeeded = await fixture.gateway.status(session, order, key: "k") { Issue.record("succeeded") }
            #expect(fixture.peer.calls.isEmpty)
        }
    }
}
