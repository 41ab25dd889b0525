import Billing
import Runtime
import Storage

/// Charging saved methods without the buyer: the calls.
extension PaymentEngine {
    /// Seconds for which every gateway remembers the key of a call: within them the same call may be sent again.
    static let keyLifetimeSeconds: Int64 = 6 * 3600

    static let methodUnavailable = Failure(
        "payment_method_unavailable", "The saved method cannot be charged any more.", .gateway)

    /// What a gateway's wish to see the buyer means where there is none.
    private static let authenticationRequired = Failure(
        "authentication_required", "The buyer must confirm with their bank; they can pay on the invoice's page.",
        gatewayCode: "authentication_required", .issuer)

    /// The outcome of a charge without the buyer: asking for the buyer is a decline.
    static func offSession(_ outcome: Outcome, isCharge: Bool) -> Outcome {
        guard isCharge, case .requiresAction = outcome else { return outcome }
        return .declined(authenticationRequired)
    }

    /// Makes the call of an attempt that is durable, and records what came back. An answer that is lost is asked for
    /// once more with the same key; after that this gateway is asked until it tells.
    @discardableResult
    func charge(_ hash: PaymentHash, _ call: Call, by act: Act) async throws -> Settlement {
        let key = call.attempt.callKey(hash, .capture)
        guard outgoing.withLock({ $0.insert(key).inserted }) else { return .confirming }
        defer { _ = outgoing.withLock { $0.remove(key) } }
        let outcome = try await send(hash, call, key, by: act)
        return try await record(hash, call.attempt.number, outcome, by: act)
    }

    private func send(_ hash: PaymentHash, _ call: Call, _ key: String, by act: Act) async throws -> Outcome {
        guard !call.token.isEmpty else { return .notExecuted(Self.methodUnavailable) }
        guard allows(call) else { return .notExecuted(Self.circuitOpen) }
        var call = call
        if let failure = try await prepareCharge(hash, &call, by: act) { return .notExecuted(failure) }
        let outcome = await call.adapter.charge(call.token, call.order, prepared: call.session, key: key)
        await note(call, reached: wasReached(outcome))
        guard case .unknown = outcome else { return outcome }
        return await sendAgain(call, key) ?? outcome
    }

    /// Makes the charge where the gateway wants it made first, and keeps its name: only then may it be carried out.
    ///
    /// - Returns: why there is none; no money moved.
    private func prepareCharge(_ hash: PaymentHash, _ call: inout Call, by act: Act) async throws -> Failure? {
        guard call.adapter.preparesCharges, call.session.isEmpty else { return nil }
        let key = call.attempt.callKey(hash, .start)
        var made = await call.adapter.prepareCharge(call.token, call.order, key: key)
        if case .lost = made { made = await call.adapter.prepareCharge(call.token, call.order, key: key) }
        switch made {
        case .opened(let name, _):
            await note(call, reached: true)
            let number = call.attempt.number
            let isKept = try await change(hash, "payment.charge_prepared", by: act) { payment, transaction in
                try payment.chargePrepared(number, reference: name, now: transaction.now)
            }.answer
            guard isKept else { return Self.interrupted }
            call.attempt.gatewayReference = name
            return nil
        case .notExecuted(let failure), .lost(let failure):
            await note(call, reached: failure.category != .network)
            return failure
        }
    }

    private static let interrupted = Failure(
        "interrupted", "The charge was never carried out.", .network)

    /// The same call with the same key.
    ///
    /// - Returns: nil when it did nothing, which proves nothing about the call before.
    private func sendAgain(_ call: Call, _ key: String) async -> Outcome? {
        guard !call.token.isEmpty, (try? await isHeld(call.order.account.application)) == false else { return nil }
        let again = await call.adapter.charge(call.token, call.order, prepared: call.session, key: key)
        await note(call, reached: wasReached(again))
        if case .notExecuted = again { return nil }
        return again
    }

    /// Asks what became of a charge. A gateway that does not know its key may yet receive the first call, so while keys
    /// live the same one is sent again rather than another gateway tried.
    func lookCharge(_ hash: PaymentHash, _ looked: Call, by act: Act) async throws -> Settlement {
        var call = looked
        let attempt = call.attempt
        let key = attempt.callKey(hash, .capture)
        // What was made and never carried out took nothing, whether or not the gateway knows it.
        let isUnprepared = call.adapter.preparesCharges && call.session.isEmpty && attempt.chargeReference == nil
        var outcome = Outcome.notExecuted(Self.interrupted)
        if !isUnprepared {
            let name = call.session.isEmpty ? attempt.chargeReference ?? "" : call.session
            outcome = await call.adapter.status(name, call.order, key: key)
            await note(call, reached: wasReached(outcome))
        }
        if isOut(call, of: hash) {
            guard case .succeeded = outcome else {
                _ = try await change(hash, "payment.lookup_early", by: act) { payment, transaction in
                    try payment.lookupFailed(attempt.number, now: transaction.now)
                }
                return .unchanged
            }
        }
        if case .notExecuted = outcome, attempt.isOpen {
            // It is neither sent again nor given up while its application is held.
            guard try await !isHeld(call.order.account.application) else {
                _ = try await change(hash, "payment.lookup_early", by: act) { payment, transaction in
                    try payment.lookupFailed(attempt.number, now: transaction.now)
                }
                return .unchanged
            }
            if call.now < attempt.startedAt.adding(seconds: Self.keyLifetimeSeconds) {
                if isUnprepared {
                    if try await prepareCharge(hash, &call, by: act) == nil {
                        outcome = await sendAgain(call, key) ?? outcome
                    }
                } else {
                    outcome = await sendAgain(call, key) ?? .unknown("The gateway does not know the call yet.")
                }
            } else if call.adapter.preparesCharges, !call.session.isEmpty {
                // Nobody may carry it out any more.
                let ended = await call.adapter.cancel(call.session, call.order)
                if ended != .expired { outcome = .unknown("The prepared charge could not be cancelled yet.") }
            }
        }
        switch outcome {
        case .succeeded: break
        case .declined, .notExecuted, .requiresAction, .approved, .settling, .unknown:
            guard attempt.isOpen else { return .unchanged }
        }
        return try await record(hash, attempt.number, outcome, by: act)
    }

    /// What follows for an automatic payment that took nothing: the next saved method at another gateway where the
    /// failure's class allows it, else its end.
    ///
    /// - Returns: the call that may leave once this is durable.
    func goOn(
        _ payment: inout Payment, after settlement: Settlement, in transaction: Transaction
    ) throws -> Call? {
        guard payment.isAutomatic, payment.status == .pending, payment.currentAttempt == nil else { return nil }
        let failure: Failure
        switch settlement {
        case .declined(let why, movesOn: true), .notExecuted(let why):
            let tried = payment.attempts.map(\.gateway)
            let next = chargeable(of: payment, in: transaction).first { !tried.contains($0.gateway) }
            // Nothing is charged during a hold; the invoice's next try comes after it.
            if let next, !Holds.isHeld(payment.mode, in: transaction) {
                return try begin(&payment, with: next, in: transaction)
            }
            failure = why
        case .declined(let why, movesOn: false):
            failure = why
        case .unchanged, .completed, .refundedAutomatically, .awaitsBuyer, .confirming, .amountDiffers:
            failure = payment.attempts.last?.failure ?? Self.methodUnavailable
        }
        payment.fail(failure, now: transaction.now)
        return nil
    }

    /// Opens the attempt that charges `method`.
    func begin(_ payment: inout Payment, with method: PaymentMethod, in transaction: Transaction) throws -> Call {
        let number = try payment.beginCharge(at: method.gateway, method: method.id, now: transaction.now)
        return try prepare(payment, number, in: transaction)
    }

    /// The saved methods that a payment may be charged to, whose gateways take it: the customer's, the default first,
    /// then the newest; or the subscription's own alone, where nobody who knew the customer asked for it.
    ///
    /// - Parameter named: One that somebody who knows the customer asks for.
    func chargeable(
        of payment: Payment, named: PaymentMethodID? = nil, in snapshot: Snapshot
    ) -> [PaymentMethod] {
        let gateways = Payments.gateways(of: payment.application, in: snapshot)
            .filter { $0.accepts(payment.amount) && adapter($0.adapter) != nil }.map(\.gateway)
        let subscription = payment.invoice.flatMap { snapshot.get(Invoice.self, Key($0))?.subscription }
            .flatMap { snapshot.get(Subscription.self, Key($0)) }
        let usesAll = subscription?.usesCustomerMethod ?? true
        return Customers.methods(of: payment.customer, in: snapshot)
            .filter { gateways.contains($0.gateway) }
            .filter { usesAll || $0.id == subscription?.paymentMethod || $0.id == named }
            .sorted { ($0.isDefault ? 0 : 1, $1.createdAt, $1.id) < ($1.isDefault ? 0 : 1, $0.createdAt, $0.id) }
    }
}
