package import Billing
import Fields
package import HTTP
package import Runtime
package import Storage

/// Notices that gateways send: verified, stored raw, answered, then acted on once.
///
/// A notice is a hint to look: what it announces is read from the gateway, so notices may come in any order, twice, or
/// before our own row. One whose object is not known yet is tried again for 24 hours.
package final class InboundNotices: Sendable, DueSource {
    private struct Place: Hashable {
        let application: ApplicationID
        let gateway: String
    }

    let store: Store
    let ledger: Ledger
    let doors: Doors
    let actions: any NoticeActions
    private let adapters: [any GatewayAdapter]
    private let refused = Guarded<[Place: [InboundRefusal]]>([:])
    /// Notices being acted on in tasks of their own.
    let running = Guarded(0)

    private static let refusedLimit = 100
    private static let refusedByteCount = 8192
    private static let bodyLimit = 256 << 10
    private static let longestName = 255

    package init(
        store: Store, ledger: Ledger, doors: Doors, adapters: [any GatewayAdapter], actions: any NoticeActions
    ) {
        self.store = store
        self.ledger = ledger
        self.doors = doors
        self.adapters = adapters
        self.actions = actions
    }

    func adapter(_ name: String) -> (any GatewayAdapter)? {
        adapters.first { $0.name == name }
    }

    // MARK: Receiving

    /// Takes one notice. It is durable when this returns 200; whoever sent it need not send it again.
    package func receive(gateway: String, application: ApplicationID, request: Request) async -> InboundAnswer {
        let notFound = InboundAnswer(404, "No such gateway.")
        guard gateway.utf8.count <= 64 else { return notFound }
        let configuration: GatewayConfiguration?
        do {
            configuration = try await store.read { snapshot in
                guard let owner = snapshot.get(Application.self, Key(application)), owner.archivedAt == nil else {
                    return nil
                }
                return snapshot.get(GatewayConfiguration.self, Key(application, gateway))
            }
        } catch {
            return InboundAnswer(503, "Try again later.")
        }
        guard let configuration, let adapter = adapter(configuration.adapter) else {
            return notFound
        }
        guard request.body.count <= Self.bodyLimit else { return InboundAnswer(413, "The notice is too large.") }
        let account = Account(application: application, configuration: configuration)
        let now = doors.clock.now()
        let notice: Notice
        do throws(NoticeError) {
            notice = try await adapter.readEvent(request, account, now: now)
            guard (1...Self.longestName).contains(notice.id.utf8.count), notice.type.utf8.count <= Self.longestName
            else { throw .malformed("The id or type is too long.") }
        } catch {
            let reason = Self.text(error)
            refuse(request.body, reason, at: now, Place(application: application, gateway: gateway))
            return InboundAnswer(400, reason)
        }
        do {
            return try await store.transact(for: application) { [ledger] transaction in
                Self.keep(notice, request.body, configuration, ledger, in: transaction)
            }
        } catch {
            doors.log.write(.warning, "gateway_notice_not_stored", [("gateway", gateway), ("error", "\(error)")])
            return InboundAnswer(503, "Try again later.")
        }
    }

    /// Stores a verified notice, or counts it when it was here before.
    private static func keep(
        _ notice: Notice, _ body: [UInt8], _ configuration: GatewayConfiguration, _ ledger: Ledger,
        in transaction: Transaction
    ) -> InboundAnswer {
        let key = GatewayEvent.gatewayKey(configuration.application, configuration.gateway, notice.id)
        if var known = transaction.first(GatewayEvent.byGatewayID, key) {
            known.deliveries += 1
            transaction.put(known)
            return InboundAnswer(200, "Received before.")
        }
        var event = GatewayEvent()
        event.id = GatewayEventID(in: transaction, purpose: "gateway event")
        event.application = configuration.application
        event.gateway = configuration.gateway
        event.gatewayID = notice.id
        event.type = notice.type
        event.receivedAt = transaction.now
        event.payment = notice.payment
        event.attempt = notice.attempt
        event.nextTryAt = transaction.now
        switch notice.subject {
        case .session(let name): event.session = name
        case .dispute(let charge): event.disputedCharge = charge
        case .refunds(let charge): event.refundedCharge = charge
        case .method(let token): event.methodDigest = ledger.vault.digest(ofToken: token)
        case .other: event.end(.ignored, "This server does not act on notices of this kind.", at: transaction.now)
        }
        if let customer = person(of: event, in: transaction) {
            event.customer = customer
            event.raw = ledger.vault.sealPersonal(body, of: customer, in: transaction)
        } else {
            event.raw = ledger.vault.seal(body, for: event.id.description, in: transaction)
        }
        // What this server has recorded already need not be asked for.
        if let hash = notice.payment, let payment = transaction.get(Payment.self, Key(hash)),
            payment.application == event.application, notice.tellsNothingNew(of: payment, at: event.gateway)
        {
            event.end(.processed, "The payment shows it already.", at: transaction.now)
        }
        transaction.put(event)
        if event.nextTryAt != nil { transaction.announceWork(of: configuration.application) }
        return InboundAnswer(200, "Received.")
    }

    /// The body as it came; nil once its customer was forgotten.
    package func body(of event: GatewayEvent, in snapshot: Snapshot) -> [UInt8]? {
        event.customer == .none
            ? ledger.vault.open(event.raw, for: event.id.description)
            : ledger.vault.openPersonal(event.raw, of: event.customer, in: snapshot)
    }

    // MARK: Unverifiable notices

    /// The newest notices that could not be believed, at most 100, oldest first.
    package func refusals(of application: ApplicationID, gateway: String) -> [InboundRefusal] {
        refused.withLock { $0[Place(application: application, gateway: gateway)] ?? [] }
    }

    private func refuse(_ body: [UInt8], _ reason: String, at now: Timestamp, _ place: Place) {
        let refusal = InboundRefusal(at: now, reason: reason, body: Array(body.prefix(Self.refusedByteCount)))
        refused.withLock { refused in
            var list = refused[place] ?? []
            if list.count == Self.refusedLimit { list.removeFirst() }
            list.append(refusal)
            refused[place] = list
        }
    }

    private static func text(_ error: NoticeError) -> String {
        switch error {
        case .unsigned: "The notice carries no signature."
        case .wrongSignature: "The signature is wrong."
        case .tooOld: "The signature's time is too far from now."
        case .malformed(let reason): reason
        }
    }
}

extension Notice {
    /// Whether it is about a charge of a saved method that is recorded as a success.
    fileprivate func tellsNothingNew(of payment: Payment, at gateway: String) -> Bool {
        guard case .session(let name) = subject else { return false }
        return payment.attempts.contains { attempt in
            attempt.status == .succeeded && attempt.gateway == gateway && attempt.savedMethod != nil
                && attempt.chargeReference == name
        }
    }
}
