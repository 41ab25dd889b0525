package import Billing
import Fields
package import Runtime
import Storage

/// Pages on which a method is saved without paying. No step of them moves money.
extension PaymentEngine {
    /// What a setup page shows.
    package struct SetupVisit: Sendable {
        package let setup: PaymentMethodSetup
        package let application: Application
        package let customer: Customer
        /// The gateways at which a method can be left, in order.
        package let gateways: [GatewayConfiguration]
        package let methods: [PaymentMethod]
        /// The subscription whose link it is.
        package let subscription: Subscription?
        /// What that subscription owes now and charges by itself, oldest first: a method that is left is charged for
        /// it at once.
        package let owed: [Invoice]
        /// The subscription's newest invoice.
        package let newest: Invoice?
        /// The subscription's next invoice as it will be; nil when none is coming.
        package let upcoming: Invoice?
        /// Whether the page is the subscription's own link, which can be used again and again.
        package let isLasting: Bool
        /// The application's time.
        package let now: Timestamp
    }

    /// Everything a setup page shows; nil for an unknown token.
    package func setup(_ token: [UInt8]) async throws -> SetupVisit? {
        let clock = doors.clock
        return try await store.read { [self] snapshot in
            guard let setup = PaymentMethodSetups.find(token, in: snapshot),
                let application = snapshot.get(Application.self, Key(setup.application)),
                let customer = snapshot.get(Customer.self, Key(setup.customer)), customer.deletedAt == nil
            else { return nil }
            let subscription = setup.subscription.flatMap { snapshot.get(Subscription.self, Key($0)) }
            let owed = subscription.map { subscription in
                Invoices.openInvoices(of: customer.id, subscription: subscription.id, in: snapshot).filter {
                    $0.collection == .automatic && $0.halt != .ended
                }
            }
            let upcoming = subscription.flatMap {
                try? Subscriptions(ledger).upcoming($0.id, application: application, in: snapshot)
            }
            return SetupVisit(
                setup: setup, application: application, customer: customer,
                gateways: Payments.gateways(of: application.id, in: snapshot)
                    .filter { $0.isEnabled && adapter($0.adapter) != nil },
                methods: Customers.methods(of: customer.id, in: snapshot), subscription: subscription,
                owed: owed ?? [],
                newest: subscription?.latestInvoice.flatMap { snapshot.get(Invoice.self, Key($0)) },
                upcoming: upcoming, isLasting: subscription?.setupToken.bytes == token,
                now: snapshot.now(of: application.id, clock))
        }
    }

    /// The customer chose `gateway`: a session opens there, or at the next gateway where that fails.
    ///
    /// - Throws: `not_found`; `invalid_state` for a page that was used or has expired; `payment_in_flight` while
    ///   another start is going on; `unavailable` while the application is held.
    package func beginSetup(_ token: [UInt8], gateway: String, by act: Act) async throws -> NextStep {
        if let current = try await setup(token)?.setup.flow.currentAttempt {
            if current.status == .requiresAction, current.gateway == gateway, !current.isClaimed,
                let url = current.actionURL
            {
                return .buyer(url: url)
            }
            guard current.status == .requiresAction, try await abandonSetup(token, current.number, by: act) else {
                throw Refusal(.paymentInFlight, "This page is being used; wait a moment.")
            }
        }
        return try await openSetup(token, preferring: gateway, excluding: [], by: act)
    }

    private func openSetup(
        _ token: [UInt8], preferring preferred: String, excluding: [String], by act: Act
    ) async throws -> NextStep {
        var tried = excluding
        var failure = Failure("no_gateway", "No other gateway can save a method.", .configuration)
        while true {
            let excluded = tried
            let begun = try await changeSetup(token) { [self] setup, transaction -> Call? in
                try Holds.check(setup.flow.mode, in: transaction)
                let gateways = Payments.gateways(of: setup.application, in: transaction)
                    .filter { $0.accepts(setup.flow.amount) && adapter($0.adapter) != nil }
                let ordered = gateways.filter { $0.gateway == preferred } + gateways.filter { $0.gateway != preferred }
                guard let next = ordered.first(where: { !excluded.contains($0.gateway) }) else { return nil }
                guard setup.isOpen(now: transaction.now) else {
                    throw Refusal(.invalidState, "This page was used or has expired.")
                }
                try Holds.check(setup.flow.mode, in: transaction)
                let number = try setup.flow.beginAttempt(at: next.gateway, now: transaction.now)
                return try prepareSetup(setup, number, in: transaction)
            }
            guard let call = begun.answer else { return .unavailable(failure) }
            let number = call.attempt.number
            let key = call.attempt.callKey(begun.setup.flow.hash, .start)
            let outcome =
                allows(call) ? await call.adapter.startSave(call.order, key: key) : .notExecuted(Self.circuitOpen)
            switch outcome {
            case .opened(let session, let url):
                await note(call, reached: true)
                let opened = try await changeSetup(token) { setup, transaction in
                    try setup.flow.sessionOpened(number, reference: session, url: url, now: transaction.now)
                }
                if opened.answer { return .buyer(url: url) }
                _ = await call.adapter.cancel(session, call.order)
                throw Refusal(.invalidState, "This page was used or has expired.")
            case .notExecuted(let why), .lost(let why):
                if why != Self.circuitOpen { await note(call, reached: why.category != .network) }
                failure = why
                tried.append(call.attempt.gateway)
                _ = try await changeSetup(token) { setup, transaction in
                    try setup.flow.startFailed(
                        number, why, decision: "The next gateway tries at once.", now: transaction.now)
                }
            }
        }
    }

    /// The customer acted on a page of attempt `number`. A lost answer is asked for once more with the same key, and
    /// then looked up.
    package func submitSetup(
        _ token: [UInt8], attempt number: Int64, _ instrument: Instrument, by act: Act
    ) async throws -> NextStep {
        let begun = try await changeSetup(token) { [self] setup, transaction -> Call in
            try Holds.check(setup.flow.mode, in: transaction)
            guard transaction.now < setup.flow.expiresAt else {
                throw Refusal(.invalidState, "This page has expired.")
            }
            try setup.flow.beginCapture(number, now: transaction.now)
            return try prepareSetup(setup, number, in: transaction)
        }
        let call = begun.answer
        let key = call.attempt.callKey(begun.setup.flow.hash, .capture)
        var outcome =
            allows(call)
            ? await call.adapter.capture(call.session, call.order, with: instrument, key: key)
            : .notExecuted(Self.circuitOpen)
        if case .unknown = outcome {
            outcome = await call.adapter.capture(call.session, call.order, with: instrument, key: key)
            if case .notExecuted = outcome { outcome = .unknown("No conclusive answer came.") }
        }
        if case .unknown = outcome { outcome = await call.adapter.status(call.session, call.order, key: key) }
        await note(call, reached: wasReached(outcome))
        return try await recordSetup(token, number, outcome, by: act)
    }

    /// Records what came of a step; a method that was left is kept in the same transaction.
    @discardableResult
    private func recordSetup(
        _ token: [UInt8], _ number: Int64, _ outcome: Outcome, by act: Act
    ) async throws -> NextStep {
        let ledger = self.ledger
        return try await changeSetup(token) { setup, transaction -> NextStep in
            let settlement = try setup.flow.settle(
                number, outcome, decision: "", refund: RefundID(in: transaction, purpose: "refund"),
                now: transaction.now)
            if settlement == .completed, case .succeeded(let charge) = outcome, let saved = charge.saved,
                let gateway = setup.flow.gateway
            {
                try PaymentMethodSetups(ledger).keep(saved, of: &setup, gateway: gateway, by: act, in: transaction)
            }
            return switch settlement {
            case .completed, .refundedAutomatically: .completed
            case .awaitsBuyer(let url): .buyer(url: url)
            case .declined(let failure, _), .notExecuted(let failure): .declined(failure)
            case .confirming, .amountDiffers: .confirming
            case .unchanged: setup.flow.status == .completed ? .completed : .confirming
            }
        }.answer
    }

    /// Expires a session that waits for the customer.
    ///
    /// - Returns: whether it is out of the way.
    private func abandonSetup(_ token: [UInt8], _ number: Int64, by act: Act) async throws -> Bool {
        let claimed = try await changeSetup(token) { [self] setup, transaction -> Call in
            try setup.flow.claim(number, now: transaction.now)
            return try prepareSetup(setup, number, in: transaction)
        }
        let call = claimed.answer
        let outcome = call.session.isEmpty ? .expired : await call.adapter.cancel(call.session, call.order)
        let ended = try await changeSetup(token) { setup, transaction in
            try setup.flow.claimEnded(
                number, outcome, decision: "Another way was chosen, or the page expired.", now: transaction.now)
        }
        return ended.setup.flow.attempt(number)?.isOpen == false
    }

    /// The customer came back from a gateway's page: what became of it is read, and kept.
    package func setupReturned(_ token: [UInt8], by act: Act) async throws -> NextStep {
        guard let visit = try await setup(token) else { throw Refusal.notFound("page") }
        guard let attempt = visit.setup.flow.currentAttempt, attempt.gatewayReference != nil else {
            return visit.setup.flow.status == .completed ? .completed : .confirming
        }
        return try await readSetup(visit.setup, attempt.number, by: act)
    }

    /// A notice says that something became of a session: it is read, and kept, also when the customer never came back.
    package func lookSetup(
        _ hash: PaymentHash, session: String?, application: ApplicationID, by act: Act
    ) async throws -> Bool {
        let found = try await store.read { $0.first(PaymentMethodSetup.byFlow, Key(hash)) }
        guard let setup = found, setup.application == application,
            let attempt = setup.flow.attempts.last(where: { $0.gatewayReference == session && session != nil })
        else { return false }
        if attempt.isOpen, !attempt.isClaimed { _ = try await readSetup(setup, attempt.number, by: act) }
        return true
    }

    /// Reads a session at its gateway and records what became of it; what the customer agreed to is taken up.
    private func readSetup(_ setup: PaymentMethodSetup, _ number: Int64, by act: Act) async throws -> NextStep {
        let call = try await store.read { try prepareSetup(setup, number, in: $0) }
        let key = call.attempt.callKey(setup.flow.hash, .capture)
        var outcome = await call.adapter.status(call.session, call.order, key: key)
        await note(call, reached: wasReached(outcome))
        let token = setup.token.bytes
        if case .approved = outcome {
            guard call.attempt.isInFlight else {
                return try await submitSetup(token, attempt: number, .approval, by: act)
            }
            // The step got lost on its way; it moves no money.
            outcome = await call.adapter.capture(call.session, call.order, with: .approval, key: key)
            if case .notExecuted = outcome { outcome = .unknown("No conclusive answer came.") }
        }
        if case .unknown = outcome, !call.attempt.isInFlight {
            // A session that could not be read is still where the customer acts.
            _ = try await changeSetup(token, isDue: true) { setup, transaction in
                try setup.flow.lookupFailed(number, now: transaction.now)
            }
            return .confirming
        }
        return try await recordSetup(token, number, outcome, by: act)
    }

    /// Does what is due of a setup: asks about a step whose answer was lost, and ends one that has expired.
    func lookSetup(_ token: [UInt8]) async throws {
        guard let visit = try await setup(token) else {
            // Whose customer was forgotten.
            _ = try await changeSetup(token, isDue: true) { setup, transaction in setup.end(now: transaction.now) }
            return
        }
        for attempt in visit.setup.flow.attempts {
            guard let due = attempt.nextLookAt, due <= visit.now, attempt.isOpen else { continue }
            let number = attempt.number
            guard !attempt.isClaimed, attempt.step == .capture else {
                if attempt.status == .requiresAction || attempt.isClaimed {
                    if try await !abandonSetup(token, number, by: .system), attempt.gatewayReference != nil,
                        let now = try await self.setup(token)
                    {
                        // It was used already, or is being used: that is read.
                        _ = try await readSetup(now.setup, number, by: .system)
                    }
                    continue
                }
                let why = Failure("interrupted", "The server stopped while the session was being opened.", .network)
                _ = try await changeSetup(token) { setup, transaction in
                    try setup.flow.startFailed(
                        number, why, decision: "The customer begins again.", now: transaction.now)
                }
                continue
            }
            _ = try await readSetup(visit.setup, number, by: .system)
        }
        guard let after = try await setup(token), after.setup.flow.status == .pending,
            after.setup.flow.expiresAt <= after.now
        else { return }
        if let current = after.setup.flow.currentAttempt {
            guard try await abandonSetup(token, current.number, by: .system) else {
                if current.gatewayReference != nil {
                    _ = try await readSetup(after.setup, current.number, by: .system)
                }
                return
            }
        }
        _ = try await changeSetup(token, isDue: true) { setup, transaction in
            try setup.flow.cancel(.expired, now: transaction.now)
        }
    }

    /// Puts off what is due of a setup and failed.
    func postponeSetup(_ token: [UInt8]) async -> Bool {
        let changed = try? await changeSetup(token, isDue: true) { setup, transaction in
            setup.flow.postpone(now: transaction.now)
            if setup.flow.status == .pending, setup.flow.expiresAt <= transaction.now {
                setup.flow.expiresAt = transaction.now.adding(seconds: 600)
            }
        }
        return changed != nil
    }

    /// - Parameter isDue: Whether it is changed as it stands; a step of the customer begins anew where that is needed.
    private func changeSetup<Answer: Sendable>(
        _ token: [UInt8], isDue: Bool = false,
        _ body: @escaping @Sendable (inout PaymentMethodSetup, Transaction) throws -> Answer
    ) async throws -> (setup: PaymentMethodSetup, answer: Answer) {
        let ledger = self.ledger
        return try await store.transact { transaction in
            guard let found = PaymentMethodSetups.find(token, in: transaction) else {
                throw Refusal.notFound("page")
            }
            try transaction.keepTime(of: found.application)
            var setup = isDue ? found : try PaymentMethodSetups(ledger).ready(token, in: transaction)
            let answer = try body(&setup, transaction)
            transaction.put(setup)
            transaction.announce(due: setup.flow.dueAt, before: found.flow.dueAt, of: setup.application)
            return (setup, answer)
        }
    }

    private func prepareSetup(
        _ setup: PaymentMethodSetup, _ number: Int64, in snapshot: Snapshot
    ) throws -> Call {
        guard let attempt = setup.flow.attempt(number) else { throw Refusal.notFound("attempt") }
        guard
            let configuration = snapshot.get(GatewayConfiguration.self, Key(setup.application, attempt.gateway)),
            let adapter = adapter(configuration.adapter)
        else { throw Refusal(.unavailable, "The gateway \(attempt.gateway) is not configured any more.") }
        let customer = snapshot.get(Customer.self, Key(setup.customer))
        let order = Order(
            account: Account(application: setup.application, configuration: configuration), payment: setup.flow,
            attempt: number, customerEmail: customer?.email, customerName: customer?.name,
            checkoutURL: ledger.links.setup(setup))
        let now = (snapshot as? Transaction)?.now ?? snapshot.now(of: setup.application, doors.clock)
        return Call(adapter: adapter, order: order, attempt: attempt, now: now)
    }
}
