package import Runtime

/// The decisions on automatic payments: a saved method is charged, and there is no buyer to choose again.
extension Payment {
    /// Opens an attempt that charges a saved method at `gateway`; its call may leave once this is durable.
    ///
    /// - Returns: the attempt's number.
    /// - Throws: `invalid_state` unless pending; `payment_in_flight` while another attempt is open.
    package mutating func beginCharge(
        at gateway: String, method: PaymentMethodID, now: Timestamp
    ) throws(Refusal) -> Int64 {
        guard status == .pending else { throw refusal("charge", allowed: "pending") }
        guard currentAttempt == nil else {
            throw Refusal(.paymentInFlight, "Another attempt of this payment is open; follow it first.")
        }
        guard attempts.count < Self.attemptLimit else {
            throw Refusal(.invalidState, "This payment was tried \(Self.attemptLimit) times.")
        }
        var attempt = Attempt()
        attempt.number = Int64(attempts.count) + 1
        attempt.gateway = gateway
        attempt.savedMethod = method
        attempt.step = .capture
        attempt.captureCount = 1
        attempt.executed = .unknown
        attempt.startedAt = now
        attempt.unknownSince = now
        attempt.nextLookAt = now.adding(seconds: Self.lostCallSeconds)
        attempts.append(attempt)
        status = .processing
        updatedAt = now
        return attempt.number
    }

    /// The gateway made the charge that is carried out next; until its name is kept here nothing can be taken.
    ///
    /// - Returns: whether it may be carried out; false when the attempt ended meanwhile.
    package mutating func chargePrepared(
        _ number: Int64, reference: String, now: Timestamp
    ) throws(Refusal) -> Bool {
        let isOpen = try withAttempt(number) { attempt throws(Refusal) -> Bool in
            guard attempt.isInFlight, attempt.gatewayReference ?? reference == reference else { return false }
            attempt.gatewayReference = reference
            attempt.nextLookAt = max(attempt.nextLookAt ?? now, now.adding(seconds: Self.lostCallSeconds))
            return true
        }
        updatedAt = now
        return isOpen
    }

    /// Ends an automatic payment that has no try left.
    package mutating func fail(_ failure: Failure, now: Timestamp) {
        guard isAutomatic, status == .pending, currentAttempt == nil else { return }
        status = .failed
        self.failure = failure
        updatedAt = now
    }

    /// Whether a debt that this payment is for must not change now: a call is out or unknown, a session is being
    /// opened or expired, or the gateway has not decided yet.
    package var holdsDebt: Bool {
        status == .processing
            || isOpen && attempts.contains { $0.isInFlight || $0.status == .started || $0.isClaimed && $0.isOpen }
    }

    /// Whether a saved method was charged by the attempt.
    package func isCharge(_ number: Int64) -> Bool { attempt(number)?.savedMethod != nil }
}
