package import Billing
import Fields
package import Runtime
package import Storage

/// Acting on stored notices: at once, again after a crash, and again when their object comes late.
extension InboundNotices {
    package var kind: StaticString { "gateway_events" }

    /// Notices taken up at once.
    private static let batch = 50
    /// Notices acted on at the same time; over it they are awaited.
    private static let runningLimit = 64
    private static let lifetimeSeconds: Int64 = 86_400

    /// Seconds until the next try after `tries` of them.
    static func delay(after tries: Int64) -> Int64 {
        switch tries {
        case ...1: 5
        case 2: 30
        case 3: 120
        case 4: 600
        default: 3600
        }
    }

    package func nextDue(of application: ApplicationID, in snapshot: Snapshot) -> Timestamp? {
        snapshot.first(GatewayEvent.byDue, Key(application))?.nextTryAt
    }

    package func runDue(of application: ApplicationID, now: Timestamp, waits: Bool) async -> Int {
        let taken = try? await store.transact(for: application) { transaction -> [GatewayEvent] in
            var due: [GatewayEvent] = []
            transaction.scan(
                GatewayEvent.byDue, prefix: Key(application),
                upTo: Key(application, now.adding(milliseconds: 1)), limit: Self.batch
            ) { event, _ in
                due.append(event)
                return true
            }
            // The next try is set before this one begins, so that a crash in between only delays.
            for index in due.indices {
                due[index].tries += 1
                due[index].nextTryAt = now.adding(seconds: Self.delay(after: due[index].tries))
                transaction.put(due[index])
            }
            return due
        }
        guard let taken else { return 0 }
        if waits {
            await doors.scheduler.forEach(Self.byPayment(taken), width: Self.runningLimit) { events in
                for event in events { await self.act(on: event) }
            }
            return taken.count
        }
        for (index, event) in taken.enumerated() {
            let isSpawned = running.withLock { count in
                guard count < Self.runningLimit else { return false }
                count += 1
                return true
            }
            guard isSpawned else {
                await act(on: event)
                continue
            }
            doors.scheduler.spawn(on: index) {
                await self.act(on: event)
                self.running.withLock { $0 -= 1 }
            }
        }
        return taken.count
    }

    /// Notices of one payment, in their order, apart from those of others.
    private static func byPayment(_ events: [GatewayEvent]) -> [[GatewayEvent]] {
        var places: [PaymentHash: Int] = [:]
        var groups: [[GatewayEvent]] = []
        for event in events {
            guard let payment = event.payment, let place = places[payment] else {
                if let payment = event.payment { places[payment] = groups.count }
                groups.append([event])
                continue
            }
            groups[place].append(event)
        }
        return groups
    }

    /// Acts once more on a stored notice, whatever came of it before.
    ///
    /// - Parameter first: Runs inside the first transaction; what it throws ends the call before anything is done.
    /// - Returns: the notice after it was acted on.
    /// - Throws: `not_found`, or a `StoreError`.
    package func replay(
        _ id: GatewayEventID, application: ApplicationID, by act: Act,
        first: @escaping @Sendable (Transaction) throws -> Void
    ) async throws -> GatewayEvent {
        let event = try await store.transact { [ledger] transaction -> GatewayEvent in
            try first(transaction)
            try transaction.keepTime(of: application)
            guard var event = transaction.get(GatewayEvent.self, Key(id)), event.application == application else {
                throw Billing.Refusal.notFound("gateway event")
            }
            event.status = .received
            event.processedAt = nil
            event.note = nil
            event.tries += 1
            event.nextTryAt = transaction.now.adding(seconds: Self.delay(after: 1))
            transaction.put(event)
            transaction.announceWork(of: application)
            ledger.audit(
                "gateway_event.replay", on: id.description, application: application, by: act, in: transaction)
            return event
        }
        await self.act(on: event)
        return try await store.read { $0.get(GatewayEvent.self, Key(id)) } ?? event
    }

    private enum Finding {
        case done(String)
        case ignored(String)
        /// Worth another try.
        case missing(String)
        case failed(String)
    }

    /// Reads from the gateway what the notice announces, and records what became of the notice.
    private func act(on event: GatewayEvent) async {
        let (finding, payment) = await find(event)
        let vault = ledger.vault
        let written = try? await store.transact(for: event.application) { transaction -> GatewayEvent? in
            guard var event = transaction.get(GatewayEvent.self, Key(event.id)), event.status == .received else {
                return nil
            }
            event.payment = event.payment ?? payment
            // What could not be told when it came is from now on forgotten with its customer.
            if event.customer == .none, let customer = Self.person(of: event, in: transaction),
                let body = vault.open(event.raw, for: event.id.description)
            {
                event.customer = customer
                event.raw = vault.sealPersonal(body, of: customer, in: transaction)
            }
            let isOver = transaction.now >= event.receivedAt.adding(seconds: Self.lifetimeSeconds)
            switch finding {
            case .done(let note): event.end(.processed, note, at: transaction.now)
            case .ignored(let note): event.end(.ignored, note, at: transaction.now)
            case .missing(let note) where isOver: event.end(.ignored, note, at: transaction.now)
            case .failed(let note) where isOver: event.end(.failed, note, at: transaction.now)
            case .missing(let note), .failed(let note): event.note = note
            }
            transaction.put(event)
            return event
        }
        if let event = written, event.status == .failed {
            doors.log.write(
                .error, "gateway_notice_failed",
                [("gateway", event.gateway), ("event", event.id.description), ("note", event.note ?? "")])
        }
    }

    /// - Returns: what became of the notice, and the payment it is about.
    private func find(_ event: GatewayEvent) async -> (Finding, PaymentHash?) {
        var hash = event.payment
        do {
            if let digest = event.methodDigest {
                let isOurs = try await actions.lookMethod(
                    digest: digest, gateway: event.gateway, application: event.application, by: .gateway(event.gateway))
                return (
                    isOurs ? .done("The saved method was read.") : .missing("This application has no such method."),
                    nil
                )
            }
            if hash == nil { hash = try await owner(of: event) }
            guard let hash else { return (.ignored("It names no payment of this server."), nil) }
            return (try await look(event, at: hash), hash)
        } catch is Untold {
            return (.failed("The gateway did not tell which payment it is about."), hash)
        } catch let refusal as Billing.Refusal {
            return (.failed(refusal.message), hash)
        } catch {
            return (.failed("The payment could not be written."), hash)
        }
    }

    /// Reads what the notice announces of a payment, or of a page on which a method is saved.
    private func look(_ event: GatewayEvent, at hash: PaymentHash) async throws -> Finding {
        let act = Act.gateway(event.gateway)
        let payment = try await store.read { $0.get(Payment.self, Key(hash)) }
        guard let payment, payment.application == event.application else {
            let isSetup = try await actions.lookSetup(
                hash, session: event.session, application: event.application, by: act)
            return isSetup
                ? .done("The page on which a method is saved was read.")
                : .missing("This application has no such payment.")
        }
        if let charge = event.disputedCharge {
            guard payment.attempts.contains(where: { $0.chargeReference == charge }) else {
                return .missing("The payment has no such charge.")
            }
            try await actions.dispute(charge: charge, payment: hash, by: act)
            return .done("The dispute was recorded.")
        }
        if let charge = event.refundedCharge {
            guard payment.attempts.contains(where: { $0.chargeReference == charge }) else {
                return .missing("The payment has no such charge.")
            }
            try await actions.lookRefunds(charge: charge, payment: hash, by: act)
            return .done("The refunds of the charge were read.")
        }
        let named = payment.attempts.last { attempt in
            attempt.gateway == event.gateway && event.session != nil
                && (attempt.gatewayReference == event.session || attempt.chargeReference == event.session)
        }
        let attempt = named ?? payment.attempts.first { $0.number == event.attempt && $0.gateway == event.gateway }
        guard let attempt else { return .missing("The payment has no such session.") }
        return .done(Self.note(try await actions.look(hash, attempt: attempt.number, by: act)))
    }

    /// The payment that the gateway says the notice's object belongs to.
    private func owner(of event: GatewayEvent) async throws -> PaymentHash? {
        guard let reference = event.session ?? event.disputedCharge ?? event.refundedCharge else { return nil }
        let key = Key(event.application, event.gateway)
        guard let configuration = try await store.read({ $0.get(GatewayConfiguration.self, key) }),
            let adapter = adapter(configuration.adapter)
        else { return nil }
        return try await adapter.owner(
            of: reference, Account(application: event.application, configuration: configuration))
    }

    /// The customer whose personal data a notice holds; nil while that is not known.
    static func person(of event: GatewayEvent, in snapshot: Snapshot) -> CustomerID? {
        var found: (application: ApplicationID, customer: CustomerID)?
        if let hash = event.payment {
            if let payment = snapshot.get(Payment.self, Key(hash)) {
                found = (payment.application, payment.customer)
            } else if let setup = snapshot.first(PaymentMethodSetup.byFlow, Key(hash)) {
                found = (setup.application, setup.customer)
            }
        } else if let digest = event.methodDigest,
            let method = snapshot.first(
                PaymentMethod.byDigest, Key(event.application, event.gateway).adding(digest.bytes))
        {
            found = (method.application, method.customer)
        }
        guard let found, found.application == event.application, found.customer != .none else { return nil }
        return found.customer
    }

    private static func note(_ settlement: Settlement) -> String {
        switch settlement {
        case .unchanged: "Nothing new."
        case .completed: "The payment is completed."
        case .refundedAutomatically: "The money is given back."
        case .awaitsBuyer: "The buyer has to act."
        case .declined(let failure, _): "Declined: \(failure.code)."
        case .notExecuted(let failure): "Not executed: \(failure.code)."
        case .confirming: "The gateway has not decided yet."
        case .amountDiffers: "Another amount than asked was taken."
        }
    }
}

extension GatewayEvent {
    /// Nothing more is to be done about it.
    mutating func end(_ status: GatewayEventStatus, _ note: String, at now: Timestamp) {
        self.status = status
        self.note = note
        processedAt = now
        nextTryAt = nil
    }
}
