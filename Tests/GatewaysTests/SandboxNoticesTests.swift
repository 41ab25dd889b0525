import Billing
import HTTP
import Runtime
import Storage
import Testing

@testable import Gateways

@Suite struct SandboxNoticesTests {
    /// Pays one card under `faults`, keeps the payment, and returns what arrived by `seconds` later.
    private func types(
        _ faults: [Fault] = [], card: String = "4242424242424242", seconds: Int64 = 10
    ) throws -> [String] {
        try SandboxFixture.run { fixture in
            let order = fixture.order(fixture.alpha, fixture.payment(), faults: faults)
            let (session, outcome) = await fixture.paid(fixture.alpha, order, with: SandboxFixture.card(card))
            let reference: String? = if case .succeeded(let charge) = outcome { charge.reference } else { nil }
            try await fixture.keep(
                fixture.payment(), gateway: "sandbox_alpha", session: session, charge: reference)
            try await fixture.advance(seconds: seconds)
            return try await fixture.events().flatMap { event in
                #expect(event.status == .processed)
                return [String](repeating: event.type, count: Int(event.deliveries))
            }
        }
    }

    @Test func `a charge is announced twice`() throws {
        #expect(try types() == ["payment.processing", "payment.succeeded"])
    }

    @Test func `a disputed charge is announced after five seconds`() throws {
        let card = "4000000000000259"
        #expect(try types(card: card, seconds: 4) == ["payment.processing", "payment.succeeded"])
        #expect(try types(card: card, seconds: 5) == ["payment.processing", "payment.succeeded", "charge.disputed"])
    }

    @Test func `a decline is not announced`() throws {
        #expect(try types(card: "4000000000000002") == [])
    }

    @Test func `late notices come a minute later`() throws {
        #expect(try types([.lateWebhook], seconds: 59) == [])
        #expect(try types([.lateWebhook], seconds: 61) == ["payment.processing", "payment.succeeded"])
    }

    @Test func `duplicate notices come twice and act once`() throws {
        #expect(
            try types([.duplicateWebhook]) == [
                "payment.processing", "payment.processing", "payment.succeeded", "payment.succeeded",
            ])
    }

    @Test func `notices come in reverse order when told to`() throws {
        #expect(try types([.outOfOrderWebhooks]) == ["payment.succeeded", "payment.processing"])
    }

    @Test func `a lost answer is still announced`() throws {
        #expect(try types([.timeoutAfterCharge]) == ["payment.processing", "payment.succeeded"])
    }

    @Test func `a refund is announced`() throws {
        try SandboxFixture.run { fixture in
            let order = fixture.order(fixture.beta, fixture.payment())
            let (session, outcome) = await fixture.paid(fixture.beta, order)
            guard case .succeeded(let charge) = outcome else {
                Issue.record("not paid")
                return
            }
            _ = await fixture.beta.refund(charge.reference, Money(1, .usd), order, key: "r")
            try await fixture.keep(
                fixture.payment(), gateway: "sandbox_beta", session: session, charge: charge.reference)
            try await fixture.advance(seconds: 2)
            let types = try await fixture.events().map(\.type)
            #expect(types.sorted() == ["payment.processing", "payment.succeeded", "refund.succeeded"])
        }
    }

    @Test func `a notice nobody takes is given up after eight tries`() throws {
        try SandboxFixture.run { fixture in
            _ = await fixture.paid(fixture.alpha, fixture.order(fixture.alpha, fixture.payment()))
            let application = fixture.application
            try await fixture.store.transact { transaction in
                transaction.delete(GatewayConfiguration.self, Key(application, "sandbox_alpha"))
            }
            try await fixture.advance(seconds: 3600)
            let early = try await fixture.store.read { fixture.notices.nextDue(of: application, in: $0) }
            #expect(early != nil)
            try await fixture.advance(seconds: 8 * 3600)
            let late = try await fixture.store.read { fixture.notices.nextDue(of: application, in: $0) }
            #expect(late == nil)
            #expect(try await fixture.events().isEmpty)
        }
    }
}
