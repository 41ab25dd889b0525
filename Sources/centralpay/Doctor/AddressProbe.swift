import HTTP
import HTTPS
import JSON
import Runtime
import TLS
import X509

/// Goes the whole way to one address, as a delivery or a call to a gateway would, and tells of each step.
struct AddressProbe: Sendable {
    /// What was found on the way.
    struct Outcome: Sendable {
        var findings: [Finding] = []
        var exitCode = Doctor.ExitCode.well
        /// More members of the answer in JSON.
        var facts: [(String, JSONValue)] = []

        mutating func note(_ state: Finding.State, _ subject: String, _ detail: String, fix: String? = nil) {
            findings.append(Finding(state: state, subject: subject, detail: detail, fix: fix))
        }

        mutating func fail(_ code: Doctor.ExitCode, _ subject: String, _ detail: String, fix: String?) {
            note(.failed, subject, detail, fix: fix)
            exitCode = code
        }
    }

    private static let stepSeconds = 10

    private let url: URL
    private let roots: TrustLoader
    private let trust: TrustSource
    private let doors: Doors

    init(_ text: String, _ arguments: Arguments, _ doors: Doors) throws(CommandFailure) {
        guard let url = URL(text) else { throw .usage("--url \(text) is not a URL such as https://api.stripe.com") }
        self.url = url
        self.doors = doors
        var settings = ServerSettings()
        settings.rootsPath = arguments.value("ca-file")
        settings.deniedKeysPath = arguments.value("denied-keys")
        do throws(CertificateFileError) {
            roots = try Security.trust(settings, doors)
            trust = roots.load()
        } catch {
            throw .failed(error.message)
        }
    }

    func run() async -> Outcome {
        var outcome = Outcome()
        outcome.facts.append(("url", .string(url.text)))
        let addresses = await resolve(&outcome)
        guard !addresses.isEmpty, let stream = await connect(addresses, &outcome) else { return outcome }
        guard url.scheme == .https else {
            stream.close()
            await ask(nil, &outcome)
            return outcome
        }
        let transport = TLSTransport(doors: doors, trust: roots)
        let isTrusted = await handshake(transport, stream, &outcome)
        stream.close()
        if isTrusted { await ask(transport, &outcome) }
        return outcome
    }

    private var deadline: Instant { doors.clock.instant().adding(seconds: Self.stepSeconds) }

    /// Such as `1.25 ms`.
    private static func time(_ nanoseconds: UInt64) -> String {
        let hundredths = nanoseconds / 10_000
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction) ms"
    }

    private static func fact(_ name: String, _ nanoseconds: UInt64) -> (String, JSONValue) {
        (name, .number(JSONNumber(Int64(clamping: nanoseconds / 1000))))
    }

    // MARK: Steps

    private func resolve(_ outcome: inout Outcome) async -> [IPAddress] {
        if let address = url.address { return [address] }
        let began = doors.clock.instant()
        do throws(NetworkError) {
            let addresses = try await doors.network.resolve(url.host, deadline: deadline)
            let nanoseconds = doors.clock.instant().nanoseconds(since: began)
            let list = addresses.map(\.description)
            outcome.note(.ok, "name", "\(url.host) is \(list.joined(separator: ", ")) (\(Self.time(nanoseconds)))")
            outcome.facts.append(("addresses", .array(list.map(JSONValue.string))))
            outcome.facts.append(Self.fact("resolve_microseconds", nanoseconds))
            return addresses
        } catch {
            let why =
                error == .deadlinePassed
                ? "no name server answered about \(url.host) within \(Self.stepSeconds) s"
                : "\(url.host) has no address, or no name server could be asked"
            outcome.fail(
                .nameNotFound, "name", why, fix: "check the spelling, and the name servers in /etc/resolv.conf")
            return []
        }
    }

    private func connect(_ addresses: [IPAddress], _ outcome: inout Outcome) async -> (any ByteStream)? {
        let began = doors.clock.instant()
        let race = ConnectionRace(doors: doors, limits: ClientLimits())
        switch await race.run(addresses, port: url.port, deadline: deadline) {
        case .connected(let stream, let address):
            let nanoseconds = doors.clock.instant().nanoseconds(since: began)
            outcome.note(.ok, "connection", "to \(address) (\(Self.time(nanoseconds)))")
            outcome.facts.append(("address", .string("\(address)")))
            outcome.facts.append(Self.fact("connect_microseconds", nanoseconds))
            return stream
        case .failed(let error, let address):
            let target = address.map { "\($0)" } ?? url.host
            let why =
                switch error {
                case .refused: "\(target) refuses connections: nothing listens on that port"
                case .deadlinePassed: "\(target) does not answer: a firewall may drop what is sent to it"
                case .unreachable: "there is no way from this machine to \(target)"
                default: "\(target) cannot be connected to: \(error)"
                }
            outcome.fail(
                .notConnected, "connection", why, fix: "check the port, the firewalls on the way and the route")
            return nil
        }
    }

    /// - Returns: whether the server is who it should be.
    private func handshake(
        _ transport: TLSTransport, _ stream: any ByteStream, _ outcome: inout Outcome
    ) async -> Bool {
        outcome.note(.ok, "roots", trust.about)
        outcome.facts.append(("trust", .string(trust.about)))
        let began = doors.clock.instant()
        do throws(HandshakeError) {
            let secured = try await transport.connect(stream, host: url.host, deadline: deadline)
            let nanoseconds = doors.clock.instant().nanoseconds(since: began)
            outcome.facts.append(Self.fact("handshake_microseconds", nanoseconds))
            if let summary = secured.summary { describe(summary, nanoseconds, &outcome) }
            await secured.finishSending(deadline: doors.clock.instant().adding(seconds: 1))
            return true
        } catch {
            let now = doors.clock.now()
            guard case .tls(.untrusted(_, _)) = error else {
                outcome.fail(
                    .handshakeFailed, "handshake", error.reason,
                    fix: "check that the port speaks TLS 1.2 or 1.3 with ECDHE: openssl s_client -connect "
                        + "\(url.host):\(url.port)")
                return false
            }
            if let clock = TrustSource.clockTrouble(at: now) {
                outcome.fail(.clockIsWrong, "clock", clock, fix: "timedatectl set-ntp true")
            } else {
                outcome.fail(
                    .certificateRefused, "certificate", error.reason,
                    fix: "renew or replace the certificate there; for a private authority give --ca-file")
            }
            return false
        }
    }

    private func describe(_ summary: HandshakeSummary, _ nanoseconds: UInt64, _ outcome: inout Outcome) {
        let signature = summary.signatureName ?? "a resumed session"
        outcome.note(
            .ok, "handshake",
            "\(summary.versionName), \(summary.cipherSuiteName), \(summary.groupName), \(signature) "
                + "(\(Self.time(nanoseconds)))")
        let chain = summary.peerCertificates.compactMap { try? Certificate(der: $0) }
        var links: [JSONValue] = []
        for certificate in chain {
            let expiry = Timestamp(seconds: certificate.notAfter)
            outcome.note(
                .ok, "certificate", "\(certificate.subject), by \(certificate.issuer), until \(expiry)")
            links.append(
                .object(
                    JSONObject([
                        ("subject", .string("\(certificate.subject)")), ("issuer", .string("\(certificate.issuer)")),
                        ("expires", .string("\(expiry)")),
                    ])))
        }
        var anchor = ""
        let now = doors.clock.now()
        if let path = try? PathValidator.validate(
            chain: chain, name: ServerName(url.host), purpose: .server, at: now.seconds, trust: trust.store)
        {
            anchor = "\(path.anchor.subject)"
            outcome.note(.ok, "root", anchor)
        }
        if let leaf = chain.first, leaf.notAfter - now.seconds < 14 * 86_400 {
            outcome.note(
                .warning, "certificate", "it expires in less than 14 days", fix: "have the certificate there renewed")
        }
        outcome.facts.append(
            (
                "tls",
                .object(
                    JSONObject([
                        ("version", .string(summary.versionName)), ("suite", .string(summary.cipherSuiteName)),
                        ("group", .string(summary.groupName)), ("signature", .string(signature)),
                        ("protocol", summary.applicationProtocol.map(JSONValue.string) ?? .null),
                        ("chain", .array(links)), ("root", .string(anchor)),
                    ]))
            ))
    }

    private func ask(_ transport: TLSTransport?, _ outcome: inout Outcome) async {
        var limits = ClientLimits()
        limits.idlePerOrigin = 0
        let client = Client(doors: doors, limits: limits, transport: transport)
        let began = doors.clock.instant()
        do throws(ClientError) {
            let response = try await client.send(ClientRequest(method: .head, url: url), deadline: deadline)
            let nanoseconds = doors.clock.instant().nanoseconds(since: began)
            outcome.note(.ok, "answer", "HTTP status \(response.status) (\(Self.time(nanoseconds)))")
            outcome.facts.append(("status", .number(JSONNumber(Int64(response.status)))))
            outcome.facts.append(Self.fact("answer_microseconds", nanoseconds))
        } catch {
            outcome.fail(
                .noAnswer, "answer", "no HTTP answer came: \(error.reason)",
                fix: "check that a web server listens there: curl -v \(url)")
        }
    }
}
