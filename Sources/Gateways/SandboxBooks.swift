import Billing
import Bytes
import Fields
import Runtime
import Storage

/// The far side of a sandbox gateway, within one transaction of its own: what a real gateway keeps elsewhere.
struct SandboxBooks {
    /// What a keyed call is answered.
    enum Reply {
        case done(SandboxCall)
        /// Done, and the answer is lost on the way.
        case lost
        /// Refused before anything was done.
        case refused(Failure)
    }

    let transaction: Transaction
    let page: SandboxGateway.Page
    let account: Account

    /// The most minor units of one charge.
    static let largestAmount: Int64 = 999_999_999_999
    static let longestKey = 108
    /// A scripted time-out swallows the first answer and that of one resend.
    private static let lostAnswers: Int64 = 2

    private var application: ApplicationID { account.application }
    private var gateway: String { account.configuration.gateway }
    private var faults: [Fault] { account.configuration.faults }
    private var now: Timestamp { transaction.now }

    // MARK: Keys

    /// Does `body` once for each key. What `body` refuses is not remembered, as nothing was done.
    func once(_ key: String, _ parameters: [String], _ body: (inout SandboxCall) -> Failure?) -> Reply {
        guard (1...Self.longestKey).contains(key.utf8.count) else {
            return .refused(Failure("idempotency_key_invalid", "A key has 1 to 108 characters.", .configuration))
        }
        let request = parameters.joined(separator: "|")
        var call = SandboxCall()
        if let known = known(key) {
            guard known.request == request else {
                return .refused(
                    Failure("idempotency_key_reused", "The key was used with other parameters.", .configuration))
            }
            call = known
        } else {
            call.application = application
            call.gateway = gateway
            call.key = key
            call.request = request
            call.createdAt = now
            if let failure = body(&call) { return .refused(failure) }
            transaction.put(call)
        }
        guard faults.contains(.timeoutAfterCharge), call.result.movedMoney, call.lostAnswers < Self.lostAnswers else {
            return .done(call)
        }
        call.lostAnswers += 1
        transaction.put(call)
        return .lost
    }

    func known(_ key: String) -> SandboxCall? {
        transaction.get(SandboxCall.self, Key(application, gateway, key))
    }

    // MARK: Sessions

    /// Opens a session for `order` unless it asks for something no gateway would do.
    func open(_ order: Order, onlySaves: Bool, _ call: inout SandboxCall) -> Failure? {
        if let failure = refusal(of: order.amount, mayBeZero: onlySaves) { return failure }
        guard now < order.expiresAt else { return Self.expired }
        var session = SandboxSession()
        session.application = application
        session.gateway = gateway
        session.id = name("sbs_", purpose: "sandbox session")
        session.payment = order.payment
        session.attempt = order.attempt
        session.amount = onlySaves ? .zero(order.amount.currency) : order.amount
        session.checkoutURL = order.checkoutURL
        session.expiresAt = order.expiresAt
        session.savesMethod = onlySaves || order.savesMethod
        session.onlySaves = onlySaves
        transaction.put(session)
        call.result = .opened
        call.reference = session.id
        call.url = session.actionURL
        return nil
    }

    /// The session of that name, if it is the account's; its time limit is applied first, for good.
    func session(_ id: String) -> SandboxSession? {
        guard id.utf8.count <= 64,
            var session = transaction.get(SandboxSession.self, Key(application, gateway, id))
        else { return nil }
        if session.state == .open || session.state == .challenged, now >= session.expiresAt {
            session.state = .expired
            transaction.put(session)
        }
        return session
    }

    /// Moves the money of a session, as the buyer's instrument decides.
    func capture(_ id: String, _ order: Order, _ instrument: Instrument, _ call: inout SandboxCall) -> Failure? {
        guard var session = session(id) else {
            return Failure("session_not_found", "The gateway has no such session.", .configuration)
        }
        guard session.payment == order.payment, session.attempt == order.attempt,
            session.onlySaves || session.amount == order.amount
        else {
            return Failure("session_mismatch", "The session belongs to another payment or amount.", .configuration)
        }
        switch session.state {
        case .expired: return Self.expired
        case .paid:
            // The money of a session is taken once; asking again is told what took it.
            call.result = .succeeded
            call.reference = session.charge
            return nil
        case .open, .challenged: break
        }
        switch (page, instrument) {
        case (.wallet, .card):
            return Failure("instrument_not_supported", "This gateway takes no cards.", .configuration)
        case (.wallet, .approval):
            let wallet = MethodSummary(type: "wallet", brand: "sandbox")
            take(&session, .succeeds, wallet, month: 0, year: 0, &call)
        case (.wallet, .refusal):
            call.decline(
                Failure(
                    "buyer_cancelled", "The buyer cancelled at the gateway.", gatewayCode: "buyer_cancelled", .issuer))
        case (.card, .card(let card)):
            pay(&session, card, &call)
        case (.card, .approval):
            guard session.state == .challenged, let method = session.pendingMethod else {
                return waitForBuyer(session, &call)
            }
            take(
                &session, .needsAuthentication, method, month: session.pendingExpiryMonth,
                year: session.pendingExpiryYear, &call)
        case (.card, .refusal):
            guard session.state == .challenged else { return waitForBuyer(session, &call) }
            session.state = .open
            session.pendingMethod = nil
            transaction.put(session)
            call.decline(
                Failure(
                    "authentication_failed", "The buyer did not pass the bank's check.",
                    gatewayCode: "authentication_failed", .issuer))
        }
        return nil
    }

    private func waitForBuyer(_ session: SandboxSession, _ call: inout SandboxCall) -> Failure? {
        call.result = .actionRequired
        call.url = session.actionURL
        return nil
    }

    private func pay(_ session: inout SandboxSession, _ card: SandboxCard, _ call: inout SandboxCall) {
        guard let story = SandboxCard.story(of: card.number) else {
            call.decline(Failure("unknown_test_card", "Only the listed test cards exist.", .gateway))
            return
        }
        if let failure = story.decline ?? outdated(month: card.expiryMonth, year: card.expiryYear) {
            call.decline(failure)
            return
        }
        guard story != .needsAuthentication else {
            session.state = .challenged
            session.pendingMethod = card.summary
            session.pendingExpiryMonth = card.expiryMonth
            session.pendingExpiryYear = card.expiryYear
            transaction.put(session)
            _ = waitForBuyer(session, &call)
            return
        }
        take(&session, story, card.summary, month: card.expiryMonth, year: card.expiryYear, &call)
    }

    private func take(
        _ session: inout SandboxSession, _ story: SandboxStory, _ method: MethodSummary, month: Int64, year: Int64,
        _ call: inout SandboxCall
    ) {
        var charge = SandboxCharge()
        charge.session = session.id
        charge.payment = session.payment
        charge.attempt = session.attempt
        charge.amount = session.amount
        charge.method = method
        charge.expiryMonth = month
        charge.expiryYear = year
        if session.savesMethod {
            var saved = SandboxMethod()
            saved.application = application
            saved.gateway = gateway
            saved.token = name("sbt_", purpose: "sandbox token")
            saved.story = story
            saved.method = method
            saved.expiryMonth = month
            saved.expiryYear = year
            transaction.put(saved)
            charge.token = saved.token
        }
        record(&charge, story, &call)
        session.state = .paid
        session.charge = charge.id
        session.pendingMethod = nil
        transaction.put(session)
    }

    /// Writes a charge and queues what is to be told of it.
    private func record(_ charge: inout SandboxCharge, _ story: SandboxStory, _ call: inout SandboxCall) {
        charge.application = application
        charge.gateway = gateway
        charge.id = name("sbc_", purpose: "sandbox charge")
        charge.createdAt = now
        transaction.put(charge)
        call.result = .succeeded
        call.reference = charge.id
        guard charge.amount.isPositive else { return }
        let isReversed = faults.contains(.outOfOrderWebhooks)
        announce("payment.processing", charge, after: isReversed ? 1000 : 0)
        announce("payment.succeeded", charge, after: isReversed ? 0 : 1000)
        if story == .isDisputed { announce("charge.disputed", charge, after: 5000) }
    }

    // MARK: Charges

    /// Charges a saved method without the buyer.
    func charge(_ token: String, _ order: Order, _ call: inout SandboxCall) -> Failure? {
        if let failure = refusal(of: order.amount, mayBeZero: false) { return failure }
        guard token.utf8.count <= 64,
            let method = transaction.get(SandboxMethod.self, Key(application, gateway, token))
        else {
            call.decline(
                Failure("payment_method_unavailable", "The gateway no longer has this method.", .gateway))
            return nil
        }
        if let failure = method.story.laterDecline ?? outdated(month: method.expiryMonth, year: method.expiryYear) {
            call.decline(failure)
            return nil
        }
        var charge = SandboxCharge()
        charge.payment = order.payment
        charge.attempt = order.attempt
        charge.amount = order.amount
        charge.method = method.method
        record(&charge, method.story, &call)
        return nil
    }

    func charge(_ id: String) -> SandboxCharge? {
        guard id.utf8.count <= 64 else { return nil }
        return transaction.get(SandboxCharge.self, Key(application, gateway, id))
    }

    /// Gives back part of a charge, or all that is left.
    func refund(_ id: String, _ amount: Money, _ call: inout SandboxCall) {
        call.result = .refundFailed
        guard var charge = charge(id) else {
            call.failure = Failure("charge_not_found", "The gateway has no such charge.", .configuration)
            return
        }
        let left = charge.amount.units - charge.refundedUnits
        guard amount.currency == charge.amount.currency, amount.isPositive, amount.units <= left else {
            call.failure = Failure(
                "refund_exceeds_charge", "Only \(Money(left, charge.amount.currency)) of the charge is left.", .gateway)
            return
        }
        charge.refundedUnits += amount.units
        transaction.put(charge)
        call.result = .refunded
        call.reference = name("sbr_", purpose: "sandbox refund")
        announce("refund.succeeded", charge, after: 0)
    }

    func forget(_ token: String) {
        guard token.utf8.count <= 64 else { return }
        transaction.delete(SandboxMethod.self, Key(application, gateway, token))
    }

    // MARK: Helpers

    private static let expired = Failure("session_expired", "The session has expired.", .gateway)

    private func refusal(of amount: Money, mayBeZero: Bool) -> Failure? {
        if transaction.get(Application.self, Key(application))?.mode == .live {
            return Failure("test_only", "Sandbox gateways serve test applications only.", .configuration)
        }
        let currency = amount.currency.description
        let currencies = account.configuration.currencies
        guard currencies.isEmpty || currencies.contains(currency) else {
            return Failure("currency_not_supported", "This gateway does not take \(currency).", .configuration)
        }
        guard (mayBeZero ? 0...Self.largestAmount : 1...Self.largestAmount).contains(amount.units) else {
            return Failure("amount_out_of_range", "The amount must be positive and below the limit.", .configuration)
        }
        return nil
    }

    /// The decline of a card whose month has passed; a month without a date never passes.
    private func outdated(month: Int64, year: Int64) -> Failure? {
        guard year > 0 else { return nil }
        let today = CivilDate(day: now.seconds / 86_400)
        guard (year, month) < (Int64(today.year), Int64(today.month)) else { return nil }
        return SandboxStory.isExpired.decline
    }

    private func announce(_ type: String, _ charge: SandboxCharge, after milliseconds: Int64) {
        var notice = SandboxNotice()
        notice.application = application
        notice.gateway = gateway
        notice.id = name("sbn_", purpose: "sandbox notice")
        notice.type = type
        notice.session = charge.session
        notice.charge = charge.id
        notice.payment = charge.payment
        notice.createdAt = now
        notice.dueAt = now.adding(milliseconds: milliseconds)
        if faults.contains(.lateWebhook) { notice.dueAt = notice.dueAt.adding(seconds: 60) }
        if faults.contains(.duplicateWebhook) { notice.copies = 2 }
        transaction.put(notice)
        transaction.announceWork(of: application)
    }

    private func name(_ prefix: String, purpose: StaticString) -> String {
        prefix + Hex.encode(transaction.random(16, purpose: purpose))
    }
}
