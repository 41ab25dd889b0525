package import Runtime

/// The decisions on attempts: facts in, the next state out. Whoever calls them writes the payment in the same
/// transaction, with its events.
extension Payment {
    /// Seconds after which a call that was begun and never recorded (a crash) is looked up.
    static let lostCallSeconds: Int64 = 30

    /// Opens an attempt at `gateway`; its `start` call may leave once this is durable.
    ///
    /// - Returns: the attempt's number.
    /// - Throws: `invalid_state` unless pending and not expired; `payment_in_flight` while another attempt is open.
    package mutating func beginAttempt(at gateway: String, now: Timestamp) throws(Refusal) -> Int64 {
        guard status == .pending else { throw refusal("start a payment", allowed: "pending") }
        guard now < expiresAt else { throw Refusal(.invalidState, "This payment has expired.") }
        guard currentAttempt == nil else {
            throw Refusal(.paymentInFlight, "Another attempt of this payment is open; follow it or cancel it first.")
        }
        guard attempts.count < Self.attemptLimit else {
            throw Refusal(.invalidState, "This payment was tried \(Self.attemptLimit) times; create a new one.")
        }
        var attempt = Attempt()
        attempt.number = Int64(attempts.count) + 1
        attempt.gateway = gateway
        attempt.startedAt = now
        attempt.nextLookAt = now.adding(seconds: Self.lostCallSeconds)
        attempts.append(attempt)
        updatedAt = now
        return attempt.number
    }

    /// The gateway opened a session: the buyer acts at `url`.
    ///
    /// - Returns: whether the buyer may go there. False when the attempt ended meanwhile: then only the session's name
    ///   is kept, so that money it takes all the same is recognised, and the session is to be expired.
    @discardableResult
    package mutating func sessionOpened(
        _ number: Int64, reference: String, url: String, now: Timestamp
    ) throws(Refusal) -> Bool {
        let isOpen = try withAttempt(number) { attempt throws(Refusal) -> Bool in
            if attempt.gatewayReference == nil { attempt.gatewayReference = reference }
            guard attempt.status == .started, attempt.step == .start, !attempt.isClaimed else {
                return attempt.status == .requiresAction && attempt.gatewayReference == reference
            }
            attempt.status = .requiresAction
            attempt.actionURL = url
            attempt.nextLookAt = nil
            return true
        }
        updatedAt = now
        return isOpen
    }

    /// The `start` call failed or its answer was lost. It moves no money, so the next gateway may try at once.
    package mutating func startFailed(
        _ number: Int64, _ failure: Failure, decision: String, now: Timestamp
    ) throws(Refusal) {
        try withAttempt(number) { attempt throws(Refusal) in
            guard attempt.status == .started, attempt.step == .start else { return }
            attempt.failure = failure
            attempt.executed = .no
            attempt.finish(.errored, at: now, decision: decision)
        }
        updatedAt = now
    }

    /// The money-moving call of the attempt may leave once this is durable.
    ///
    /// - Throws: `payment_in_flight` when it is out already; `invalid_state` unless the buyer was acting on it.
    package mutating func beginCapture(_ number: Int64, now: Timestamp) throws(Refusal) {
        guard status == .pending || status == .processing else { throw refusal("pay", allowed: "pending") }
        guard !isInFlight else {
            throw Refusal(.paymentInFlight, "This payment is being confirmed; do not pay again.")
        }
        try withAttempt(number) { attempt throws(Refusal) in
            guard attempt.status == .requiresAction, !attempt.isClaimed else {
                throw Refusal(.invalidState, "This attempt cannot be paid any more; choose how to pay again.")
            }
            attempt.status = .started
            attempt.step = .capture
            attempt.captureCount += 1
            attempt.executed = .unknown
            attempt.nextLookAt = now.adding(seconds: Self.lostCallSeconds)
            attempt.unknownSince = now
            attempt.lookups = 0
        }
        status = .processing
        updatedAt = now
    }

    /// Claims an open attempt that waits for the buyer, so that its session can be expired and no new one opens.
    ///
    /// - Throws: `payment_in_flight` while its money-moving call is out.
    package mutating func claim(_ number: Int64, now: Timestamp) throws(Refusal) {
        try withAttempt(number) { attempt throws(Refusal) in
            guard !attempt.isInFlight else {
                throw Refusal(.paymentInFlight, "This payment is being confirmed; wait for its outcome.")
            }
            guard attempt.isOpen else { return }
            attempt.isClaimed = true
            attempt.nextLookAt = now.adding(seconds: Self.lostCallSeconds)
        }
        updatedAt = now
    }

    /// What came of expiring the claimed session. After `inProgress` and `unknown` the attempt is open again and
    /// its outcome is to be asked for.
    package mutating func claimEnded(
        _ number: Int64, _ outcome: ExpiryOutcome, decision: String, now: Timestamp
    ) throws(Refusal) {
        let next = now.adding(seconds: patience(Self.lostCallSeconds, now: now))
        try withAttempt(number) { attempt throws(Refusal) in
            guard attempt.isClaimed, attempt.isOpen else { return }
            switch outcome {
            case .expired:
                attempt.executed = .no
                attempt.finish(.abandoned, at: now, decision: decision)
            case .impossible:
                attempt.finish(.superseded, at: now, decision: decision)
            case .inProgress, .unknown:
                attempt.isClaimed = false
                attempt.nextLookAt = next
            }
        }
        reopen(now)
    }

    /// A lookup told nothing about an attempt that waits for the buyer: ask again later, if it was to be asked at all.
    package mutating func lookupFailed(_ number: Int64, now: Timestamp) throws(Refusal) {
        let next = now.adding(seconds: patience(60, now: now))
        try withAttempt(number) { attempt throws(Refusal) in
            guard let due = attempt.nextLookAt, due <= now else { return }
            attempt.nextLookAt = next
        }
        updatedAt = now
    }

    /// Seconds until a gateway that does not tell is asked again: at least so many, and ever more the longer the
    /// payment's time has been over.
    private func patience(_ least: Int64, now: Timestamp) -> Int64 {
        min(86_400, max(least, (now.seconds - expiresAt.seconds) / 8))
    }

    /// Puts off everything that is due by ten minutes: it could not be done now.
    package mutating func postpone(now: Timestamp) {
        let later = now.adding(seconds: 600)
        for index in attempts.indices {
            if let due = attempts[index].nextLookAt, due <= now { attempts[index].nextLookAt = later }
        }
        for index in refunds.indices {
            if let due = refunds[index].nextLookAt, due <= now { refunds[index].nextLookAt = later }
        }
    }

    /// Cancels a pending payment without an open attempt.
    package mutating func cancel(_ reason: CancellationReason, now: Timestamp) throws(Refusal) {
        guard status == .pending else {
            if isInFlight {
                throw Refusal(.paymentInFlight, "This payment is being confirmed; wait for its outcome, then refund.")
            }
            throw refusal("cancel", allowed: "pending")
        }
        guard currentAttempt == nil else {
            throw Refusal(.paymentInFlight, "An attempt of this payment is open; it is expired first.")
        }
        status = .cancelled
        cancellationReason = reason
        updatedAt = now
    }

    func refusal(_ act: String, allowed: String) -> Refusal {
        Refusal(.invalidState, "A payment that is \(status.rawValue) does not allow to \(act); it must be \(allowed).")
    }
}

extension Payment {
    /// When the page would close if the buyer asked for more time now: 30 minutes on, within 30 days of creation; nil
    /// when there is no more time to give.
    package func extendedExpiry(now: Timestamp) -> Timestamp? {
        let later = min(now.adding(seconds: 1800), createdAt.adding(seconds: 2_592_000))
        return later > expiresAt ? later : nil
    }

    /// Gives the buyer more time, near the end only.
    package mutating func extend(now: Timestamp) throws(Refusal) {
        guard status == .pending, now < expiresAt else { throw refusal("extend", allowed: "pending") }
        guard expiresAt < now.adding(seconds: 600), let later = extendedExpiry(now: now) else { return }
        expiresAt = later
        updatedAt = now
    }
}
