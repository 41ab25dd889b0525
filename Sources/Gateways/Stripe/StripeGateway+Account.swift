package import Billing
package import HTTP
import JSON
package import Runtime

extension StripeGateway {
    // MARK: Saved methods

    package func forget(_ token: String, _ account: Account) async -> Bool {
        // A token of another form is nothing Stripe could charge.
        guard let token = StripeToken(token) else { return true }
        switch await call(StripeCalls.detach(token.method), account) {
        case .object(let object): return object.text("id") == token.method
        case .unsent, .lost: return false
        case .refused: break
        }
        return await readMethod(token.text, account) == .gone
    }

    package func readMethod(_ token: String, _ account: Account) async -> MethodReading {
        guard let token = StripeToken(token) else { return .unknown }
        switch await call(StripeCalls.method(token.method), account) {
        case .unsent, .lost: return .unknown
        case .refused(let error, _):
            return error.status == 404 && error.code == "resource_missing" ? .gone : .unknown
        case .object(let object):
            guard object.text("id") == token.method else { return .unknown }
            if object["customer"] == .null { return .gone }
            guard let customer = object.name(of: "customer") else { return .unknown }
            guard customer == token.customer else { return .gone }
            return StripeReading.saved(object, customer: customer).map { .present($0) } ?? .unknown
        }
    }

    // MARK: The account

    package func test(_ account: Account) async -> String? {
        switch await call(StripeCalls.balance(), account) {
        case .object(let object):
            object["available"] == nil ? "What answered is not Stripe." : nil
        case .unsent(let failure): failure.message
        case .lost(let reason): reason
        case .refused(let error, _): error.message.isEmpty ? "Stripe answered \(error.status)." : error.message
        }
    }

    /// Seconds a session lives at most: its charge may be as much younger.
    private static let sessionSeconds: Int64 = 86_400

    /// Charges of ours that succeeded. Sessions that could have taken them are listed first, as a charge does not name
    /// its session; what began up to a day before `time` is listed too.
    package func list(since time: Timestamp, _ account: Account) async -> [ListedCharge]? {
        let from = time.adding(seconds: -Self.sessionSeconds)
        guard let sessions = await pages(account, limit: 1_000, { StripeCalls.sessions(since: from, after: $0) }),
            let intents = await pages(account, limit: 1_000, { StripeCalls.intents(since: from, after: $0) })
        else { return nil }
        var names: [String: String] = [:]
        for session in sessions {
            guard let intent = session.name(of: "payment_intent"), let name = session.text("id"),
                StripeName.isValid(name, StripeName.session)
            else { continue }
            names[intent] = name
        }
        var charges: [ListedCharge] = []
        for intent in intents where intent.text("status") == "succeeded" {
            // Others use the account too.
            guard let payment = StripeMark(intent).payment(of: account) else { continue }
            guard let charge = StripeReading.charge(intent, saved: false, customer: nil) else { return nil }
            charges.append(
                ListedCharge(charge: charge, payment: payment, session: names[charge.reference] ?? charge.reference))
        }
        return charges
    }

    package func owner(of reference: String, _ account: Account) async throws(Untold) -> PaymentHash? {
        guard StripeName.isValid(reference) else { return nil }
        let questions: [(prefix: String, request: (String) -> WireRequest)] = [
            (StripeName.intent, StripeCalls.intent), (StripeName.session, StripeCalls.session),
            (StripeName.setupIntent, StripeCalls.setupIntent), (StripeName.charge, StripeCalls.charge),
        ]
        guard let request = questions.first(where: { reference.hasPrefix($0.prefix) })?.request(reference) else {
            return nil
        }
        guard let object = await read(request, account), object.text("id") == reference else { throw Untold() }
        return StripeMark(object).payment(of: account)
    }

    // MARK: Notices

    package func readEvent(_ request: Request, _ account: Account, now: Timestamp) async throws(NoticeError) -> Notice {
        guard let header = request.headers.bytes("stripe-signature") else { throw .unsigned }
        let credentials = credentials(account) ?? GatewayCredentials()
        let signature = StripeSignature([credentials.webhookSecret, credentials.previousWebhookSecret])
        try signature.verify(header, request.body, now: now)
        return try StripeNotice.read(request.body, account)
    }

    /// Addresses with the same URL that were registered before are removed: their secret is not known any more, so that
    /// what they send could not be verified.
    package func registerNotices(at url: String, _ account: Account) async -> Registration {
        switch await call(StripeCalls.register(url), account) {
        case .object(let object):
            guard let id = object.text("id"), StripeName.isValid(id), let secret = object.text("secret"),
                !secret.isEmpty
            else { return .refused(Failure("gateway_timeout", "Stripe's answer could not be read.", .gateway)) }
            await removeEndpoints(url, except: id, account)
            return .registered(id: id, secret: secret)
        case .unsent(let failure): return .refused(failure)
        case .lost(let reason): return .refused(Failure("gateway_timeout", reason, .network))
        case .refused(let error, _):
            return .refused(error.failure("gateway_refused", "Stripe refused the address.", .configuration))
        }
    }

    private func removeEndpoints(_ url: String, except id: String, _ account: Account) async {
        let endpoints = await pages(account, limit: 10) { StripeCalls.endpoints(after: $0) }
        for endpoint in endpoints ?? [] where endpoint.text("url") == url {
            guard let name = endpoint.text("id"), StripeName.isValid(name), name != id else { continue }
            _ = await call(StripeCalls.removeEndpoint(name), account)
        }
    }
}
