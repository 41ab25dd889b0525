import Fields
import Runtime

@testable import Billing

extension Payment {
    /// The moment at which sample payments are made.
    static let origin = Timestamp(seconds: 1_736_899_200)

    /// A fresh payment of 100.00 USD that expires after a day.
    static func sample() -> Payment {
        var payment = Payment()
        payment.hash = PaymentHash(value: 1)
        payment.amount = Money(10_000, .usd)
        payment.createdAt = origin
        payment.updatedAt = origin
        payment.expiresAt = origin.adding(seconds: 86_400)
        return payment
    }

    /// One whose buyer is on the page of a session of attempt 1.
    static func awaitingBuyer(at now: Timestamp = origin) throws -> Payment {
        var payment = sample()
        let number = try payment.beginAttempt(at: "alpha", now: now)
        try payment.sessionOpened(number, reference: "s1", url: "https://pay.example/1", now: now)
        return payment
    }

    /// One whose money-moving call left at `now`.
    static func capturing(at now: Timestamp = origin) throws -> Payment {
        var payment = try awaitingBuyer(at: now)
        try payment.beginCapture(1, now: now)
        return payment
    }

    /// One that was paid by charge `c1`.
    static func completed(at now: Timestamp = origin) throws -> Payment {
        var payment = try capturing(at: now)
        _ = try payment.settle(1, .charged("c1"), at: now)
        return payment
    }

    /// Settles with a refund id made from the count of refunds.
    mutating func settle(_ number: Int64, _ outcome: Outcome, at now: Timestamp) throws(Refusal) -> Settlement {
        try settle(
            number, outcome, decision: "Because.", refund: RefundID(value: UInt128(refunds.count + 1)), now: now)
    }
}

extension Outcome {
    /// A success of 100.00 USD, or of another amount.
    static func charged(_ reference: String, _ units: Int64 = 10_000, _ currency: Currency = .usd) -> Outcome {
        .succeeded(
            Charge(
                reference: reference, amount: Money(units, currency),
                method: MethodSummary(type: "card", brand: "visa", last4: "4242")))
    }

    static let refused = Outcome.declined(Failure("insufficient_funds", "No funds.", .issuer))
    static let processingError = Outcome.declined(Failure("processing_error", "An error.", .gateway))
    static let unsent = Outcome.notExecuted(Failure("gateway_unreachable", "Refused.", .network))
    static let silence = Outcome.unknown("No answer.")
}
