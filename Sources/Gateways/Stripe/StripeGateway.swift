package import Billing
import HTTP
import JSON
import Runtime

/// Stripe: payment on its hosted page, saved cards charged in two steps, refunds, and its notices.
///
/// A charge is named by its payment intent: distinct intents are distinct successes.
package final class StripeGateway: GatewayAdapter {
    package let name = "stripe"
    private let vault: Vault
    let line: GatewayLine

    /// - Parameter line: Made with `manners`.
    package init(vault: Vault, line: GatewayLine) {
        self.vault = vault
        self.line = line
    }

    /// Stripe allows 25 calls a second to one endpoint, and to a whole account in test mode.
    package static let manners: GatewayLine.Manners = {
        var manners = GatewayLine.Manners(perSecond: 20, burst: 20, requestIDHeader: "request-id")
        manners.answerSeconds = 60
        return manners
    }()

    /// Whether a key moves real money; nil when it is no secret key of Stripe's.
    package static func mode(ofKey key: String) -> Mode? {
        if ["sk_live_", "rk_live_"].contains(where: key.hasPrefix) { return .live }
        if ["sk_test_", "rk_test_"].contains(where: key.hasPrefix) { return .test }
        return nil
    }

    // MARK: Calls

    /// What one call came to.
    enum Reply: Sendable {
        case object(JSONObject)
        case refused(StripeError, StripeVerdict)
        case unsent(Failure)
        case lost(String)
    }

    func credentials(_ account: Account) -> GatewayCredentials? { account.configuration.credentials(vault) }

    /// Makes a call, and once more with the same key where Stripe turned it away. What the second answer proves holds
    /// only where the first is known to have done nothing.
    func call(_ request: WireRequest, _ account: Account) async -> Reply {
        guard let key = credentials(account)?.secretKey, !key.isEmpty else {
            return .unsent(
                Failure("gateway_misconfigured", "No usable key of Stripe is set up at this gateway.", .configuration))
        }
        var request = request
        request.fields.append(WireRequest.Field("Authorization", "Bearer \(key)"))
        let base = account.configuration.baseURL ?? StripeCalls.address
        let first = await line.send(request, base: base, account)
        guard let provesNothing = Self.mayRepeat(first) else { return reply(first, account) }
        await line.backOff()
        let second = reply(await line.send(request, base: base, account), account)
        guard provesNothing else { return second }
        switch second {
        case .object, .lost: return second
        case .unsent: return .lost("Stripe was busy with the call, and could not be asked again.")
        case .refused(let error, .notExecuted), .refused(let error, .rateLimited):
            return .refused(error, .unknown("Stripe was busy with the call, and turned the next away."))
        case .refused: return second
        }
    }

    /// Nil unless the same call is to be made once more; whether its first answer leaves open what it did.
    private static func mayRepeat(_ answer: WireAnswer) -> Bool? {
        guard case .answered(let response) = answer, !response.isSuccess else { return nil }
        let verdict = StripeError(response).map { StripeVerdict($0) }
        switch response.headers["stripe-should-retry"] {
        case "true": return verdict != .rateLimited
        case "false": return nil
        default: break
        }
        switch verdict {
        case .rateLimited: return false
        case .busy: return true
        default: return nil
        }
    }

    private func reply(_ answer: WireAnswer, _ account: Account) -> Reply {
        switch answer {
        case .notSent(let failure): return .unsent(failure)
        case .lost(let reason): return .lost(reason)
        case .answered(let response):
            if response.isSuccess {
                guard let object = response.object else { return .lost("Stripe's answer could not be read.") }
                return .object(object)
            }
            guard let error = StripeError(response) else {
                return .lost("Stripe answered \(response.status) without a reason.")
            }
            let verdict = StripeVerdict(error)
            if verdict == .keyReused { line.alert("gateway_key_reused", account, error.message) }
            return .refused(error, verdict)
        }
    }

    /// Reads an object; nil when Stripe did not tell.
    func read(_ request: WireRequest, _ account: Account) async -> JSONObject? {
        guard case .object(let object) = await call(request, account) else { return nil }
        return object
    }

    // MARK: The hosted page

    package func startCheckout(_ order: Order, key: String) async -> StartOutcome {
        switch StripeMoney.sent(order.amount) {
        case .refused(let failure): .notExecuted(failure)
        case .units(let units): await start(StripeCalls.payment(order, units: units, key: key), order)
        }
    }

    package func startSave(_ order: Order, key: String) async -> StartOutcome {
        await start(StripeCalls.setup(order, key: key), order)
    }

    private func start(_ request: WireRequest, _ order: Order) async -> StartOutcome {
        await made(request, order) { object in
            guard let name = object.text("id"), StripeName.isValid(name, StripeName.session),
                let url = object.text("url"), url.hasPrefix("https://") || url.hasPrefix("http://")
            else { return nil }
            return .opened(session: name, url: url)
        }
    }

    /// Makes an object that moves no money: whatever became of the call, another gateway may be tried.
    private func made(
        _ request: WireRequest, _ order: Order, _ read: (JSONObject) -> StartOutcome?
    ) async -> StartOutcome {
        switch await call(request, order.account) {
        case .object(let object):
            return read(object) ?? .lost(Self.lost("Stripe's answer could not be read."))
        case .unsent(let failure):
            return .notExecuted(failure)
        case .lost(let reason):
            return .lost(Self.lost(reason))
        case .refused(_, let verdict):
            switch verdict {
            case .notExecuted(let failure), .declined(let failure), .unlisted(let failure):
                return .notExecuted(failure)
            case .rateLimited: return .notExecuted(StripeVerdict.turnedAway)
            case .unknown(let reason): return .lost(Self.lost(reason))
            case .busy: return .lost(Self.lost("Stripe is still busy with the call."))
            case .keyReused: return .lost(Self.lost("The call's key was used for another call."))
            case .buyerMustAct, .readObject: return .lost(Self.lost("Stripe refused to make what moves no money."))
            }
        }
    }

    private static func lost(_ reason: String) -> Failure { Failure("gateway_timeout", reason, .network) }

    /// The page takes the money by itself: what the buyer did there is read.
    package func capture(
        _ session: String, _ order: Order, with instrument: Instrument, key: String
    ) async -> Outcome {
        await status(session, order, key: key)
    }

    package func status(_ session: String, _ order: Order, key: String) async -> Outcome {
        if StripeName.isValid(session, StripeName.session) {
            guard let object = await read(StripeCalls.session(session), order.account) else {
                return .unknown("Stripe did not tell what became of the session.")
            }
            return StripeReading.session(object, session, order)
        }
        guard StripeName.isValid(session, StripeName.intent) else {
            return .unknown("Stripe cannot be asked about a call without a name.")
        }
        guard let object = await read(StripeCalls.intent(session), order.account) else {
            return .unknown("Stripe did not tell what became of the charge.")
        }
        return StripeReading.intent(object, session, order)
    }

    package func cancel(_ session: String, _ order: Order) async -> ExpiryOutcome {
        let isSession = StripeName.isValid(session, StripeName.session)
        guard isSession || StripeName.isValid(session, StripeName.intent) else {
            return .unknown("Stripe has nothing of this name.")
        }
        let request = isSession ? StripeCalls.expire(session) : StripeCalls.cancel(session)
        if let object = await read(request, order.account), let outcome = Self.expiry(object, session) {
            return outcome
        }
        // Refused or lost: only what is not open any more can have been refused. Its state tells.
        let question = isSession ? StripeCalls.session(session) : StripeCalls.intent(session)
        guard let object = await read(question, order.account), let outcome = Self.expiry(object, session) else {
            return .unknown("Stripe did not tell whether the session is expired.")
        }
        return outcome
    }

    /// Nil while it is open, or when it does not tell.
    private static func expiry(_ object: JSONObject, _ name: String) -> ExpiryOutcome? {
        guard object.text("id") == name else { return nil }
        return switch object.text("status") {
        case "expired", "canceled": .expired
        case "complete", "succeeded", "processing", "requires_capture": .inProgress
        default: nil
        }
    }

    // MARK: Charges without the buyer

    package var preparesCharges: Bool { true }

    private static let methodUnavailable = Failure(
        "payment_method_unavailable", "The saved method is none of Stripe's.", .gateway, movesOn: true)

    package func prepareCharge(_ token: String, _ order: Order, key: String) async -> StartOutcome {
        guard let token = StripeToken(token) else { return .notExecuted(Self.methodUnavailable) }
        switch StripeMoney.sent(order.amount) {
        case .refused(let failure): return .notExecuted(failure)
        case .units(let units):
            return await made(StripeCalls.makeIntent(token, order, units: units, key: key), order) { object in
                guard let name = object.text("id"), StripeName.isValid(name, StripeName.intent) else { return nil }
                return .opened(session: name, url: "")
            }
        }
    }

    package func charge(_ token: String, _ order: Order, prepared: String, key: String) async -> Outcome {
        guard StripeName.isValid(prepared, StripeName.intent) else {
            return .notExecuted(Failure("charge_not_prepared", "The charge was not made first.", .gateway))
        }
        switch await call(StripeCalls.confirm(prepared, key: key), order.account) {
        case .object(let object):
            let outcome = StripeReading.intent(object, prepared, order)
            guard case .notExecuted = outcome, object.text("status") != "canceled" else { return outcome }
            return .unknown("Stripe confirmed a charge and shows it untried.")
        case .unsent(let failure): return .notExecuted(failure)
        case .lost(let reason): return .unknown(reason)
        case .refused(let error, let verdict): return await confirmRefused(error, verdict, prepared, order)
        }
    }

    private func confirmRefused(
        _ error: StripeError, _ verdict: StripeVerdict, _ intent: String, _ order: Order
    ) async -> Outcome {
        switch verdict {
        case .notExecuted(let failure): return .notExecuted(failure)
        case .rateLimited: return .notExecuted(StripeVerdict.turnedAway)
        case .unknown(let reason): return .unknown(reason)
        case .busy: return .unknown("Stripe is still busy with the charge.")
        case .keyReused: return .unknown("The call's key was used for another call.")
        case .readObject:
            // Untried is no answer where Stripe says that the charge is in another state.
            let state = await status(intent, order, key: "")
            guard case .notExecuted(StripeReading.notTried) = state else { return state }
            return .unknown("Stripe refused a charge and shows it untried.")
        case .unlisted(let failure):
            let state = await status(intent, order, key: "")
            guard case .notExecuted(StripeReading.notTried) = state else { return state }
            return .declined(failure)
        case .declined, .buyerMustAct: break
        }
        // A refusal that shows the money taken contradicts itself.
        guard !["succeeded", "processing", "requires_capture"].contains(error.intentStatus) else {
            return await status(intent, order, key: "")
        }
        guard case .declined(let failure) = verdict else { return .requiresAction(url: order.checkoutURL) }
        // Only the charge itself tells whether Stripe's own rules kept it from the bank.
        if !failure.isHard, failure.category == .issuer,
            case .declined(let read) = await status(intent, order, key: ""), read.isHard
        {
            return .declined(read)
        }
        return .declined(failure)
    }
}
