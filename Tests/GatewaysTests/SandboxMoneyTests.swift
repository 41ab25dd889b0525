import Billing
import Fields
import JSON
import Runtime
import Storage
import Testing

@testable import Gateways

/// Whatever buyers, merchants, faults and notices do at the same time, the gateway's books and ours end up the same.
@Suite struct SandboxMoneyTests {
    /// The engine behind the notices' door; named later, as each needs the other.
    private struct EngineActions: NoticeActions {
        let engine: PaymentEngine

        func look(_ hash: PaymentHash, attempt: Int64, by act: Act) async throws -> Settlement {
            try await engine.look(hash, attempt: attempt, by: act)
        }

        func dispute(charge: String, payment: PaymentHash, by act: Act) async throws {
            try await engine.dispute(charge: charge, payment: payment, by: act)
        }
    }

    private struct Shop: Sendable {
        let fixture: SandboxFixture
        let engine: PaymentEngine
        let clockwork: Clockwork
        let payments: [PaymentHash]

        init(_ fixture: SandboxFixture, paymentCount: UInt64) async throws {
            self.fixture = fixture
            engine = PaymentEngine(
                store: fixture.store, ledger: fixture.ledger, doors: fixture.doors,
                adapters: [fixture.alpha, fixture.beta], breaker: CircuitBreaker())
            let inbound = InboundNotices(
                store: fixture.store, ledger: fixture.ledger, doors: fixture.doors,
                adapters: [fixture.alpha, fixture.beta], actions: EngineActions(engine: engine))
            let notices = SandboxNotices(
                store: fixture.store, vault: fixture.ledger.vault, doors: fixture.doors, inbound: inbound)
            clockwork = Clockwork(
                store: fixture.store, doors: fixture.doors, sources: [engine, notices, inbound],
                manualClock: fixture.clock)
            let drafts = (1...paymentCount).map { fixture.payment($0, units: 1000 + Int64($0)) }
            payments = drafts.map(\.hash)
            try await fixture.store.transact { transaction in
                for draft in drafts {
                    fixture.ledger.save(draft, before: nil, action: "payment.create", by: .system, in: transaction)
                }
            }
        }

        func setFaults(_ gateway: String, _ faults: [Fault]) async throws {
            let configuration = SandboxFixture.configuration(gateway, fixture.application, faults: faults)
            try await fixture.store.transact { $0.put(configuration) }
        }

        func advance(seconds: Int64) async throws {
            let target = fixture.clock.now().adding(seconds: seconds)
            let deadline = fixture.doors.clock.instant().adding(seconds: 3600)
            let result = await clockwork.advance(to: target, deadline: deadline)
            #expect(result.isDone)
        }

        func payment(_ hash: PaymentHash) async throws -> Payment {
            try #require(try await fixture.store.read { $0.get(Payment.self, Key(hash)) })
        }

        func pay(_ hash: PaymentHash, at gateway: String, with instrument: Instrument) async throws -> NextStep {
            _ = try await engine.start(hash, gateway: gateway, by: .buyer)
            let attempt = try #require(try await engine.openAttempt(of: hash))
            return try await engine.submit(hash, attempt: attempt.number, instrument, by: .buyer)
        }

        /// What the gateways took for a payment and did not give back, and in how many charges.
        func books(_ hash: PaymentHash) async throws -> (net: Int64, charges: [String]) {
            try await fixture.store.read { snapshot in
                var net: Int64 = 0
                var charges: [String] = []
                snapshot.scan(SandboxCharge.self) { charge, _ in
                    guard charge.payment == hash else { return true }
                    net += charge.amount.units - charge.refundedUnits
                    charges.append(charge.id)
                    return true
                }
                return (net, charges)
            }
        }
    }

    @Test(
        arguments: [
            ([.timeoutAfterCharge], 2), ([.timeoutAfterCharge, .lateWebhook], 5),
            ([.timeoutAfterCharge, .duplicateWebhook], 2), ([.timeoutAfterCharge, .outOfOrderWebhooks], 2),
        ] as [([Fault], Int64)])
    func `a lost answer is found by notice or lookup, whichever is first`(faults: [Fault], seconds: Int64) throws {
        try SandboxFixture.run { fixture in
            let shop = try await Shop(fixture, paymentCount: 1)
            let hash = shop.payments[0]
            try await shop.setFaults("sandbox_alpha", faults)
            let step = try await shop.pay(
                hash, at: "sandbox_alpha", with: SandboxFixture.card("4242424242424242"))
            #expect(step == .confirming)
            #expect(try await shop.payment(hash).status == .processing)
            try await shop.advance(seconds: seconds)
            #expect(try await shop.payment(hash).status == .completed)
            try await shop.advance(seconds: 86_400)
            let books = try await shop.books(hash)
            #expect(books.charges.count == 1)
            #expect(books.net == 1001)
        }
    }

    @Test func `a gateway that is down is passed over at once`() throws {
        try SandboxFixture.run { fixture in
            let shop = try await Shop(fixture, paymentCount: 1)
            let hash = shop.payments[0]
            try await shop.setFaults("sandbox_alpha", [.down])
            let step = try await shop.pay(hash, at: "sandbox_alpha", with: .approval)
            #expect(step == .completed)
            let payment = try await shop.payment(hash)
            #expect(payment.gateway == "sandbox_beta")
            #expect(payment.attempts.map(\.status) == [.errored, .succeeded])
        }
    }

    @Test(arguments: [nil, "1.00"] as [String?]) func `an unpaid payment is not refunded`(amount: String?) throws {
        try SandboxFixture.run { fixture in
            let shop = try await Shop(fixture, paymentCount: 1)
            let decimal = amount.map { DecimalAmount(decimal: JSONDecimal($0)) }
            await #expect(throws: Refusal.self) {
                _ = try await shop.engine.refund(
                    shop.payments[0], application: fixture.application, amount: decimal, reason: nil, by: .system)
            }
        }
    }

    @Test func `a disputed payment says so`() throws {
        try SandboxFixture.run { fixture in
            let shop = try await Shop(fixture, paymentCount: 1)
            let hash = shop.payments[0]
            _ = try await shop.pay(hash, at: "sandbox_alpha", with: SandboxFixture.card("4000000000000259"))
            try await shop.advance(seconds: 4)
            #expect(try await !shop.payment(hash).isDisputed)
            try await shop.advance(seconds: 1)
            #expect(try await shop.payment(hash).isDisputed)
        }
    }
}
