package import Runtime

/// What follows from a payment's fields.
extension Payment {
    /// The one open attempt, if any.
    package var currentAttempt: Attempt? { attempts.last { $0.isOpen } }

    /// Whether it may still be paid without being late.
    package var isOpen: Bool { status == .pending || status == .processing }

    /// Whether a money-moving call is out or its outcome unknown.
    package var isInFlight: Bool { attempts.contains { $0.isInFlight } }

    /// Money that arrived and counts.
    package var amountCaptured: Money {
        var units: Int64 = 0
        for attempt in attempts where attempt.isCounted { units += attempt.captured?.units ?? 0 }
        return Money(units, amount.currency)
    }

    /// Succeeded refunds of counted money.
    package var amountRefunded: Money {
        var units: Int64 = 0
        for refund in refunds where refund.status == .succeeded && !refund.isAutomatic { units += refund.amount.units }
        return Money(units, amount.currency)
    }

    /// What can still be refunded: captured, less all refunds that succeeded or still may.
    package var amountRefundable: Money {
        var units = amountCaptured.units
        for refund in refunds where refund.status != .failed && !refund.isAutomatic { units -= refund.amount.units }
        return Money(units, amount.currency)
    }

    /// When something is next to be done without anybody asking: a lookup, or expiry.
    package var dueAt: Timestamp? {
        var due: Timestamp?
        func consider(_ time: Timestamp?) {
            guard let time else { return }
            due = due.map { min($0, time) } ?? time
        }
        for attempt in attempts { consider(attempt.nextLookAt) }
        for refund in refunds { consider(refund.nextLookAt) }
        // While an open attempt is being asked about or expired, expiry waits for the answer.
        if status == .pending, !isAutomatic, !attempts.contains(where: { $0.isOpen && $0.nextLookAt != nil }) {
            consider(expiresAt)
        }
        return due
    }

    /// Seconds from the money-moving call to each lookup: 5 s, 30 s, 2 min, 10 min, hourly to 24 h, daily to 7 days,
    /// then weekly.
    package static func lookupDelay(_ lookups: Int64) -> Int64 {
        switch lookups {
        case 0: 5
        case 1: 30
        case 2: 120
        case 3: 600
        case 4...27: 3600 * (lookups - 3)
        case 28...33: 86_400 * (lookups - 26)
        default: 86_400 * 7 * (lookups - 32)
        }
    }

    /// After this many seconds without an answer a payment is for the operator to resolve.
    package static let unresolvedAfterSeconds: Int64 = 7 * 86_400

    /// Attempts one payment may have; over it the checkout refuses.
    package static let attemptLimit = 30
    /// Refunds one payment may have.
    package static let refundLimit = 100

    /// Runs `body` on the attempt `number`, or refuses when there is none.
    mutating func withAttempt<Result>(
        _ number: Int64, _ body: (inout Attempt) throws(Refusal) -> Result
    ) throws(Refusal) -> Result {
        guard let index = attempts.firstIndex(where: { $0.number == number }) else {
            throw .notFound("attempt")
        }
        return try body(&attempts[index])
    }

    package func attempt(_ number: Int64) -> Attempt? {
        attempts.first { $0.number == number }
    }
}
