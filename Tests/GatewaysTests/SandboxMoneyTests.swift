import Billing
import Fields
import JSON
import Runtime
import Simulation
import Storage
import Testing

@testable import Gateways

/// Whatever buyers, merchants, faults and notices do at the same time, the gateway's books and ours end up the same.
@Suite struct SandboxMoneyTests {
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
                adapters: [fixture.alpha, fixture.beta], actions: engine)
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

    @Test(arguments: UInt64(1)...16)
    func `the gateway's books and ours agree in the end`(seed: UInt64) throws {
        try SandboxFixture.run(seed: seed) { fixture in
            let shop = try await Shop(fixture, paymentCount: 3)
            var generator = SeededGenerator(seed: seed, purpose: 77)
            let pending = Guarded(0)
            for _ in 0..<40 {
                let deed = Deed(&generator, shop.payments)
                guard generator.below(2) == 0 else {
                    await deed.run(shop)
                    continue
                }
                pending.withLock { $0 += 1 }
                fixture.doors.scheduler.spawn(on: 0) {
                    await deed.run(shop)
                    pending.withLock { $0 -= 1 }
                }
            }
            for _ in 0..<10_000 where pending.withLock({ $0 }) > 0 {
                await fixture.doors.scheduler.sleep(until: fixture.clock.instant().adding(milliseconds: 1))
            }
            try await shop.setFaults("sandbox_alpha", [])
            try await shop.setFaults("sandbox_beta", [])
            try await shop.advance(seconds: 9 * 86_400)
            for hash in shop.payments {
                let payment = try await shop.payment(hash)
                let books = try await shop.books(hash)
                #expect(Invariants.findings(in: payment) == [])
                #expect(!payment.isInFlight)
                #expect(books.net == payment.amountCaptured.units - payment.amountRefunded.units)
                #expect(books.charges.sorted() == payment.attempts.compactMap(\.chargeReference).sorted())
                #expect([.completed, .cancelled].contains(payment.status))
            }
        }
    }

    /// One act of a buyer, a merchant, the operator or time.
    private struct Deed: Sendable {
        let choice: Int
        let hash: PaymentHash
        let gateway: String
        let instrument: Instrument
        let faults: [Fault]
        let seconds: Int64
        let amount: Money

        init(_ generator: inout SeededGenerator, _ payments: [PaymentHash]) {
            choice = generator.below(16)
            hash = payments[generator.below(payments.count)]
            gateway = ["sandbox_alpha", "sandbox_beta"][generator.below(2)]
            switch generator.below(6) {
            case 0: instrument = .approval
            case 1: instrument = .refusal
            default:
                let story = SandboxCard.stories[generator.below(SandboxCard.stories.count)]
                instrument = SandboxFixture.card(story.number)
            }
            var faults: [Fault] = []
            for _ in 0..<generator.below(3) { faults.append(Fault.allCases[generator.below(Fault.allCases.count)]) }
            self.faults = faults
            seconds = [1, 6, 40, 700][generator.below(4)]
            amount = Money(Int64(1 + generator.below(600)), .usd)
        }

        /// Refusals are answers like others here.
        func run(_ shop: Shop) async {
            do {
                try await attempt(shop)
            } catch {}
        }

        private func attempt(_ shop: Shop) async throws {
            let engine = shop.engine
            let application = shop.fixture.application
            switch choice {
            case 0...3: _ = try await engine.start(hash, gateway: gateway, by: .buyer)
            case 4...9:
                guard let open = try await engine.openAttempt(of: hash) else { return }
                _ = try await engine.submit(hash, attempt: open.number, instrument, by: .buyer)
            case 10:
                _ = try await engine.cancel(hash, application: application, reason: .requestedByMerchant, by: .system)
            case 11, 12:
                let decimal = DecimalAmount(decimal: JSONDecimal(amount.description))
                _ = try await engine.refund(hash, application: application, amount: decimal, reason: nil, by: .system)
            case 13: _ = try await engine.sync(hash, application: application, by: .system)
            case 14: try await shop.setFaults(gateway, faults)
            default: try await shop.advance(seconds: seconds)
            }
        }
    }
}
