import Billing
package import HTTP
package import Runtime

/// How calls to one vendor go out: over kept-alive TLS connections, below the vendor's published rate, each with a line
/// in the log that names what was called, how long it took and what came, and never a secret.
package final class GatewayLine: Sendable {
    /// What a vendor's API asks of its callers.
    package struct Manners: Sendable {
        /// Requests a second of one account, in the long run.
        package var perSecond: UInt64
        /// Requests at once after a pause.
        package var burst: UInt64
        /// Seconds an answer may take.
        package var answerSeconds = 30
        /// Seconds a call may wait for its turn.
        package var turnSeconds = 5
        /// The header in which the vendor names the call, for the log.
        package var requestIDHeader: StaticString

        package init(perSecond: UInt64, burst: UInt64, requestIDHeader: StaticString) {
            self.perSecond = perSecond
            self.burst = burst
            self.requestIDHeader = requestIDHeader
        }
    }

    private let doors: Doors
    private let client: Client
    private let manners: Manners
    private let paces = Guarded<[String: WirePace]>([:])

    package init(doors: Doors, transport: (any SecureTransport)?, manners: Manners) {
        self.doors = doors
        self.manners = manners
        var limits = ClientLimits()
        limits.connectionsPerOrigin = 256
        limits.waitersPerOrigin = 1024
        limits.idlePerOrigin = 16
        limits.idleSeconds = 30
        client = Client(doors: doors, limits: limits, transport: transport)
    }

    /// Makes one call.
    ///
    /// - Parameter base: The vendor's address, which may carry a path of its own.
    package func send(_ request: WireRequest, base: String, _ account: Account) async -> WireAnswer {
        let prefix = base.hasSuffix("/") ? String(base.dropLast()) : base
        guard let url = URL(prefix + request.path) else {
            return .notSent(Failure("gateway_misconfigured", "The gateway's address cannot be used.", .configuration))
        }
        let began = doors.clock.instant()
        let turn = pace(of: account).reserve(now: began, deadline: began.adding(seconds: manners.turnSeconds))
        guard let turn else {
            return .notSent(Failure("gateway_busy", "Too many calls to this gateway at once; none was made.", .network))
        }
        if turn > began { await doors.scheduler.sleep(until: turn) }
        var outgoing = ClientRequest(method: request.method, url: url, body: request.body)
        outgoing.headers = request.fields.map { ($0.name, $0.value) }
        outgoing.mayReuseConnection = !request.movesMoney
        let answer: WireAnswer
        var requestID = ""
        do throws(ClientError) {
            let response = try await client.send(
                outgoing, deadline: doors.clock.instant().adding(seconds: manners.answerSeconds))
            requestID = response.headers[manners.requestIDHeader] ?? ""
            answer =
                response.isTruncated
                ? .lost("The gateway's answer was too long to be read.")
                : .answered(WireResponse(status: response.status, headers: response.headers, body: response.body))
        } catch .notSent(let reason) {
            answer = .notSent(Self.failure(reason))
        } catch {
            answer = .lost("No answer came: \(error.reason).")
        }
        log(request, account, requestID, answer, since: began)
        return answer
    }

    /// Waits before a call that was turned away is made once more: a quarter to half a second, so that callers who
    /// were turned away together do not come back together.
    package func backOff() async {
        let jitter = Int(doors.entropy.bytes(1).first ?? 0)
        await doors.scheduler.sleep(until: doors.clock.instant().adding(milliseconds: 250 + jitter))
    }

    /// Tells the operator what somebody has to look at; `detail` holds no secret.
    package func alert(_ event: StaticString, _ account: Account, _ detail: String) {
        doors.log.write(
            .error, event,
            [
                ("gateway", account.configuration.gateway), ("application", account.application.description),
                ("detail", detail),
            ])
    }

    /// Closes idle connections.
    package func close() {
        client.closeIdle()
    }

    private func pace(of account: Account) -> WirePace {
        let name = "\(account.application).\(account.configuration.gateway)"
        return paces.withLock { paces in
            if let known = paces[name] { return known }
            let pace = WirePace(perSecond: manners.perSecond, burst: manners.burst)
            paces[name] = pace
            return pace
        }
    }

    private static func failure(_ reason: ClientError.Reason) -> Failure {
        let (code, message): (String, String) =
            switch reason {
            case .nameNotFound: ("gateway_unreachable", "The gateway's name could not be resolved.")
            case .connectionRefused, .unreachable, .closed:
                ("gateway_unreachable", "The gateway refused the connection.")
            case .deadlinePassed: ("gateway_unreachable", "Connecting to the gateway timed out; nothing was sent.")
            case .tlsFailed, .tlsUnavailable:
                ("gateway_untrusted", "No trusted connection to the gateway could be made: \(reason).")
            case .busy, .exhausted: ("gateway_busy", "Too many calls to this gateway at once; none was made.")
            case .addressRefused, .malformedAnswer, .malformedRequest, .system:
                ("gateway_unreachable", "The gateway could not be called: \(reason).")
            }
        return Failure(code, message, .network)
    }

    private func log(
        _ request: WireRequest, _ account: Account, _ requestID: String, _ answer: WireAnswer, since began: Instant
    ) {
        let outcome =
            switch answer {
            case .answered(let response): String(response.status)
            case .notSent(let failure): "not_sent: \(failure.code)"
            case .lost: "lost"
            }
        let milliseconds = doors.clock.instant().nanoseconds(since: began) / 1_000_000
        var fields: [(name: StaticString, value: String)] = [
            ("gateway", account.configuration.gateway), ("application", account.application.description),
            ("operation", "\(request.operation)"), ("outcome", outcome), ("milliseconds", String(milliseconds)),
        ]
        // What a peer names itself with is not to break a line.
        if !requestID.isEmpty, requestID.utf8.count <= 128 { fields.append(("request_id", requestID)) }
        var level = LogLevel.warning
        if case .answered(let response) = answer, response.status < 500 { level = .info }
        doors.log.write(level, "gateway_call", fields)
    }
}
