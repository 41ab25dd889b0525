import Fields
import Runtime
import Testing

@testable import Billing

/// A seeded walk through the state machine: anything may happen at any time, in any order.
@Suite struct PaymentWalkTests {
    /// Numbers from a seed.
    private struct Dice {
        private var state: UInt64

        init(_ seed: UInt64) {
            state = seed
        }

        mutating func roll(_ sides: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(sides))
        }
    }

    private static func outcome(_ dice: inout Dice) -> Outcome {
        switch dice.roll(9) {
        case 0, 1: .charged("c\(dice.roll(6))")
        case 2: .charged("c\(dice.roll(6))", [9_999, 20_000, 1][dice.roll(3)])
        case 3: .requiresAction(url: "https://pay.example/\(dice.roll(3))")
        case 4: .refused
        case 5: .processingError
        case 6: .unsent
        case 7: .settling
        default: .silence
        }
    }

    private static func step(_ payment: inout Payment, _ dice: inout Dice, _ now: Timestamp, _ id: UInt128) throws {
        let number = Int64(dice.roll(max(1, payment.attempts.count)) + 1)
        let failure = Failure("down", "Down.", .network)
        switch dice.roll(14) {
        case 0, 1: _ = try payment.beginAttempt(at: ["alpha", "beta"][dice.roll(2)], now: now)
        case 2: try payment.sessionOpened(number, reference: "s\(number)", url: "u", now: now)
        case 3: try payment.startFailed(number, failure, decision: "Because.", now: now)
        case 4: try payment.beginCapture(number, now: now)
        case 5: try payment.claim(number, now: now)
        case 6:
            let outcomes: [ExpiryOutcome] = [.expired, .inProgress, .impossible, .unknown("?")]
            try payment.claimEnded(number, outcomes[dice.roll(4)], decision: "Because.", now: now)
        case 7, 8, 9, 10:
            _ = try payment.settle(
                number, outcome(&dice), decision: "Because.", refund: RefundID(value: id), now: now)
        case 11: try payment.lookupFailed(number, now: now)
        case 12 where dice.roll(10) == 0:
            try payment.cancel([.expired, .requestedByMerchant, .cancelledByBuyer][dice.roll(3)], now: now)
        case 12:
            let amount = dice.roll(2) == 0 ? nil : Money(Int64(dice.roll(12_000)), .usd)
            _ = try payment.requestRefund(id: RefundID(value: id), amount: amount, reason: nil, now: now)
        default:
            guard let refund = payment.refunds.randomElement(using: dice.roll(64)) else { return }
            let outcomes: [RefundOutcome] = [
                .succeeded(reference: "r"), .pending(reference: "r"), .failed(failure), .notExecuted(failure),
                .unknown("?"),
            ]
            _ = try payment.settleRefund(refund.id, outcomes[dice.roll(5)], now: now)
        }
    }

    /// What the step from `before` must not have done.
    private static func backwardSteps(from before: Payment, to after: Payment) -> [String] {
        var findings = Invariants.findings(in: after)
        if before.status == .completed, after.status != .completed { findings.append("left completed") }
        if after.amountCaptured.isLess(than: before.amountCaptured) { findings.append("captured less") }
        if after.amountRefunded.isLess(than: before.amountRefunded) { findings.append("refunded less") }
        if after.amountCaptured.isLess(than: after.amountRefunded) { findings.append("refunded more than captured") }
        if after.status == .pending, after.isInFlight { findings.append("pending while a call is in flight") }
        if after.status == .processing, !after.isInFlight { findings.append("processing and nothing in flight") }
        // One that took another amount waits for the operator, whatever else is open.
        let open = after.attempts.filter { $0.isOpen && $0.executed != .yes }
        if open.count > 1 { findings.append("two open attempts") }
        for (old, new) in zip(before.attempts, after.attempts) {
            var known = old
            // A session's name may still be learned.
            if known.gatewayReference == nil { known.gatewayReference = new.gatewayReference }
            if old.status == .succeeded, new != known { findings.append("a success changed") }
            if !old.isOpen, new.isOpen, new.executed != .yes { findings.append("a settled attempt reopened") }
        }
        for (old, new) in zip(before.refunds, after.refunds) where old.status != .pending && new != old {
            findings.append("a settled refund changed")
        }
        let charges = after.attempts.compactMap(\.chargeReference)
        if Set(charges).count != charges.count { findings.append("a charge counted twice") }
        if after.status == .processing, after.dueAt == nil, !after.isUnresolved { findings.append("nobody looks") }
        return findings
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `in 10,000 steps in any order the sums hold and nothing moves backwards`(seed: UInt64) throws {
        var dice = Dice(seed)
        var payment = Payment.sample()
        var now = Payment.origin
        var completed = 0
        for index in 1...10_000 as ClosedRange<UInt128> {
            if payment.attempts.count > 24 || payment.refunds.count > 40 || dice.roll(60) == 0 {
                completed += payment.status == .completed ? 1 : 0
                payment = .sample()
                now = Payment.origin
            }
            let before = payment
            do {
                try Self.step(&payment, &dice, now, index)
            } catch is Refusal {
                let isSame = payment == before
                #expect(isSame, "step \(index): a refusal changed something")
            }
            let findings = Self.backwardSteps(from: before, to: payment)
            #expect(findings == [], "step \(index): \(before.standing) to \(payment.standing)")
            guard findings.isEmpty else { return }
            now = now.adding(milliseconds: Int64(dice.roll(40_000)))
        }
        #expect(completed > 20)
    }
}

extension Array {
    /// The element `number` modulo the count, or nil of an empty array.
    fileprivate func randomElement(using number: Int) -> Element? {
        isEmpty ? nil : self[number % count]
    }
}
