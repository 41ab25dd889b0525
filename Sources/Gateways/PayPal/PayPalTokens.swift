import Billing
import Crypto
import Runtime

/// The access tokens of accounts: fetched once for everybody who needs one at the same time, and kept until shortly
/// before they end.
final class PayPalTokens: Sendable {
    enum Answer: Sendable {
        case token(String)
        /// There is none. Nothing that needed it was sent.
        case failed(Failure)
    }

    private struct Account: Sendable {
        /// What the token was fetched with: other credentials have other tokens.
        var credentials: [UInt8] = []
        var token = ""
        var end = Instant(nanoseconds: 0)
        var flight: Flight<Answer>?
    }

    private enum Part {
        case has(String)
        case waits(Flight<Answer>)
        case fetches(Flight<Answer>)
    }

    private let line: GatewayLine
    private let doors: Doors
    private let accounts = Guarded<[String: Account]>([:])

    /// Seconds before its end at which a token is not used any more.
    private static let marginSeconds: Int64 = 120
    /// The longest a token is believed to live: a day.
    private static let longestLifeSeconds: Int64 = 86_400

    init(line: GatewayLine, doors: Doors) {
        self.line = line
        self.doors = doors
    }

    /// A token of the account.
    ///
    /// - Parameter refused: A token that PayPal did not take any more; it is not given again.
    func token(
        _ credentials: GatewayCredentials, base: String, _ account: Gateways.Account, after refused: String? = nil
    ) async -> Answer {
        let name = "\(account.application).\(account.configuration.gateway)"
        let digest = SHA256.hash(Array("\(base)\n\(credentials.clientID)\n\(credentials.secretKey)".utf8))
        let now = doors.clock.instant()
        let part = accounts.withLock { accounts -> Part in
            var kept = accounts[name] ?? Account()
            if kept.credentials != digest { kept = Account(credentials: digest) }
            if kept.token == refused { kept.token = "" }
            defer { accounts[name] = kept }
            if !kept.token.isEmpty, now < kept.end { return .has(kept.token) }
            if let flight = kept.flight { return .waits(flight) }
            let flight = Flight<Answer>()
            kept.flight = flight
            return .fetches(flight)
        }
        switch part {
        case .has(let token): return .token(token)
        case .waits(let flight): return await flight.value(on: doors.scheduler)
        case .fetches(let flight):
            let (answer, end) = await fetch(credentials, base, account)
            accounts.withLock { accounts in
                guard var kept = accounts[name], kept.flight === flight else { return }
                kept.flight = nil
                if case .token(let token) = answer {
                    kept.token = token
                    kept.end = end
                }
                accounts[name] = kept
            }
            flight.land(answer)
            return answer
        }
    }

    /// Whether the credentials work, asked anew: nil, or why not.
    func check(_ credentials: GatewayCredentials, base: String, _ account: Gateways.Account) async -> Failure? {
        if case .failed(let failure) = await fetch(credentials, base, account).0 { return failure }
        return nil
    }

    private func fetch(
        _ credentials: GatewayCredentials, _ base: String, _ account: Gateways.Account
    ) async -> (Answer, Instant) {
        let began = doors.clock.instant()
        let request = PayPalRequests.token(clientID: credentials.clientID, secret: credentials.secretKey)
        switch await line.send(request, base: base, account) {
        case .notSent(let failure): return (.failed(failure), began)
        case .lost(let reason): return (.failed(Self.unreachable(reason)), began)
        case .answered(let response):
            let object = response.object
            guard response.isSuccess else {
                let refusal = PayPalRefusal(status: response.status, object)
                return (.failed(refusal?.failure ?? Self.unreachable("PayPal gave no access token.")), began)
            }
            guard let object, let token = object.text("access_token"), Self.isPlain(token) else {
                return (.failed(Self.unreachable("PayPal's access token cannot be read.")), began)
            }
            let life = min(max(object.integer("expires_in") ?? 0, 0), Self.longestLifeSeconds)
            return (.token(token), began.adding(seconds: Int(max(0, life - Self.marginSeconds))))
        }
    }

    private static func unreachable(_ reason: String) -> Failure {
        Failure("gateway_unreachable", reason, .network)
    }

    /// Whether a token can stand in a header.
    private static func isPlain(_ token: String) -> Bool {
        (1...8192).contains(token.utf8.count) && token.utf8.allSatisfy { (0x21...0x7e).contains($0) }
    }
}
