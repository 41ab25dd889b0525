import Fields
import Runtime
import Testing

@testable import Billing

@Suite struct PaymentSettlementTests {
    private static let origin = Payment.origin

    private static func later(_ seconds: Int64) -> Timestamp { origin.adding(seconds: seconds) }

    // MARK: Late and second successes

    @Test func `a success after expiry completes the payment, late`() throws {
        var payment = try Situation.expired.payment()
        #expect(try payment.settle(1, .charged("c1"), at: Self.later(100_000)) == .completed)
        #expect(payment.status == .completed && payment.isLate && payment.cancellationReason == nil)
        #expect(payment.amountCaptured == payment.amount && payment.completedAt == Self.later(100_000))
    }

    @Test func `a success after failure completes the payment, late`() throws {
        var payment = try Situation.failed.payment()
        #expect(try payment.settle(1, .charged("c1"), at: Self.later(5)) == .completed)
        #expect(payment.status == .completed && payment.isLate)
    }

    @Test(arguments: [CancellationReason.requestedByMerchant, .cancelledByBuyer])
    func `a success after cancellation is recorded and refunded`(reason: CancellationReason) throws {
        var payment = try Situation.declined.payment()
        try payment.cancel(reason, now: Self.origin)
        let settlement = try payment.settle(1, .charged("c1"), at: Self.later(5))
        let refund = try #require(payment.refunds.first)
        #expect(settlement == .refundedAutomatically(refund.id))
        #expect(payment.status == .cancelled && payment.cancellationReason == reason && !payment.isLate)
        #expect(refund.isAutomatic && refund.amount == payment.amount && refund.attempt == 1)
        #expect(refund.nextLookAt == Self.later(5) && refund.reason == "payment_cancelled")
        #expect(payment.amountCaptured.isZero && payment.attempts.first?.captured == payment.amount)
    }

    @Test func `a second success is refunded, and both are shown`() throws {
        var payment = try Payment.completed()
        let settlement = try payment.settle(1, .charged("c2"), at: Self.later(5))
        #expect(settlement == .refundedAutomatically(RefundID(value: 1)))
        #expect(payment.attempts.map(\.chargeReference) == ["c1", "c2"])
        #expect(payment.attempts.map(\.isCounted) == [true, false])
        #expect(payment.refunds.map(\.attempt) == [2] && payment.refunds.map(\.reason) == ["duplicate_payment"])
        #expect(payment.status == .completed && payment.amountCaptured == payment.amount)
        #expect(payment.amountRefundable == payment.amount)
    }

    @Test func `the same charge is one success, however often and wherever it is told`() throws {
        var payment = try Situation.declined.payment()
        _ = try payment.beginAttempt(at: "beta", now: Self.later(1))
        try payment.sessionOpened(2, reference: "s2", url: "u", now: Self.later(1))
        try payment.beginCapture(2, now: Self.later(2))
        #expect(try payment.settle(2, .charged("c9"), at: Self.later(3)) == .completed)
        let completed = payment
        #expect(try payment.settle(2, .charged("c9"), at: Self.later(4)) == .unchanged)
        #expect(try payment.settle(1, .charged("c9"), at: Self.later(5)) == .unchanged)
        #expect(payment == completed)
    }

    @Test func `a success of a declined attempt beside a completed one is refunded`() throws {
        var payment = try Situation.declined.payment()
        _ = try payment.beginAttempt(at: "beta", now: Self.later(1))
        try payment.sessionOpened(2, reference: "s2", url: "u", now: Self.later(1))
        try payment.beginCapture(2, now: Self.later(2))
        _ = try payment.settle(2, .charged("c2"), at: Self.later(3))
        guard case .refundedAutomatically = try payment.settle(1, .charged("c1"), at: Self.later(4)) else {
            Issue.record("not refunded")
            return
        }
        #expect(payment.gateway == "beta" && Invariants.findings(in: payment) == [])
    }

    @Test func `a late success of a superseded session is refunded, and the buyer goes on`() throws {
        var payment = try Situation.superseded.payment()
        let number = try payment.beginAttempt(at: "beta", now: Self.later(1))
        try payment.sessionOpened(number, reference: "s2", url: "u", now: Self.later(1))
        guard case .refundedAutomatically = try payment.settle(1, .charged("c1"), at: Self.later(2)) else {
            Issue.record("not refunded")
            return
        }
        #expect(payment.status == .pending && payment.refunds.map(\.reason) == ["attempt_replaced"])
        try payment.beginCapture(number, now: Self.later(3))
        #expect(try payment.settle(number, .charged("c2"), at: Self.later(4)) == .completed)
        #expect(payment.gateway == "beta" && !payment.isLate && payment.amountCaptured == payment.amount)
    }

    // MARK: Another amount

    @Test(
        arguments: [(9_999, "USD"), (10_001, "USD"), (10_000, "EUR"), (0, "USD"), (-10_000, "USD")] as [(Int64, String)]
    )
    func `another amount or currency stays processing, unresolved`(units: Int64, code: String) throws {
        let currency = try #require(Currency(code))
        var payment = try Payment.capturing()
        #expect(try payment.settle(1, .charged("c1", units, currency), at: Self.later(5)) == .amountDiffers)
        #expect(payment.status == .processing && payment.isUnresolved && payment.amountCaptured.isZero)
        #expect(payment.attempts.first?.executed == .yes && payment.attempts.first?.nextLookAt == nil)
        let once = payment
        #expect(try payment.settle(1, .charged("c1", units, currency), at: Self.later(6)) == .unchanged)
        #expect(payment == once)
        // No other attempt may follow, and no cancellation.
        #expect(throws: Refusal.self) { try payment.beginAttempt(at: "beta", now: Self.later(7)) }
        #expect(throws: Refusal.self) { try payment.cancel(.expired, now: Self.later(100_000)) }
    }

    @Test func `money that cannot count goes back as it came, whatever its amount`() throws {
        var payment = try Payment.completed()
        _ = try payment.settle(1, .charged("c2", 777), at: Self.later(5))
        #expect(payment.refunds.map(\.amount) == [Money(777, .usd)])
        #expect(!payment.isUnresolved && payment.status == .completed && Invariants.findings(in: payment) == [])
        var cancelled = try Situation.cancelled.payment()
        let euro = try #require(Currency("EUR"))
        _ = try cancelled.settle(1, .charged("c1", 5_000, euro), at: Self.later(5))
        #expect(cancelled.refunds.map(\.amount) == [Money(5_000, euro)] && cancelled.status == .cancelled)
        #expect(Invariants.findings(in: cancelled) == [])
    }

    // MARK: Lookups

    /// Moments of the lookups, in seconds after the call, when no one of them is answered.
    private static func lookups(_ count: Int) throws -> [Int64] {
        var payment = try Payment.capturing()
        var moments: [Int64] = []
        _ = try payment.settle(1, .silence, at: origin)
        for _ in 0..<count {
            let next = try #require(payment.attempts.first?.nextLookAt)
            #expect(payment.dueAt == next)
            moments.append(next.seconds - origin.seconds)
            _ = try payment.settle(1, .silence, at: next)
        }
        return moments
    }

    @Test func `lookups come at 5 s, 30 s, 2 min, 10 min, 1 h, hourly to 24 h, daily to 7 days, then weekly`() throws {
        let hours = (1...24).map { Int64($0) * 3600 }
        let days = (2...7).map { Int64($0) * 86_400 }
        let weeks = (2...5).map { Int64($0) * 7 * 86_400 }
        #expect(try Self.lookups(38) == [5, 30, 120, 600] + hours + days + weeks)
    }

    @Test func `after 7 days without an answer the payment is unresolved, never before`() throws {
        var payment = try Payment.capturing()
        _ = try payment.settle(1, .silence, at: Self.origin)
        var next = try #require(payment.attempts.first?.nextLookAt)
        while next < Self.later(7 * 86_400) {
            _ = try payment.settle(1, .silence, at: next)
            #expect(!payment.isUnresolved)
            next = try #require(payment.attempts.first?.nextLookAt)
        }
        #expect(next == Self.later(7 * 86_400))
        _ = try payment.settle(1, .silence, at: next)
        #expect(payment.isUnresolved && payment.status == .processing)
        #expect(try payment.settle(1, .charged("c1"), at: Self.later(8 * 86_400)) == .completed)
        #expect(!payment.isUnresolved && !payment.isLate)
    }

    @Test func `after a long stop one lookup does for all that are overdue`() throws {
        var payment = try Payment.capturing()
        _ = try payment.settle(1, .silence, at: Self.origin)
        _ = try payment.settle(1, .silence, at: Self.later(4000))
        #expect(payment.attempts.first?.nextLookAt == Self.later(7200))
    }

    @Test func `a new call of the same attempt begins the schedule anew`() throws {
        var payment = try Payment.capturing()
        _ = try payment.settle(1, .silence, at: Self.later(3000))
        _ = try payment.settle(1, .requiresAction(url: "u"), at: Self.later(3600))
        #expect(payment.status == .pending && payment.attempts.first?.nextLookAt == nil)
        try payment.beginCapture(1, now: Self.later(4000))
        _ = try payment.settle(1, .silence, at: Self.later(4001))
        #expect(payment.attempts.first?.nextLookAt == Self.later(4005))
        _ = try payment.settle(1, .requiresAction(url: "u"), at: Self.later(5000))
        _ = try payment.settle(1, .settling, at: Self.later(6000))
        #expect(payment.attempts.first?.nextLookAt == Self.later(6005) && payment.status == .processing)
    }

    @Test func `a lookup that is not answered says nothing about money when no call is out`() throws {
        var payment = try Payment.awaitingBuyer()
        #expect(try payment.settle(1, .silence, at: Self.later(5)) == .unchanged)
        #expect(payment.status == .pending)
    }

    @Test func `a session that turns out paid while it is claimed drops the claim`() throws {
        var payment = try Situation.claimed.payment()
        #expect(try payment.settle(1, .settling, at: Self.later(5)) == .confirming)
        try payment.claimEnded(1, .expired, decision: "Because.", now: Self.later(6))
        #expect(payment.status == .processing && payment.attempts.first?.status == .unknown)
    }

    // MARK: Keys

    @Test func `each call has a key of its own, at most 108 characters of A to Z, a to z, 0 to 9 and -`() throws {
        var payment = try Payment.capturing()
        _ = try payment.settle(1, .requiresAction(url: "u"), at: Self.later(1))
        let first = try #require(payment.attempt(1)).callKey(payment.hash, .capture)
        try payment.beginCapture(1, now: Self.later(2))
        let attempt = try #require(payment.attempt(1))
        let keys = [first, attempt.callKey(payment.hash, .capture), attempt.callKey(payment.hash, .start)]
        #expect(Set(keys).count == 3)
        var refund = Refund()
        refund.id = RefundID(value: .max)
        for key in keys + [refund.callKey] {
            #expect(key.utf8.count <= 108)
            let isPlain = key.utf8.allSatisfy {
                $0 == 0x2d || (0x30...0x39).contains($0) || (0x41...0x5a).contains($0) || (0x61...0x7a).contains($0)
            }
            #expect(isPlain, "\(key)")
        }
    }

    // MARK: Expiry

    @Test func `expiry is due at its moment, and re-arms while a call is in flight`() throws {
        var payment = try Payment.awaitingBuyer()
        #expect(payment.dueAt == payment.expiresAt)
        try payment.beginCapture(1, now: Self.later(86_399))
        #expect(payment.dueAt == Self.later(86_399 + 30))
        _ = try payment.settle(1, .silence, at: Self.later(86_400))
        #expect(payment.dueAt == Self.later(86_404))
        #expect(throws: Refusal.self) { try payment.cancel(.expired, now: Self.later(90_000)) }
        _ = try payment.settle(1, .refused, at: Self.later(90_000))
        #expect(payment.status == .pending && payment.dueAt == payment.expiresAt)
        try payment.cancel(.expired, now: Self.later(90_000))
        #expect(payment.status == .cancelled && payment.cancellationReason == .expired && payment.dueAt == nil)
    }

    @Test func `expiry waits for an open session that is being expired`() throws {
        var payment = try Payment.awaitingBuyer()
        try payment.claim(1, now: Self.later(86_400))
        #expect(payment.dueAt == Self.later(86_430))
        try payment.claimEnded(1, .expired, decision: "Because.", now: Self.later(86_401))
        #expect(payment.dueAt == payment.expiresAt)
    }

    @Test func `an expired payment starts nothing and is not paid`() throws {
        var payment = Payment.sample()
        #expect(throws: Refusal.self) { try payment.beginAttempt(at: "alpha", now: payment.expiresAt) }
        #expect(throws: Refusal.self) { try payment.extend(now: payment.expiresAt) }
    }

    @Test func `more time is given near the end only, and never past 30 days`() throws {
        var payment = Payment.sample()
        try payment.extend(now: Self.later(85_000))
        #expect(payment.expiresAt == Self.later(86_400))
        try payment.extend(now: Self.later(86_000))
        #expect(payment.expiresAt == Self.later(87_800))
        payment.expiresAt = Self.later(2_592_000)
        try payment.extend(now: Self.later(2_591_999))
        #expect(payment.expiresAt == Self.later(2_592_000))
    }

    @Test func `a payment has at most 30 attempts`() throws {
        var payment = Payment.sample()
        for number in 1...30 as ClosedRange<Int64> {
            #expect(try payment.beginAttempt(at: "alpha", now: Self.origin) == number)
            try payment.startFailed(number, Failure("down", "Down.", .network), decision: "Because.", now: Self.origin)
        }
        #expect(throws: Refusal.self) { try payment.beginAttempt(at: "alpha", now: Self.origin) }
    }
}
