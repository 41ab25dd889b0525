import Billing
import Peers
import Runtime
import Simulation
import Testing

@testable import Gateways

/// The adapter against a peer that behaves.
@Suite struct StripeGatewayTests {
    // MARK: The hosted page

    @Test func `a session is opened, paid and read`() throws {
        try StripeFixture.run { fixture in
            let order = fixture.order()
            guard case .opened(let session, let url) = await fixture.gateway.startCheckout(order, key: "start-1") else {
                throw StripeFixture.Unexpected()
            }
            #expect(url.hasPrefix("https://"))
            #expect(await fixture.gateway.status(session, order, key: "k") == .requiresAction(url: url))
            let intent = try #require(fixture.peer.pay(session))
            let paid = await fixture.gateway.status(session, order, key: "k")
            #expect(paid.charge?.reference == intent)
            #expect(paid.charge?.amount == order.amount)
            #expect(paid.charge?.method == MethodSummary(type: "card", brand: "visa", last4: "4242"))
            #expect(paid.charge?.saved == nil)
            #expect(await fixture.gateway.capture(session, order, with: .approval, key: "c") == paid)
            #expect(await fixture.gateway.cancel(session, order) == .inProgress)
            #expect(try await fixture.gateway.owner(of: session, fixture.account) == order.payment)
            #expect(try await fixture.gateway.owner(of: intent, fixture.account) == order.payment)
            #expect(fixture.peer.taken.map(\.payment) == [order.payment.description])
        }
    }

    @Test func `a decline on the page leaves the buyer there`() throws {
        try StripeFixture.run { fixture in
            let order = fixture.order()
            let (session, first) = try await fixture.pay(order, with: .init(now: .declines(code: "insufficient_funds")))
            guard case .requiresAction = await fixture.gateway.status(session, order, key: "k") else {
                throw StripeFixture.Unexpected()
            }
            #expect(fixture.peer.pay(session) == first)
            #expect(await fixture.gateway.status(session, order, key: "k").charge?.reference == first)
        }
    }

    @Test func `a card that is kept can be charged later`() throws {
        try StripeFixture.run { fixture in
            let order = fixture.order(1, saves: true)
            let (session, _) = try await fixture.pay(order)
            let saved = try #require(await fixture.gateway.status(session, order, key: "k").charge?.saved)
            let later = fixture.order(2)
            let intent = try await fixture.prepare(saved.token, later)
            let charge = await fixture.gateway.charge(saved.token, later, prepared: intent, key: "capture-1").charge
            #expect(charge?.reference == intent && charge?.amount == later.amount)
            #expect(fixture.peer.taken.count == 2)
        }
    }

    @Test func `a method is left without paying`() throws {
        try StripeFixture.run { fixture in
            let order = fixture.setup()
            guard case .opened(let session, _) = await fixture.gateway.startSave(order, key: "save-1") else {
                throw StripeFixture.Unexpected()
            }
            guard case .requiresAction = await fixture.gateway.capture(session, order, with: .approval, key: "c") else {
                throw StripeFixture.Unexpected()
            }
            let token = try #require(fixture.peer.leave(on: session))
            let left = await fixture.gateway.capture(session, order, with: .approval, key: "c")
            #expect(left.charge?.saved?.token == token)
            #expect(left.charge?.amount == .zero(.usd))
            #expect(fixture.peer.taken.isEmpty)
            #expect(await fixture.gateway.cancel(session, order) == .inProgress)
        }
    }

    @Test func `an expired session takes no money`() throws {
        try StripeFixture.run { fixture in
            let order = fixture.order()
            let session = try await fixture.open(order)
            #expect(await fixture.gateway.cancel(session, order) == .expired)
            #expect(await fixture.gateway.cancel(session, order) == .expired)
            #expect(fixture.peer.pay(session) == nil)
            guard case .notExecuted(let failure) = await fixture.gateway.status(session, order, key: "k") else {
                throw StripeFixture.Unexpected()
            }
            #expect(failure.code == "session_expired")
        }
    }

    @Test(arguments: [true, false])
    func `a method that settles later is followed`(succeeds: Bool) throws {
        try StripeFixture.run { fixture in
            let order = fixture.order()
            let (session, intent) = try await fixture.pay(order, with: .init(now: .settles))
            #expect(await fixture.gateway.status(session, order, key: "k") == .settling)
            #expect(await fixture.gateway.cancel(session, order) == .inProgress)
            fixture.peer.settle(intent, succeeds: succeeds)
            let outcome = await fixture.gateway.status(session, order, key: "k")
            #expect((outcome.charge?.reference == intent) == succeeds)
            if !succeeds { #expect(outcome.failure?.code == "insufficient_funds") }
        }
    }

    @Test(arguments: [("MGA", 12_345, "amount_not_supported"), ("IQD", 10, "currency_not_supported")])
    func `what Stripe cannot take is not sent`(code: String, units: Int64, failure: String) throws {
        try StripeFixture.run { fixture in
            let order = fixture.order(1, Money(units, try .named(code)))
            guard case .notExecuted(let started) = await fixture.gateway.startCheckout(order, key: "k"),
                case .notExecuted(let prepared) = await fixture.gateway.prepareCharge("cus_1/pm_1", order, key: "k")
            else { throw StripeFixture.Unexpected() }
            #expect(started.code == failure && prepared.code == failure)
            #expect(fixture.peer.calls.isEmpty)
        }
    }

    @Test func `an amount below the least is refused before anything is done`() throws {
        try StripeFixture.run { fixture in
            guard
                case .notExecuted(let failure) = await fixture.gateway.startCheckout(
                    fixture.order(1, Money(20, .usd)), key: "k")
            else { throw StripeFixture.Unexpected() }
            #expect(failure.code == "amount_too_small" && failure.category == .gateway)
        }
    }

    // MARK: Charges without the buyer

    @Test(arguments: [
        ("insufficient_funds", "insufficient_funds", true), ("generic_decline", "generic_decline", false),
        ("stolen_card", "stolen_card", false), ("processing_error", "processing_error", true),
    ])
    func `a declined charge says what may be tried next`(raw: String, code: String, movesOn: Bool) throws {
        try StripeFixture.run { fixture in
            let token = fixture.peer.savedMethod(.declined(raw))
            let order = fixture.order()
            let intent = try await fixture.prepare(token, order)
            guard case .declined(let failure) = await fixture.gateway.charge(token, order, prepared: intent, key: "c")
            else { throw StripeFixture.Unexpected() }
            #expect(failure.code == code && failure.allowsNextGateway == movesOn)
            // Read again it is the same, and so is the call.
            #expect(await fixture.gateway.status(intent, order, key: "c").failure?.code == code)
            #expect(await fixture.gateway.charge(token, order, prepared: intent, key: "c").failure == failure)
            #expect(fixture.peer.taken.isEmpty)
        }
    }

    @Test func `what Stripe's rules keep from the bank is final`() throws {
        try StripeFixture.run { fixture in
            let token = fixture.peer.savedMethod(.init(later: .blocked))
            let order = fixture.order()
            let intent = try await fixture.prepare(token, order)
            let failure = await fixture.gateway.charge(token, order, prepared: intent, key: "c").failure
            #expect(failure?.code == "fraudulent" && failure?.isHard == true)
        }
    }

    @Test func `a bank that wants the buyer takes nothing`() throws {
        try StripeFixture.run { fixture in
            let token = fixture.peer.savedMethod(.init(later: .authenticates))
            let order = fixture.order()
            let intent = try await fixture.prepare(token, order)
            let outcome = await fixture.gateway.charge(token, order, prepared: intent, key: "c")
            #expect(outcome == .requiresAction(url: order.checkoutURL))
            #expect(await fixture.gateway.status(intent, order, key: "c") == outcome)
            #expect(await fixture.gateway.cancel(intent, order) == .expired)
        }
    }

    @Test func `a prepared charge that was never carried out is proven so, and can be cancelled`() throws {
        try StripeFixture.run { fixture in
            let token = fixture.peer.savedMethod()
            let order = fixture.order()
            let intent = try await fixture.prepare(token, order)
            #expect(await fixture.gateway.status(intent, order, key: "c") == .notExecuted(StripeReading.notTried))
            #expect(await fixture.gateway.cancel(intent, order) == .expired)
            #expect(await fixture.gateway.cancel(intent, order) == .expired)
            // Carried out all the same, it follows the state: cancelled.
            guard
                case .notExecuted(let failure) = await fixture.gateway.charge(
                    token, order, prepared: intent, key: "c")
            else { throw StripeFixture.Unexpected() }
            #expect(failure.code == "charge_cancelled")
            #expect(fixture.peer.taken.isEmpty)
        }
    }

    @Test func `a charge that is carried out under another key is read, not made again`() throws {
        try StripeFixture.run { fixture in
            let token = fixture.peer.savedMethod()
            let order = fixture.order()
            let intent = try await fixture.prepare(token, order)
            let first = await fixture.gateway.charge(token, order, prepared: intent, key: "c-1")
            #expect(await fixture.gateway.charge(token, order, prepared: intent, key: "c-2") == first)
            #expect(await fixture.gateway.cancel(intent, order) == .inProgress)
            #expect(fixture.peer.taken.count == 1)
        }
    }

    @Test(arguments: ["", "nonsense", "cus_none/pm_none"])
    func `a method that Stripe does not have takes nothing`(token: String) throws {
        try StripeFixture.run { fixture in
            guard
                case .notExecuted(let failure) = await fixture.gateway.prepareCharge(
                    token, fixture.order(), key: "k")
            else { throw StripeFixture.Unexpected() }
            #expect(failure.code == "payment_method_unavailable")
        }
    }

    @Test func `a method of another type than a card is charged as what it is`() throws {
        try StripeFixture.run { fixture in
            var card = StripePeerCard(later: .settles)
            card.type = "sepa_debit"
            let token = fixture.peer.savedMethod(card)
            let order = fixture.order()
            let intent = try await fixture.prepare(token, order)
            #expect(await fixture.gateway.charge(token, order, prepared: intent, key: "c") == .settling)
        }
    }

    // MARK: Saved methods

    @Test func `a saved method is read, changed and forgotten`() throws {
        try StripeFixture.run { fixture in
            let token = fixture.peer.savedMethod()
            guard case .present(let saved) = await fixture.gateway.readMethod(token, fixture.account) else {
                throw StripeFixture.Unexpected()
            }
            #expect(saved.token == token && saved.expiryYear == 2034)
            fixture.peer.renew(token, expiryYear: 2039)
            guard case .present(let renewed) = await fixture.gateway.readMethod(token, fixture.account) else {
                throw StripeFixture.Unexpected()
            }
            #expect(renewed.expiryYear == 2039)
            #expect(await fixture.gateway.forget(token, fixture.account))
            #expect(await fixture.gateway.forget(token, fixture.account))
            #expect(await fixture.gateway.readMethod(token, fixture.account) == .gone)
            #expect(await fixture.gateway.readMethod("cus_x/pm_x", fixture.account) == .gone)
            #expect(await fixture.gateway.forget("cus_x/pm_x", fixture.account))
        }
    }

    // MARK: The account

    @Test func `credentials are tried`() throws {
        try StripeFixture.run { fixture in
            #expect(await fixture.gateway.test(fixture.account) == nil)
            let bare = Account(application: StripeFixture.application, configuration: GatewayConfiguration())
            #expect(await fixture.gateway.test(bare) != nil)
            let order = StripeFixture.order(account: bare)
            guard case .notExecuted(let failure) = await fixture.gateway.startCheckout(order, key: "k") else {
                throw StripeFixture.Unexpected()
            }
            #expect(failure.category == .configuration)
            #expect(fixture.peer.calls.count == 1)
        }
    }

    @Test func `charges of ours are listed with their sessions, over every page`() throws {
        try StripeFixture.run { fixture in
            var expected: [ListedCharge] = []
            for number in 1...130 as ClosedRange<UInt64> {
                let order = fixture.order(number)
                let (session, intent) = try await fixture.pay(order)
                expected.append(
                    ListedCharge(
                        charge: Charge(reference: intent, amount: order.amount, method: nil), payment: order.payment,
                        session: session))
            }
            let token = fixture.peer.savedMethod()
            let order = fixture.order(999)
            let intent = try await fixture.prepare(token, order)
            _ = await fixture.gateway.charge(token, order, prepared: intent, key: "c")
            expected.append(
                ListedCharge(
                    charge: Charge(reference: intent, amount: order.amount, method: nil), payment: order.payment,
                    session: intent))
            // Made and never carried out; and one of another application.
            _ = try await fixture.prepare(token, fixture.order(1000), key: "other")
            let other = Account(application: ApplicationID(value: 9), configuration: fixture.account.configuration)
            let listed = await fixture.gateway.list(since: StripeFixture.startTime, fixture.account)
            #expect(listed.map { Array($0.reversed()) } == expected)
            #expect(await fixture.gateway.list(since: StripeFixture.startTime, other) == [])
        }
    }

    @Test func `an address for notices is registered once`() throws {
        try StripeFixture.run { fixture in
            let url = "https://pay.example/webhooks/cards/app"
            guard
                case .registered(let first, let secret) = await fixture.gateway.registerNotices(
                    at: url, fixture.account)
            else { throw StripeFixture.Unexpected() }
            #expect(secret.hasPrefix("whsec_") && first.hasPrefix("we_"))
            guard case .registered(_, let rolled) = await fixture.gateway.registerNotices(at: url, fixture.account)
            else { throw StripeFixture.Unexpected() }
            #expect(fixture.peer.endpoints.map(\.secret) == [rolled] && rolled != secret)
            guard case .refused = await fixture.gateway.registerNotices(at: "ftp://x", fixture.account) else {
                throw StripeFixture.Unexpected()
            }
        }
    }

    @Test func `each call is in the log, without secrets`() throws {
        let lines = try StripeFixture.run { fixture in
            let token = fixture.peer.savedMethod()
            let order = fixture.order()
            let intent = try await fixture.prepare(token, order)
            _ = await fixture.gateway.charge(token, order, prepared: intent, key: "c")
            let log = try #require(fixture.doors.log as? MemoryLog)
            #expect(!log.lines.contains { $0.contains(token) })
            return log.lines.filter { $0.contains("gateway_call") }
        }
        #expect(lines.count == 2)
        #expect(lines[1].contains("payment_intent.confirm") && lines[1].contains("req_2"))
        #expect(!lines.contains { $0.contains("sk_test") || $0.contains("cus_") })
    }
}
