package import Billing
import Runtime
import Storage

extension PaymentEngine {
    /// The buyer chose `gateway`. An attempt that is open elsewhere is replaced: claimed, its session expired at its
    /// gateway, and only then a new one is opened, at the chosen gateway or, where that provably fails, the next.
    ///
    /// - Throws: `payment_in_flight` while another start is going on; `invalid_state` when the payment is settled or
    ///   has expired.
    package func start(_ hash: PaymentHash, gateway: String, by act: Act) async throws -> NextStep {
        let payment = try await load(hash)
        if let current = payment.currentAttempt {
            if current.isInFlight { return try await follow(hash, current.number, by: act) }
            if current.status == .requiresAction, current.gateway == gateway, !current.isClaimed,
                let url = current.actionURL
            {
                return .buyer(url: url)
            }
            guard current.status == .requiresAction else {
                throw Refusal(.paymentInFlight, "This payment is being started; wait a moment.")
            }
            let decision = "The buyer chose \(gateway) instead."
            guard try await replace(hash, current.number, decision: decision, by: act) else {
                return try await follow(hash, current.number, by: act)
            }
        }
        return try await open(hash, preferring: gateway, excluding: [], by: act)
    }

    /// Opens a session at the first gateway that can: the preferred one, then the route's order.
    func open(
        _ hash: PaymentHash, preferring preferred: String?, excluding: [String], by act: Act
    ) async throws -> NextStep {
        var tried = excluding
        var failure = Failure("no_gateway", "No other gateway can take this payment.", .configuration)
        while true {
            let excluded = tried
            let begun = try await change(hash, "payment.attempt", by: act) { [self] payment, transaction -> Call? in
                try Holds.check(payment.mode, in: transaction)
                try Payments.checkOwed(payment, in: transaction)
                let all = Payments.gateways(of: payment.application, in: transaction)
                let route = Payments.route(all, allowed: payment.allowedGateways, amount: payment.amount)
                let ordered = route.filter { $0.gateway == preferred } + route.filter { $0.gateway != preferred }
                guard
                    let next = ordered.first(where: {
                        !excluded.contains($0.gateway) && adapter($0.adapter) != nil
                    })
                else { return nil }
                let number = try payment.beginAttempt(at: next.gateway, now: transaction.now)
                return try prepare(payment, number, in: transaction)
            }
            guard let call = begun.answer else { return .unavailable(failure) }
            let key = call.attempt.callKey(hash, .start)
            let outcome =
                allows(call)
                ? await call.adapter.startCheckout(call.order, key: key) : .notExecuted(Self.circuitOpen)
            let number = call.attempt.number
            switch outcome {
            case .opened(let session, let url):
                await note(call, reached: true)
                if try await record(session, url, of: call, hash, by: act) { return .buyer(url: url) }
                _ = await call.adapter.cancel(session, call.order)
                return try await next(.unchanged, hash, number, by: act)
            case .notExecuted(let why), .lost(let why):
                if why != Self.circuitOpen { await note(call, reached: why.category != .network) }
                failure = why
                tried.append(call.attempt.gateway)
                _ = try await change(hash, "payment.attempt_failed", by: act) { payment, transaction in
                    try payment.startFailed(
                        number, why, decision: "Proven not executed; the next gateway tries at once.",
                        now: transaction.now)
                }
                if why.category == .configuration {
                    doors.log.write(
                        .error, "gateway_refused_us", [("gateway", call.attempt.gateway), ("code", why.code)])
                }
                if case .lost = outcome {
                    doors.scheduler.spawn(on: doors.scheduler.currentLoop) {
                        await self.expireLostSession(call, hash, by: act)
                    }
                }
            }
        }
    }

    /// Writes a session's name down.
    ///
    /// - Returns: whether the buyer may go there; false when the attempt ended while the session was being opened.
    private func record(
        _ session: String, _ url: String, of call: Call, _ hash: PaymentHash, by act: Act
    ) async throws -> Bool {
        try await change(hash, "payment.session", by: act) { payment, transaction in
            try payment.sessionOpened(call.attempt.number, reference: session, url: url, now: transaction.now)
        }.answer
    }

    /// A session whose answer was lost may exist: resending its key finds it, and then it is expired. Its name is kept
    /// first, so that money it takes all the same is recognised.
    func expireLostSession(_ call: Call, _ hash: PaymentHash, by act: Act) async {
        let key = call.attempt.callKey(hash, .start)
        guard case .opened(let session, let url) = await call.adapter.startCheckout(call.order, key: key) else {
            return
        }
        do {
            _ = try await record(session, url, of: call, hash, by: act)
        } catch {
            doors.log.write(.warning, "lost_session", [("payment", hash.description), ("error", "\(error)")])
        }
        _ = await call.adapter.cancel(session, call.order)
    }

    /// Claims an open attempt and expires its session, so that it can take no money any more.
    ///
    /// - Returns: whether the attempt is out of the way; false when it has taken money, is about to, or did not tell.
    func replace(_ hash: PaymentHash, _ number: Int64, decision: String, by act: Act) async throws -> Bool {
        _ = try await change(hash, "payment.claim", by: act) { payment, transaction in
            try payment.claim(number, now: transaction.now)
        }
        let call = try await prepare(hash, number)
        let outcome = call.session.isEmpty ? .expired : await call.adapter.cancel(call.session, call.order)
        let ended = try await change(hash, "payment.claim_ended", by: act) { payment, transaction in
            try payment.claimEnded(number, outcome, decision: decision, now: transaction.now)
        }
        return ended.payment.attempt(number)?.isOpen == false
    }

    /// Expires the session that is left behind when the next gateway tries, as far as its gateway can be reached: an
    /// earlier call that got lost could still arrive there.
    private func leave(_ hash: PaymentHash, _ number: Int64) {
        doors.scheduler.spawn(on: doors.scheduler.currentLoop) {
            guard let call = try? await self.prepare(hash, number), !call.session.isEmpty else { return }
            _ = await call.adapter.cancel(call.session, call.order)
        }
    }

    /// Asks about an attempt that may have taken money, and says where that leaves the buyer.
    func follow(_ hash: PaymentHash, _ number: Int64, by act: Act) async throws -> NextStep {
        let settlement = try await look(hash, attempt: number, by: act)
        return try await next(settlement, hash, number, by: act)
    }

    /// What a settlement means for the buyer; a provable failure moves on to the next gateway at once.
    func next(_ settlement: Settlement, _ hash: PaymentHash, _ number: Int64, by act: Act) async throws -> NextStep {
        switch settlement {
        case .completed, .refundedAutomatically: return .completed
        case .awaitsBuyer(let url): return .buyer(url: url)
        case .confirming, .amountDiffers: return .confirming
        case .declined(let failure, movesOn: false): return .declined(failure)
        case .declined(let failure, movesOn: true), .notExecuted(let failure):
            let payment = try await load(hash)
            guard payment.status == .pending, let gateway = payment.attempt(number)?.gateway else {
                return .declined(failure)
            }
            leave(hash, number)
            let step = try await open(hash, preferring: nil, excluding: [gateway], by: act)
            if case .unavailable = step { return .declined(failure) }
            return step
        case .unchanged:
            let payment = try await load(hash)
            if payment.isInFlight { return .confirming }
            if payment.status != .pending { return .completed }
            if let current = payment.currentAttempt, let url = current.actionURL { return .buyer(url: url) }
            if let failure = payment.attempts.last?.failure { return .declined(failure) }
            return .confirming
        }
    }
}

extension PaymentEngine {
    /// The attempt of a payment that waits for the buyer, if any.
    package func openAttempt(of hash: PaymentHash) async throws -> Attempt? {
        guard let attempt = try await load(hash).currentAttempt, attempt.status == .requiresAction else { return nil }
        return attempt
    }

    /// The buyer asked for more time before the page closes.
    package func extend(_ hash: PaymentHash, by act: Act) async throws -> Payment {
        try await change(hash, "payment.extend", by: act) { payment, transaction in
            try payment.extend(now: transaction.now)
        }.payment
    }
}
