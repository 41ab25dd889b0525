import Billing
import Runtime
import Storage
import Testing

@testable import Gateways

@Suite struct SandboxGatewayTests {
    private static func code(_ outcome: Outcome) -> String {
        switch outcome {
        case .succeeded: "succeeded"
        case .requiresAction(let url): url
        case .declined(let failure): failure.code
        case .notExecuted(let failure): "not executed: \(failure.code)"
        case .approved: "approved"
        case .settling: "settling"
        case .unknown: "unknown"
        }
    }

    @Test(arguments: [
        ("4242424242424242", "succeeded"), ("4000000000000002", "generic_decline"),
        ("4000000000009995", "insufficient_funds"), ("4000000000000069", "expired_card"),
        ("4000000000000127", "incorrect_cvc"), ("4000000000000119", "processing_error"),
        ("4000000000000341", "succeeded"), ("4000000000000259", "succeeded"),
        ("4000002500003155", "https://pay.example/checkout/00000000000000000000000000000001/challenge/1"),
        ("4111111111111111", "unknown_test_card"),
    ])
    func `a card's number chooses its story`(number: String, expected: String) throws {
        let outcome = try SandboxFixture.run { fixture in
            await fixture.paid(
                fixture.alpha, fixture.order(fixture.alpha, fixture.payment()), with: SandboxFixture.card(number)
            ).outcome
        }
        #expect(Self.code(outcome) == expected)
        if case .declined(let failure) = outcome {
            #expect(failure.allowsNextGateway == (number == "4000000000000119"))
        }
        #expect(SandboxCard.isKnown(number) == (number != "4111111111111111"))
    }

    @Test(arguments: [(Instrument.approval, "succeeded"), (.refusal, "authentication_failed")])
    func `the bank's check is passed or not`(answer: Instrument, expected: String) throws {
        try SandboxFixture.run { fixture in
            let order = fixture.order(fixture.alpha, fixture.payment())
            let (session, first) = await fixture.paid(
                fixture.alpha, order, with: SandboxFixture.card("4000002500003155"))
            #expect(Self.code(first).hasSuffix("/challenge/1"))
            #expect(await fixture.alpha.status(session, order, key: "capture-\(order.payment)") == first)
            let outcome = await fixture.alpha.capture(session, order, with: answer, key: "second")
            #expect(Self.code(outcome) == expected)
            #expect(await fixture.alpha.status(session, order, key: "second") == outcome)
            guard case .declined = outcome else { return }
            // After a decline the buyer may try another card in the same session.
            let third = await fixture.alpha.capture(
                session, order, with: SandboxFixture.card("4242424242424242"), key: "third")
            #expect(Self.code(third) == "succeeded")
        }
    }

    @Test func `a wallet is approved or cancelled, and takes no cards`() throws {
        try SandboxFixture.run { fixture in
            let order = fixture.order(fixture.beta, fixture.payment())
            let (session, refused) = await fixture.paid(fixture.beta, order, with: .refusal)
            #expect(Self.code(refused) == "buyer_cancelled")
            let card = await fixture.beta.capture(
                session, order, with: SandboxFixture.card("4242424242424242"), key: "card")
            #expect(Self.code(card) == "not executed: instrument_not_supported")
            let approved = await fixture.beta.capture(session, order, with: .approval, key: "again")
            #expect(Self.code(approved) == "succeeded")
        }
    }

    @Test func `an approval without a check sends the buyer back to the card page`() throws {
        try SandboxFixture.run { fixture in
            let order = fixture.order(fixture.alpha, fixture.payment())
            let outcome = await fixture.paid(fixture.alpha, order, with: .approval).outcome
            #expect(Self.code(outcome).hasSuffix("/pay/1"))
        }
    }

    @Test func `a card whose month has passed is declined`() throws {
        try SandboxFixture.run { fixture in
            let order = fixture.order(fixture.alpha, fixture.payment())
            let card = SandboxCard(number: "4242424242424242", expiryMonth: 12, expiryYear: 2024, holder: "A")
            let (session, outcome) = await fixture.paid(fixture.alpha, order, with: .card(card))
            #expect(Self.code(outcome) == "expired_card")
            let current = SandboxCard(number: "4242424242424242", expiryMonth: 1, expiryYear: 2025, holder: "A")
            let paid = await fixture.alpha.capture(session, order, with: .card(current), key: "now")
            #expect(Self.code(paid) == "succeeded")
        }
    }

    @Test func `a session is refused once its time has passed`() throws {
        try SandboxFixture.run { fixture in
            let order = fixture.order(fixture.alpha, fixture.payment())
            guard case .opened(let session, _) = await fixture.alpha.startCheckout(order, key: "s") else {
                Issue.record("no session")
                return
            }
            #expect(Self.code(await fixture.alpha.status(session, order, key: "c")).hasSuffix("/pay/1"))
            fixture.clock.advance(milliseconds: 3_600_000)
            let late = await fixture.alpha.capture(
                session, order, with: SandboxFixture.card("4242424242424242"), key: "c")
            #expect(Self.code(late) == "not executed: session_expired")
            #expect(Self.code(await fixture.alpha.status(session, order, key: "c")) == "not executed: session_expired")
        }
    }

    @Test(arguments: [
        (Int64(0), "USD", "amount_out_of_range"), (-1, "USD", "amount_out_of_range"),
        (1_000_000_000_000, "USD", "amount_out_of_range"), (1, "GBP", "currency_not_supported"),
    ])
    func `what no gateway would do is refused`(units: Int64, currency: String, expected: String) throws {
        let currency = try #require(Currency(currency))
        try SandboxFixture.run { fixture in
            let payment = fixture.payment(1, units: units, currency: currency)
            let outcome = await fixture.alpha.startCheckout(fixture.order(fixture.alpha, payment), key: "s")
            guard case .notExecuted(let failure) = outcome else {
                Issue.record("opened")
                return
            }
            #expect(failure.code == expected)
        }
    }

    @Test func `a live application is refused`() throws {
        try SandboxFixture.run(mode: .live) { fixture in
            let outcome = await fixture.alpha.startCheckout(
                fixture.order(fixture.alpha, fixture.payment()), key: "s")
            guard case .notExecuted(let failure) = outcome else {
                Issue.record("opened")
                return
            }
            #expect(failure.code == "test_only")
        }
    }

    @Test(arguments: [
        ("4242424242424242", "succeeded"), ("4000000000000341", "generic_decline"),
        ("4000000000000259", "succeeded"),
    ])
    func `a saved card is charged without the buyer`(number: String, expected: String) throws {
        try SandboxFixture.run { fixture in
            var payment = fixture.payment()
            payment.savesMethod = true
            let paid = await fixture.paid(
                fixture.alpha, fixture.order(fixture.alpha, payment), with: SandboxFixture.card(number)
            ).outcome
            guard case .succeeded(let charge) = paid, let saved = charge.saved else {
                Issue.record("nothing was saved")
                return
            }
            #expect(saved.token.hasPrefix("sbt_"))
            #expect(saved.expiryYear == 2030)
            let later = fixture.order(fixture.alpha, fixture.payment(2))
            let first = await fixture.alpha.charge(saved.token, later, prepared: "", key: "auto")
            #expect(Self.code(first) == expected)
            #expect(await fixture.alpha.charge(saved.token, later, prepared: "", key: "auto") == first)
            #expect(await fixture.alpha.status("", later, key: "auto") == first)
            #expect(Self.code(await fixture.alpha.status("", later, key: "never")) == "not executed: call_not_found")
            #expect(await fixture.alpha.forget(saved.token, later.account))
            #expect(await fixture.alpha.forget(saved.token, later.account))
            let gone = await fixture.alpha.charge(
                saved.token, fixture.order(fixture.alpha, fixture.payment(3)), prepared: "", key: "g")
            #expect(Self.code(gone) == "payment_method_unavailable")
        }
    }

    @Test func `a method is saved without paying`() throws {
        try SandboxFixture.run { fixture in
            let order = fixture.order(fixture.beta, fixture.payment(1, units: 0))
            guard case .opened(let session, _) = await fixture.beta.startSave(order, key: "s") else {
                Issue.record("no session")
                return
            }
            let outcome = await fixture.beta.capture(session, order, with: .approval, key: "c")
            guard case .succeeded(let charge) = outcome else {
                Issue.record("not saved")
                return
            }
            #expect(charge.amount.isZero)
            #expect(charge.saved != nil)
            let account = fixture.account(fixture.beta)
            #expect(await fixture.beta.list(since: Timestamp(seconds: 0), account) == [])
        }
    }

    @Test func `charges are listed from a time on, oldest first`() throws {
        try SandboxFixture.run { fixture in
            var charges: [Charge] = []
            for number in UInt64(1)...3 {
                let order = fixture.order(fixture.alpha, fixture.payment(number))
                if case .succeeded(let charge) = await fixture.paid(fixture.alpha, order).outcome {
                    charges.append(charge)
                }
                fixture.clock.advance(milliseconds: 1000)
            }
            #expect(charges.count == 3)
            let account = fixture.account(fixture.alpha)
            #expect(await fixture.alpha.list(since: SandboxFixture.startTime, account)?.map(\.charge) == charges)
            let later = SandboxFixture.startTime.adding(seconds: 1)
            let listed = await fixture.alpha.list(since: later, account)
            #expect(listed?.map(\.charge) == Array(charges.dropFirst()))
            #expect(listed?.map(\.payment) == [fixture.payment(2).hash, fixture.payment(3).hash])
            #expect(await fixture.beta.list(since: later, fixture.account(fixture.beta)) == [])
        }
    }

    @Test func `keys and sessions of one application are nothing to another`() throws {
        try SandboxFixture.run { fixture in
            let order = fixture.order(fixture.alpha, fixture.payment())
            let session = await fixture.paid(fixture.alpha, order).session
            let stranger = Account(
                application: ApplicationID(value: 0xbad),
                configuration: SandboxFixture.configuration("sandbox_alpha", ApplicationID(value: 0xbad)))
            let other = Order(
                account: stranger, payment: fixture.payment(), attempt: 1, customerEmail: nil, checkoutURL: "")
            let outcome = await fixture.alpha.status(session, other, key: "capture-\(order.payment)")
            #expect(Self.code(outcome) == "not executed: call_not_found")
        }
    }
}
