import Fields
import Runtime
import Testing

@testable import Billing

@Suite struct PaymentRefundTests {
    private static let now = Payment.origin.adding(seconds: 100)

    private static func refund(
        _ payment: inout Payment, _ units: Int64?, id: UInt128, _ currency: Currency = .usd
    ) throws -> Refund {
        try payment.requestRefund(
            id: RefundID(value: id), amount: units.map { Money($0, currency) }, reason: "asked", now: now)
    }

    @Test func `refunds that are pending count against the limit`() throws {
        var payment = try Payment.completed()
        _ = try Self.refund(&payment, 6_000, id: 1)
        #expect(payment.amountRefundable == Money(4_000, .usd) && payment.amountRefunded.isZero)
        #expect(throws: Refusal.self) { try Self.refund(&payment, 4_001, id: 2) }
        _ = try Self.refund(&payment, 4_000, id: 2)
        #expect(throws: Refusal.self) { try Self.refund(&payment, nil, id: 3) }
        #expect(throws: Refusal.self) { try Self.refund(&payment, 1, id: 3) }
    }

    @Test func `a failed refund gives its amount free again`() throws {
        var payment = try Payment.completed()
        let refund = try Self.refund(&payment, nil, id: 1)
        #expect(refund.amount == payment.amount)
        #expect(try payment.settleRefund(refund.id, .failed(Failure("refused", "No.", .gateway)), now: Self.now))
        #expect(payment.amountRefundable == payment.amount)
        let second = try Self.refund(&payment, 2_500, id: 2)
        #expect(try payment.settleRefund(second.id, .succeeded(reference: "r2"), now: Self.now))
        #expect(payment.amountRefunded == Money(2_500, .usd) && payment.amountRefundable == Money(7_500, .usd))
    }

    @Test(arguments: [0, -1, 10_001, .max, .min] as [Int64])
    func `an amount outside of what is left is refused`(units: Int64) throws {
        var payment = try Payment.completed()
        #expect(throws: Refusal.self) { try Self.refund(&payment, units, id: 1) }
        #expect(payment.refunds.isEmpty)
    }

    @Test func `another currency is refused`() throws {
        var payment = try Payment.completed()
        let euro = try #require(Currency("EUR"))
        #expect(throws: Refusal.self) { try Self.refund(&payment, 100, id: 1, euro) }
    }

    @Test func `a settled refund never changes again`() throws {
        for final in [RefundOutcome.succeeded(reference: "r1"), .failed(Failure("no", "No.", .gateway))] {
            var payment = try Payment.completed()
            let refund = try Self.refund(&payment, 100, id: 1)
            #expect(try payment.settleRefund(refund.id, final, now: Self.now))
            let settled = payment
            for outcome in [
                RefundOutcome.succeeded(reference: "r9"), .failed(Failure("x", "X.", .gateway)), .unknown("?"),
                .notExecuted(Failure("x", "X.", .network)),
            ] {
                #expect(try !payment.settleRefund(refund.id, outcome, now: Self.now))
                #expect(payment == settled)
            }
        }
    }

    @Test func `an unanswered refund is asked for on the lookup schedule`() throws {
        var payment = try Payment.completed()
        let refund = try Self.refund(&payment, nil, id: 1)
        #expect(payment.dueAt == Self.now.adding(seconds: 30))
        var moments: [Int64] = []
        var now = Self.now
        for _ in 0..<6 {
            #expect(try !payment.settleRefund(refund.id, .unknown("?"), now: now))
            now = try #require(payment.dueAt)
            moments.append(now.seconds - Self.now.seconds)
        }
        #expect(moments == [5, 30, 120, 600, 3600, 7200])
    }

    @Test func `automatic refunds take nothing from what the merchant may refund`() throws {
        var payment = try Payment.completed()
        _ = try payment.settle(1, .charged("c2"), at: Self.now)
        _ = try Self.refund(&payment, 10_000, id: 50)
        _ = try payment.settleRefund(RefundID(value: 50), .succeeded(reference: "r"), now: Self.now)
        _ = try payment.settleRefund(RefundID(value: 1), .succeeded(reference: "a"), now: Self.now)
        #expect(payment.amountRefunded == Money(10_000, .usd) && payment.amountRefundable.isZero)
        #expect(Invariants.findings(in: payment) == [])
    }

    @Test func `a payment has at most 100 refunds`() throws {
        var payment = try Payment.completed()
        for id in 1...100 as ClosedRange<UInt128> { _ = try Self.refund(&payment, 1, id: id) }
        #expect(throws: Refusal.self) { try Self.refund(&payment, 1, id: 101) }
    }
}
