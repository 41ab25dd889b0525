import Billing
import Peers
import Runtime
import Testing

@testable import Gateways

@Suite struct PayPalVaultTests {
    /// The token of a method that was left while paying.
    private static func saved(_ fixture: PayPalFixture) async throws -> String {
        let order = fixture.order(fixture.payment(99, saves: true))
        let session = await fixture.opened(order, key: "start-99")
        fixture.peer.approve(session)
        let outcome = await fixture.gateway.capture(session, order, with: .approval, key: "capture-99")
        guard case .succeeded(let charge) = outcome, let saved = charge.saved else { throw Unexpected(outcome) }
        #expect(saved.summary == MethodSummary(type: "wallet", brand: "paypal"))
        return saved.token
    }

    @Test func `a saved method is charged in two steps without the buyer`() throws {
        try PayPalFixture.run { fixture in
            let token = try await Self.saved(fixture)
            let order = fixture.order(fixture.payment(units: 500))
            let made = await fixture.gateway.prepareCharge(token, order, key: "prepare")
            guard case .opened(let name, _) = made else { throw Unexpected(made) }
            #expect(fixture.peer.ledger.count == 1)
            let waiting = await fixture.gateway.status(name, order, key: "charge")
            guard case .notExecuted = waiting else { throw Unexpected(waiting) }
            #expect(await fixture.gateway.cancel(name, order) == .expired)
            let outcome = await fixture.gateway.charge(token, order, prepared: name, key: "charge")
            guard case .succeeded(let charge) = outcome else { throw Unexpected(outcome) }
            #expect(charge.amount == order.amount)
            #expect(await fixture.gateway.charge(token, order, prepared: name, key: "charge") == outcome)
            #expect(await fixture.gateway.status(name, order, key: "charge") == outcome)
            #expect(fixture.peer.ledger.count == 2)
        }
    }

    @Test(arguments: [PeerFault.cutBefore, .cutAfter, .storedError(isDone: true), .silentBefore])
    func `a charge whose answer is lost is settled by its key`(fault: PeerFault) throws {
        try PayPalFixture.run { fixture in
            let token = try await Self.saved(fixture)
            let order = fixture.order(fixture.payment(units: 500))
            let made = await fixture.gateway.prepareCharge(token, order, key: "prepare")
            guard case .opened(let name, _) = made else { throw Unexpected(made) }
            fixture.peer.script(PayPalOperation.capture, fault)
            let first = await fixture.gateway.charge(token, order, prepared: name, key: "charge")
            guard case .unknown = first else { throw Unexpected(first) }
            let again = await fixture.gateway.charge(token, order, prepared: name, key: "charge")
            guard case .succeeded = again else { throw Unexpected(again) }
            #expect(fixture.peer.ledger.count == 2)
        }
    }

    @Test func `the same charge made anew is refused by its invoice id`() throws {
        try PayPalFixture.run { fixture in
            let token = try await Self.saved(fixture)
            let order = fixture.order(fixture.payment(units: 500))
            for key in ["yesterday", "after-the-restore"] {
                let made = await fixture.gateway.prepareCharge(token, order, key: key)
                guard case .opened(let name, _) = made else { throw Unexpected(made) }
                let outcome = await fixture.gateway.charge(token, order, prepared: name, key: key + "-charge")
                switch (key, outcome) {
                case ("yesterday", .succeeded), ("after-the-restore", .unknown): break
                default: throw Unexpected(outcome)
                }
            }
            #expect(fixture.peer.ledger.count == 2)
        }
    }

    @Test(
        arguments: [
            ("AGREEMENT_ALREADY_CANCELLED", "invalid_account", true), ("CARD_EXPIRED", "expired_card", false),
            ("INSTRUMENT_DECLINED", "generic_decline", false),
        ])
    func `a dead method is told`(issue: String, code: String, isHard: Bool) throws {
        try PayPalFixture.run { fixture in
            let token = try await Self.saved(fixture)
            fixture.peer.kill(token, issue)
            let order = fixture.order(fixture.payment())
            let made = await fixture.gateway.prepareCharge(token, order, key: "prepare")
            guard case .opened(let name, _) = made else { throw Unexpected(made) }
            let outcome = await fixture.gateway.charge(token, order, prepared: name, key: "charge")
            guard case .declined(let failure) = outcome else { throw Unexpected(outcome) }
            #expect(failure.code == code)
            #expect(failure.isHard == isHard)
        }
    }

    @Test func `a method can be left without paying`() throws {
        try PayPalFixture.run { fixture in
            var payment = fixture.payment()
            payment.amount = .zero(.usd)
            let order = fixture.order(payment)
            let made = await fixture.gateway.startSave(order, key: "start")
            guard case .opened(let session, let url) = made else { throw Unexpected(made) }
            #expect(url.contains("/checkoutnow?token="))
            let early = await fixture.gateway.capture(session, order, with: .approval, key: "save")
            guard case .requiresAction = early else { throw Unexpected(early) }
            fixture.peer.approve(String(session.dropFirst(PayPalName.setupPrefix.count)))
            let outcome = await fixture.gateway.capture(session, order, with: .approval, key: "save")
            guard case .succeeded(let charge) = outcome, let saved = charge.saved else { throw Unexpected(outcome) }
            #expect(charge.amount == order.amount)
            #expect(await fixture.gateway.status(session, order, key: "save") == outcome)
            #expect(await fixture.gateway.readMethod(saved.token, fixture.account) == .present(saved))
            #expect(await fixture.gateway.forget(saved.token, fixture.account))
            #expect(await fixture.gateway.forget(saved.token, fixture.account))
            #expect(await fixture.gateway.readMethod(saved.token, fixture.account) == .gone)
            #expect(await fixture.gateway.cancel(session, order) == .expired)
            #expect(fixture.peer.ledger.isEmpty)
        }
    }

    @Test func `a save whose answer is lost is found`() throws {
        try PayPalFixture.run { fixture in
            let order = fixture.order(fixture.payment())
            let made = await fixture.gateway.startSave(order, key: "start")
            guard case .opened(let session, _) = made else { throw Unexpected(made) }
            fixture.peer.approve(String(session.dropFirst(PayPalName.setupPrefix.count)))
            fixture.peer.script("POST /v3/vault/payment-tokens", .cutAfter)
            let first = await fixture.gateway.capture(session, order, with: .approval, key: "save")
            guard case .unknown = first else { throw Unexpected(first) }
            let found = await fixture.gateway.status(session, order, key: "save")
            guard case .succeeded(let charge) = found else { throw Unexpected(found) }
            #expect(charge.saved != nil)
        }
    }
}
