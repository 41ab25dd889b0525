import Fields
import Runtime
import Storage
import Testing

@testable import Billing

@Suite struct InvariantsTests {
    private func paid() -> Payment {
        var payment = Payment()
        payment.hash = PaymentHash(value: 1)
        payment.amount = Money(1000, .usd)
        payment.status = .completed
        var attempt = Attempt()
        attempt.number = 1
        attempt.status = .succeeded
        attempt.isCounted = true
        attempt.captured = payment.amount
        attempt.chargeReference = "ch_1"
        payment.attempts = [attempt]
        return payment
    }

    @Test func `a paid payment and an untouched one keep every rule`() {
        var untouched = Payment()
        untouched.amount = Money(5, .usd)
        #expect(Invariants.findings(in: untouched) == [])
        #expect(Invariants.findings(in: paid()) == [])
    }

    /// One way to break a payment.
    struct Fault: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let apply: @Sendable (inout Payment) -> Void
    }

    static let faults = [
        Fault(testDescription: "two counted successes") { $0.attempts.append($0.attempts[0]) },
        Fault(testDescription: "more captured than asked") { $0.amount = Money(999, .usd) },
        Fault(testDescription: "completed without money") { $0.attempts = [] },
        Fault(testDescription: "money without completion") { $0.status = .pending },
        Fault(testDescription: "a success without a charge") { $0.attempts[0].chargeReference = nil },
        Fault(testDescription: "an uncounted success that stays") { payment in
            var second = payment.attempts[0]
            second.number = 2
            second.isCounted = false
            second.chargeReference = "ch_2"
            payment.attempts.append(second)
        },
        Fault(testDescription: "refunds beyond the capture") { payment in
            var refund = Refund()
            refund.attempt = 1
            refund.amount = Money(600, .usd)
            refund.status = .succeeded
            payment.refunds = [refund, refund]
        },
        Fault(testDescription: "a refund of no attempt") { payment in
            var refund = Refund()
            refund.attempt = 7
            refund.amount = Money(1, .usd)
            payment.refunds = [refund]
        },
    ]

    @Test(arguments: faults)
    func `each broken rule is found`(_ fault: Fault) {
        var payment = paid()
        fault.apply(&payment)
        #expect(Invariants.findings(in: payment) != [])
    }

    @Test func `a failed refund takes nothing from what can be refunded`() {
        var payment = paid()
        var failed = Refund()
        failed.attempt = 1
        failed.amount = Money(1000, .usd)
        failed.status = .failed
        var good = failed
        good.status = .succeeded
        payment.refunds = [failed, good]
        #expect(Invariants.findings(in: payment) == [])
    }

    @Test func `a changed or missing audit entry shows`() throws {
        let world = try LedgerWorld()
        _ = try world.createPayment()
        #expect(try world.findings() == [])
        try world.transact { transaction in
            var entry = try #require(transaction.get(AuditEntry.self, Key(Int64(2))))
            entry.actor = "nobody"
            transaction.put(entry)
        }
        #expect(try world.findings().contains { $0.hasPrefix("audit:") })
        let removed = try LedgerWorld()
        _ = try removed.createPayment()
        try removed.transact { $0.delete(AuditEntry.self, Key(Int64(3))) }
        #expect(try removed.findings().contains { $0.contains("entry 3 is missing") })
    }

    @Test func `a missing event shows`() throws {
        let world = try LedgerWorld()
        _ = try world.createPayment()
        let id = world.application.id
        try world.transact { $0.delete(Event.self, Key(id, Int64(1))) }
        #expect(try world.findings().contains { $0.contains("event 1 is missing") })
    }

    @Test func `the log's digest must be in the chain`() throws {
        let world = try LedgerWorld()
        let kept = try world.read { snapshot in
            Invariants(of: snapshot, recoveredDigest: snapshot.get(AuditHead.self, AuditHead.key)?.digest.bytes)
        }
        #expect(kept.areKept)
        let broken = try world.read { Invariants(of: $0, recoveredDigest: [UInt8](repeating: 1, count: 32)) }
        #expect(broken.findingCount == 1)
    }
}
