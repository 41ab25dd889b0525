import Testing

@testable import Billing

@Suite struct PaymentTransitionTests {
    /// What comes of each happening in each situation: where the payment stands then, `-` for no change, or `!` and
    /// the code of the refusal.
    private static func observed(_ situation: Situation, _ happening: Happening) throws -> String {
        var payment = try situation.payment()
        let before = payment
        do {
            try happening.befall(&payment, at: situation.now)
        } catch let refusal as Refusal {
            // A refused change leaves the payment alone.
            return payment == before ? "! " + refusal.code.rawValue : "changed by a refusal"
        }
        payment.updatedAt = before.updatedAt
        return payment == before ? "-" : payment.standing
    }

    @Test(arguments: Situation.allCases)
    func `every transition, legal or not, is the one of the table`(situation: Situation) throws {
        for happening in Happening.allCases {
            let expected = TransitionTable.expected(situation, happening)
            #expect(try Self.observed(situation, happening) == expected, "\(situation), \(happening)")
        }
    }

    @Test(arguments: Situation.allCases)
    func `the sums hold after every transition`(situation: Situation) throws {
        for happening in Happening.allCases {
            var payment = try situation.payment()
            try? happening.befall(&payment, at: situation.now)
            #expect(Invariants.findings(in: payment) == [], "\(situation), \(happening)")
            #expect((payment.status == .processing) == payment.isInFlight || payment.status == .completed)
        }
    }

    @Test(arguments: Situation.allCases)
    func `the same outcome again changes nothing`(situation: Situation) throws {
        for happening in [Happening.success, .decline, .unsent, .action] {
            var payment = try situation.payment()
            try? happening.befall(&payment, at: situation.now)
            let once = payment
            try? happening.befall(&payment, at: situation.now)
            #expect(payment == once, "\(situation), \(happening)")
        }
    }

    @Test func `no outcome moves a completed payment backwards`() throws {
        for happening in Happening.allCases {
            var payment = try Payment.completed()
            try? happening.befall(&payment, at: Situation.completed.now)
            #expect(payment.status == .completed && payment.amountCaptured == Money(10_000, .usd))
            #expect(payment.attempts.first?.status == .succeeded && payment.attempts.first?.chargeReference == "c1")
        }
    }
}
