package import Billing
import Crypto
import HTTP
import JSON
package import Runtime
package import X509

/// PayPal: the buyer approves an order on PayPal's page, and this server takes its money.
///
/// Orders cannot be expired: one that is not wanted any more is never captured. Taking the money of an order twice is
/// impossible at PayPal, whatever the key of the call.
package final class PayPalGateway: GatewayAdapter {
    package let name = "paypal"
    package let preparesCharges = true

    let vault: Vault
    let line: GatewayLine
    let doors: Doors
    let tokens: PayPalTokens
    let certificates: PayPalCertificates
    /// Anybody can send a notice that only PayPal can verify, so few are asked about.
    let verifications = WirePace(perSecond: 1, burst: 10)

    /// What PayPal asks of its callers: it publishes no rate, so this stays modest.
    package static let manners = GatewayLine.Manners(perSecond: 20, burst: 60, requestIDHeader: "paypal-debug-id")

    /// - Parameters:
    ///   - line: How calls go out, with ``manners``.
    ///   - trust: The roots that PayPal's certificates for notices must lead to.
    package init(vault: Vault, line: GatewayLine, doors: Doors, trust: @escaping @Sendable () async -> TrustStore) {
        self.vault = vault
        self.line = line
        self.doors = doors
        tokens = PayPalTokens(line: line, doors: doors)
        certificates = PayPalCertificates(line: line, doors: doors, trust: trust)
    }

    // MARK: Calls

    /// What came of a call, as far as it is proven.
    enum Reply: Sendable {
        /// A success, with its object; empty where PayPal answers with none.
        case done(JSONObject)
        case refused(PayPalRefusal)
        /// It never reached PayPal.
        case notSent(Failure)
        /// It may have been carried out.
        case unclear(String)
    }

    static func base(of account: Account) -> String {
        account.configuration.baseURL ?? AdapterTraits.named("paypal")?.url(account.configuration.mode) ?? ""
    }

    /// The credentials; nil when there are none that could be used.
    func credentials(of account: Account) -> GatewayCredentials? {
        guard let credentials = account.configuration.credentials(vault), !credentials.clientID.isEmpty,
            !credentials.secretKey.isEmpty
        else { return nil }
        return credentials
    }

    static let noCredentials = Failure(
        "gateway_misconfigured", "The gateway has no client id and secret.", .configuration)

    /// Makes one call with the account's token. One that PayPal refused unread, for its token or because there were too
    /// many, is made once more.
    func perform(_ request: WireRequest, _ account: Account) async -> Reply {
        guard let credentials = credentials(of: account) else { return .notSent(Self.noCredentials) }
        let base = Self.base(of: account)
        var refused: String?
        var hasPaused = false
        while true {
            let token: String
            switch await tokens.token(credentials, base: base, account, after: refused) {
            case .failed(let failure): return .notSent(failure)
            case .token(let text): token = text
            }
            var outgoing = request
            outgoing.fields.append(WireRequest.Field("Authorization", "Bearer " + token))
            switch await line.send(outgoing, base: base, account) {
            case .notSent(let failure): return .notSent(failure)
            case .lost(let reason): return .unclear(reason)
            case .answered(let response):
                if response.status == 401, refused == nil {
                    refused = token
                    continue
                }
                if Self.mayComeAgain(response, request), !hasPaused {
                    hasPaused = true
                    await pause(response)
                    continue
                }
                return Self.read(response)
            }
        }
    }

    /// Whether an answer says that the same call may be made again in a moment, and that this one did nothing.
    private static func mayComeAgain(_ response: WireResponse, _ request: WireRequest) -> Bool {
        response.status == 429 || response.status == 409 && !request.movesMoney
    }

    private func pause(_ response: WireResponse) async {
        let asked = response.headers["retry-after"].flatMap { Int($0) } ?? 1
        await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: min(max(asked, 1), 5)))
    }

    static func read(_ response: WireResponse) -> Reply {
        let object = response.object
        if response.isSuccess {
            if response.status == 204 { return .done(JSONObject()) }
            return object.map { .done($0) } ?? .unclear("PayPal's answer cannot be read.")
        }
        guard let refusal = PayPalRefusal(status: response.status, object) else {
            return .unclear("PayPal answered \(response.status).")
        }
        return .refused(refusal)
    }

    // MARK: Opening

    package func startCheckout(_ order: Order, key: String) async -> StartOutcome {
        do throws(PayPalRefused) {
            return await start(try PayPalRequests.hostedOrder(order, key: key), order, isHosted: true)
        } catch {
            return .notExecuted(error.failure)
        }
    }

    package func prepareCharge(_ token: String, _ order: Order, key: String) async -> StartOutcome {
        do throws(PayPalRefused) {
            return await start(try PayPalRequests.savedOrder(order, key: key), order, isHosted: false)
        } catch {
            return .notExecuted(error.failure)
        }
    }

    private func start(_ request: WireRequest, _ order: Order, isHosted: Bool) async -> StartOutcome {
        switch await perform(request, order.account) {
        case .done(let object):
            guard let made = PayPalOrder(object) else { return Self.lost("PayPal's answer names no order.") }
            let url = made.actionURL ?? Self.approvalURL(of: made.id, order)
            return .opened(session: made.id, url: isHosted ? url : "")
        case let other: return Self.failedStart(other)
        }
    }

    /// What a call that opens something means when it brought nothing.
    static func failedStart(_ reply: Reply) -> StartOutcome {
        switch reply {
        case .done: lost("PayPal's answer cannot be read.")
        case .notSent(let failure): .notExecuted(failure)
        case .unclear(let reason): lost(reason)
        case .refused(let refusal):
            switch refusal.meaning {
            case .conflict, .listed(.busy): lost("PayPal is still carrying out the same call.")
            default: .notExecuted(refusal.failure)
            }
        }
    }

    static func lost(_ reason: String) -> StartOutcome {
        .lost(Failure("gateway_timeout", reason, .network))
    }

    /// Where the buyer approves an order, should PayPal not say.
    static func approvalURL(of id: String, _ order: Order) -> String {
        guard order.account.configuration.baseURL == nil else { return order.checkoutURL }
        let host = order.account.configuration.mode == .live ? "www.paypal.com" : "www.sandbox.paypal.com"
        return "https://\(host)/checkoutnow?token=\(id)"
    }

    // MARK: The account

    package func list(since time: Timestamp, _ account: Account) async -> [ListedCharge]? { nil }

    package func test(_ account: Account) async -> String? {
        guard let credentials = credentials(of: account) else { return Self.noCredentials.message }
        return await tokens.check(credentials, base: Self.base(of: account), account)?.message
    }
}
