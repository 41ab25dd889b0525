package import Billing
package import HTTP
import JSON
package import Runtime
package import Storage

/// A gateway that exists only in this server: deterministic, offline, and as strict as a real one. Its books lie in
/// the same store but in tables and transactions of their own, as a real gateway's would lie elsewhere.
package final class SandboxGateway: GatewayAdapter {
    /// What the buyer sees.
    package enum Page: Sendable {
        case card, wallet
    }

    package let name: String
    package let page: Page
    private let store: Store
    private let vault: Vault

    private init(name: String, page: Page, store: Store, vault: Vault) {
        self.name = name
        self.page = page
        self.store = store
        self.vault = vault
    }

    /// `sandbox_alpha`, with a card page.
    package static func alpha(store: Store, vault: Vault) -> SandboxGateway {
        SandboxGateway(name: "sandbox_alpha", page: .card, store: store, vault: vault)
    }

    /// `sandbox_beta`, with a wallet page.
    package static func beta(store: Store, vault: Vault) -> SandboxGateway {
        SandboxGateway(name: "sandbox_beta", page: .wallet, store: store, vault: vault)
    }

    // MARK: Calls

    private enum Reply<Answer: Sendable>: Sendable {
        case answered(Answer)
        case unsent(Failure)
        case lost(String)
    }

    /// Makes one call: a transaction of the gateway, unless a scripted fault keeps it from leaving.
    private func call<Answer: Sendable>(
        _ account: Account, _ body: @escaping @Sendable (SandboxBooks) -> Answer
    ) async -> Reply<Answer> {
        if let failure = Self.unreachable(account) { return .unsent(failure) }
        let page = page
        do {
            return .answered(
                try await store.transact(for: account.application) { transaction in
                    body(SandboxBooks(transaction: transaction, page: page, account: account))
                })
        } catch StoreError.outcomeUnknown {
            return .lost("The gateway's answer was lost.")
        } catch {
            return .unsent(Failure("gateway_unreachable", "The gateway takes no calls now.", .network))
        }
    }

    private static func unreachable(_ account: Account) -> Failure? {
        let faults = account.configuration.faults
        if faults.contains(.down) {
            return Failure("gateway_unreachable", "The gateway refused the connection.", .network)
        }
        if faults.contains(.timeoutBeforeSend) {
            return Failure("gateway_unreachable", "Connecting to the gateway timed out; nothing was sent.", .network)
        }
        return nil
    }

    private static let lostAnswer = "The gateway's answer did not come in time."

    package func startCheckout(_ order: Order, key: String) async -> StartOutcome {
        await start(order, key, onlySaves: false)
    }

    package func startSave(_ order: Order, key: String) async -> StartOutcome {
        await start(order, key, onlySaves: true)
    }

    private func start(_ order: Order, _ key: String, onlySaves: Bool) async -> StartOutcome {
        let reply = await call(order.account) { books -> StartOutcome in
            let reply = books.once(
                key,
                [
                    onlySaves ? "save" : "start", order.payment.description, String(order.attempt),
                    order.amount.currency.description, String(order.amount.units),
                ]
            ) { call in books.open(order, onlySaves: onlySaves, &call) }
            return switch reply {
            case .done(let call): .opened(session: call.reference, url: call.url)
            case .lost: .lost(Failure("gateway_timeout", Self.lostAnswer, .network))
            case .refused(let failure): .notExecuted(failure)
            }
        }
        return switch reply {
        case .answered(let outcome): outcome
        case .unsent(let failure): .notExecuted(failure)
        case .lost(let reason): .lost(Failure("gateway_timeout", reason, .network))
        }
    }

    package func capture(
        _ session: String, _ order: Order, with instrument: Instrument, key: String
    ) async -> Outcome {
        await money(order.account) { books in
            let reply = books.once(key, Self.parameters("capture", session, order, Self.text(instrument))) { call in
                books.capture(session, order, instrument, &call)
            }
            return Self.outcome(of: reply, books)
        }
    }

    package func charge(_ token: String, _ order: Order, prepared: String, key: String) async -> Outcome {
        await money(order.account) { books in
            let reply = books.once(key, Self.parameters("charge", token, order, "")) { call in
                books.charge(token, order, &call)
            }
            return Self.outcome(of: reply, books)
        }
    }

    private func money(_ account: Account, _ body: @escaping @Sendable (SandboxBooks) -> Outcome) async -> Outcome {
        switch await call(account, body) {
        case .answered(let outcome): outcome
        case .unsent(let failure): .notExecuted(failure)
        case .lost(let reason): .unknown(reason)
        }
    }

    /// A session that is open waits for the buyer; only its expiry, or a key without a session that the gateway never
    /// saw, proves that no money moved.
    package func status(_ session: String, _ order: Order, key: String) async -> Outcome {
        let reply = await call(order.account) { books in
            let known = books.known(key)
            guard let session = books.session(session) else {
                guard let known else {
                    return Outcome.notExecuted(Failure("call_not_found", "The gateway knows no such call.", .gateway))
                }
                return Self.outcome(of: .done(known), books)
            }
            if session.state == .paid, let charge = books.charge(session.charge) { return .succeeded(charge.charge) }
            if let known, known.result == .declined { return Self.outcome(of: .done(known), books) }
            guard session.state != .expired else {
                return .notExecuted(Failure("session_expired", "The session expired unpaid.", .gateway))
            }
            return .requiresAction(url: session.actionURL)
        }
        return switch reply {
        case .answered(let outcome): outcome
        case .unsent(let failure): .unknown(failure.message)
        case .lost(let reason): .unknown(reason)
        }
    }

    package func cancel(_ session: String, _ order: Order) async -> ExpiryOutcome {
        let reply = await call(order.account) { books in
            // A session that does not exist takes no money.
            guard var session = books.session(session) else { return ExpiryOutcome.expired }
            guard session.state != .paid else { return .inProgress }
            session.state = .expired
            session.pendingMethod = nil
            books.transaction.put(session)
            return .expired
        }
        return switch reply {
        case .answered(let outcome): outcome
        case .unsent(let failure): .unknown(failure.message)
        case .lost(let reason): .unknown(reason)
        }
    }

    // MARK: Refunds

    package func refund(_ charge: String, _ amount: Money, _ order: Order, key: String) async -> RefundOutcome {
        let reply = await call(order.account) { books -> RefundOutcome in
            let parameters = ["refund", charge, amount.currency.description, String(amount.units)]
            let reply = books.once(key, parameters) { call in
                books.refund(charge, amount, &call)
                return nil
            }
            return switch reply {
            case .done(let call): Self.refundOutcome(of: call)
            case .lost: .unknown(Self.lostAnswer)
            case .refused(let failure): .failed(failure)
            }
        }
        return switch reply {
        case .answered(let outcome): outcome
        case .unsent(let failure): .notExecuted(failure)
        case .lost(let reason): .unknown(reason)
        }
    }

    package func refundStatus(_ charge: String, reference: String?, _ order: Order, key: String) async -> RefundOutcome
    {
        let reply = await call(order.account) { books in
            guard let known = books.known(key) else {
                return RefundOutcome.notExecuted(
                    Failure("call_not_found", "The gateway knows no such refund.", .gateway))
            }
            return Self.refundOutcome(of: known)
        }
        return switch reply {
        case .answered(let outcome): outcome
        case .unsent(let failure): .unknown(failure.message)
        case .lost(let reason): .unknown(reason)
        }
    }

    // MARK: Account

    package func forget(_ token: String, _ account: Account) async -> Bool {
        let reply = await call(account) { books in books.forget(token) }
        if case .answered = reply { return true }
        return false
    }

    private static let longestList = 10_000

    package func list(since time: Timestamp, _ account: Account) async -> [ListedCharge]? {
        guard Self.unreachable(account) == nil else { return nil }
        let prefix = Key(account.application, account.configuration.gateway)
        return try? await store.read { snapshot in
            var charges: [ListedCharge] = []
            snapshot.scan(
                SandboxCharge.byTime, prefix: prefix, from: prefix.adding(time), limit: Self.longestList
            ) { charge, _ in
                charges.append(
                    ListedCharge(charge: charge.charge, payment: charge.payment, session: charge.session))
                return true
            }
            return charges
        }
    }

    package func test(_ account: Account) async -> String? {
        Self.unreachable(account)?.message
    }

    // MARK: Notices

    private static let noticeLimits = JSONLimits(depth: 4, byteCount: 16_384, memberCount: 64)

    package func readEvent(_ request: Request, _ account: Account, now: Timestamp) throws(NoticeError) -> Notice {
        guard let header = request.headers.bytes("sandbox-signature") else { throw .unsigned }
        guard request.body.count <= Self.noticeLimits.byteCount else { throw .malformed("The body is too large.") }
        let signature = SandboxSignature(vault, account.application, account.configuration.gateway)
        try signature.verify(header, request.body, now: now)
        guard let value = try? JSON.parse(request.body, limits: Self.noticeLimits), case .object(let object) = value
        else { throw .malformed("The body is no JSON object.") }
        func text(_ name: String) -> String? {
            guard case .string(let text)? = object[name], text.utf8.count <= 64 else { return nil }
            return text
        }
        guard let id = text("id"), id.hasPrefix("sbn_"), let type = text("type"), let charge = text("charge"),
            let session = text("session"), let payment = text("payment").flatMap({ PaymentHash($0) })
        else { throw .malformed("A member is missing or has the wrong form.") }
        let subject: Notice.Subject =
            switch type {
            case "charge.disputed": .dispute(charge: charge)
            case "payment.processing", "payment.succeeded", "refund.succeeded":
                .session(session.isEmpty ? charge : session)
            default: .other
            }
        return Notice(id: id, type: type, subject: subject, payment: payment)
    }

    // MARK: Translation

    private static func parameters(_ operation: String, _ name: String, _ order: Order, _ more: String) -> [String] {
        [
            operation, name, order.payment.description, String(order.attempt), order.amount.currency.description,
            String(order.amount.units), more,
        ]
    }

    /// What tells one use of an instrument from another; of a number only the last four digits.
    private static func text(_ instrument: Instrument) -> String {
        switch instrument {
        case .card(let card): "card-\(card.number.suffix(4))-\(card.expiryMonth)-\(card.expiryYear)"
        case .approval: "approval"
        case .refusal: "refusal"
        }
    }

    private static func outcome(of reply: SandboxBooks.Reply, _ books: SandboxBooks) -> Outcome {
        switch reply {
        case .lost: return .unknown(lostAnswer)
        case .refused(let failure): return .notExecuted(failure)
        case .done(let call):
            switch call.result {
            case .succeeded:
                guard let charge = books.charge(call.reference) else { return .unknown("The charge is missing.") }
                return .succeeded(charge.charge)
            case .declined: return .declined(call.failure ?? SandboxStory.genericDecline)
            case .actionRequired: return .requiresAction(url: call.url)
            case .opened, .refunded, .refundFailed: return .unknown("The key belongs to another kind of call.")
            }
        }
    }

    private static func refundOutcome(of call: SandboxCall) -> RefundOutcome {
        switch call.result {
        case .refunded: .succeeded(reference: call.reference)
        case .refundFailed:
            .failed(call.failure ?? Failure("refund_failed", "The gateway refused the refund.", .gateway))
        case .opened, .succeeded, .declined, .actionRequired: .unknown("The key belongs to another kind of call.")
        }
    }
}
