import Bytes
import Crypto
import X509

/// A server of TLS 1.3 that has sent its whole flight and waits for the client's Finished (RFC 8446 section 4).
final class Server13: HandshakeState {
    private let configuration: ServerConfiguration
    private let suite: CipherSuite
    private let group: NamedGroup
    private let serverName: String?
    private let isRetried: Bool
    private let resumption: Resumption?
    /// Whether the client can use tickets at all (section 4.2.9: none that its modes do not allow).
    private let usesTickets: Bool
    private let identity: Identity?
    private let signatureScheme: SignatureScheme?
    private let applicationProtocol: String?
    private var transcript: Transcript
    private let schedule: KeySchedule13
    private let clientSecret: Secret
    private let readSecret: Secret
    private let writeSecret: Secret

    /// How many bytes of early data, which is never accepted, are skipped.
    private static let maximumEarlyDataByteCount = 65_536

    /// Sends the flight.
    ///
    /// - Parameters:
    ///   - hello: The last hello, which the transcript ends with.
    ///   - exchange: Our key.
    ///   - shared: What it gives with the client's.
    init(
        _ configuration: ServerConfiguration, _ hello: ClientHello, _ suite: CipherSuite, _ exchange: KeyExchange,
        _ shared: borrowing Secret, _ resumption: Resumption?, _ transcript: consuming Transcript,
        isRetried: Bool, _ channel: inout Channel
    ) throws(TLSError) {
        let applicationProtocol = try configuration.applicationProtocol(hello.applicationProtocols)
        var signer: (identity: Identity, scheme: SignatureScheme)?
        if resumption == nil { signer = try Server13.signer(configuration, hello) }
        Server13.sendHello(hello, suite, exchange, resumption, &transcript, &channel)
        if !isRetried, !hello.sessionID.isEmpty { channel.sendChangeCipherSpec() }

        var schedule =
            if let resumption {
                KeySchedule13(suite.hash, preSharedKey: resumption.key.secret)
            } else {
                KeySchedule13(suite.hash)
            }
        schedule.advance(shared)
        let helloValue = transcript.value
        clientSecret = schedule.derive("c hs traffic", helloValue)
        let serverSecret = schedule.derive("s hs traffic", helloValue)
        channel.protectWriting(with: RecordProtection(suite, trafficSecret: serverSecret))
        try channel.protectReading(with: RecordProtection(suite, trafficSecret: clientSecret))
        // A second hello has none, and what came before it was skipped.
        if hello.offersEarlyData {
            channel.reader.skipEarlyData(Server13.maximumEarlyDataByteCount, hasKeys: true)
        }

        Server13.sendExtensions(
            applicationProtocol, confirmsName: signer != nil && hello.serverName != nil, &transcript, &channel)
        if let signer { try Server13.sendCertificate(signer.identity, signer.scheme, &transcript, &channel) }
        let verifyData = suite.hash.finishedValue(serverSecret, transcript.value)
        Server13.send(.finished, &transcript, &channel) { $0.append(verifyData.bytes) }
        schedule.advance()
        let value = transcript.value
        readSecret = schedule.derive("c ap traffic", value)
        writeSecret = schedule.derive("s ap traffic", value)
        channel.protectWriting(with: RecordProtection(suite, trafficSecret: writeSecret))

        self.configuration = configuration
        self.suite = suite
        self.resumption = resumption
        usesTickets = hello.keyExchangeModes?.contains(1) ?? false
        self.isRetried = isRetried
        self.applicationProtocol = applicationProtocol
        self.transcript = transcript
        self.schedule = schedule
        group = exchange.group
        serverName = hello.serverName
        identity = signer?.identity
        signatureScheme = signer?.scheme
    }

    /// The identity for this client and how it signs.
    private static func signer(
        _ configuration: ServerConfiguration, _ hello: ClientHello
    ) throws(TLSError) -> (identity: Identity, scheme: SignatureScheme) {
        // RFC 8446 section 9.2.
        guard let accepted = hello.signatureSchemes else {
            throw .refused(.missingExtension, "The client sent no signature algorithms.")
        }
        for identity in configuration.candidates(for: hello.serverName) {
            if let scheme = identity.scheme(.tls13, accepted: accepted) { return (identity, scheme) }
        }
        throw .refused(.handshakeFailure, "No signature algorithm in common.")
    }

    private static func send(
        _ type: HandshakeType, _ transcript: inout Transcript, _ channel: inout Channel,
        _ body: (inout ByteWriter) -> Void
    ) {
        let message = HandshakeMessage.encode(type, body)
        transcript.append(message)
        channel.send(message)
    }

    private static func sendHello(
        _ hello: ClientHello, _ suite: CipherSuite, _ exchange: KeyExchange, _ resumption: Resumption?,
        _ transcript: inout Transcript, _ channel: inout Channel
    ) {
        let message = ServerHello.encode(
            random: channel.random(32), sessionID: hello.sessionID, cipherSuite: suite
        ) { writer in
            writer.extension(.supportedVersions) { $0.appendBigEndian(ProtocolVersion.tls13.rawValue) }
            writer.extension(.keyShare) { body in
                body.appendBigEndian(exchange.group.rawValue)
                body.opaque(2, exchange.publicKey)
            }
            if let resumption { writer.extension(.preSharedKey) { $0.appendBigEndian(UInt16(resumption.index)) } }
        }
        transcript.append(message)
        channel.send(message)
    }

    private static func sendExtensions(
        _ applicationProtocol: String?, confirmsName: Bool, _ transcript: inout Transcript, _ channel: inout Channel
    ) {
        send(.encryptedExtensions, &transcript, &channel) { writer in
            writer.vector(2) { writer in
                // RFC 6066 section 3.
                if confirmsName { writer.extension(.serverName) }
                if let applicationProtocol {
                    writer.extension(.applicationProtocols) { body in
                        body.vector(2) { $0.opaque(1, Array(applicationProtocol.utf8)) }
                    }
                }
            }
        }
    }

    private static func sendCertificate(
        _ identity: Identity, _ scheme: SignatureScheme, _ transcript: inout Transcript, _ channel: inout Channel
    ) throws(TLSError) {
        send(.certificate, &transcript, &channel) { writer in
            writer.opaque(1, [])
            writer.vector(3) { list in
                for certificate in identity.chain {
                    list.opaque(3, certificate)
                    list.vector(2) { _ in }
                }
            }
        }
        let content = HandshakeSignature.content(HandshakeSignature.server, transcript.value)
        let signature: [UInt8]
        do {
            signature = try identity.key.sign(content, scheme: scheme, random: channel.random)
        } catch {
            throw .refused(.internalError, "The handshake could not be signed.")
        }
        send(.certificateVerify, &transcript, &channel) { writer in
            writer.appendBigEndian(scheme.rawValue)
            writer.opaque(2, signature)
        }
    }

    func receive(_ message: HandshakeMessage, _ channel: inout Channel) throws(TLSError) -> (any HandshakeState)? {
        guard message.type == .finished else { throw .unexpected("message in place of the client's Finished") }
        let expected = suite.hash.finishedValue(clientSecret, transcript.value)
        var reader = message.body
        guard expected.isEqual(to: reader.rest()) else {
            throw .refused(.decryptError, "The client's Finished is wrong.")
        }
        transcript.append(message.bytes)
        try channel.protectReading(with: RecordProtection(suite, trafficSecret: readSecret))
        channel.establish(
            HandshakeSummary(
                version: .tls13, cipherSuite: suite, group: group, signatureScheme: signatureScheme,
                applicationProtocol: applicationProtocol, serverName: serverName, peerCertificates: [],
                isResumed: resumption != nil, isRetried: isRetried))
        sendTickets(&channel)
        return Established13(
            suite, readSecret: readSecret.duplicate(), writeSecret: writeSecret.duplicate(), origin: nil)
    }

    /// RFC 8446 section 4.6.1: as many as the configuration says, or one in place of the one that was used.
    private func sendTickets(_ channel: inout Channel) {
        guard usesTickets, let tickets = configuration.tickets,
            let validUntil = identity?.validUntil ?? resumption?.contents.validUntil,
            let leafHash = identity?.leafHash ?? resumption?.contents.identity
        else { return }
        let lifetime = min(tickets.lifetimeSeconds, validUntil - channel.now)
        guard lifetime > 0 else { return }
        let secret = schedule.derive("res master", transcript.value)
        for number in 0..<(resumption == nil ? configuration.ticketCount : min(1, configuration.ticketCount)) {
            let nonce = [UInt8(truncatingIfNeeded: number)]
            let key = suite.hash.expandLabel(secret, "resumption", nonce.span.raw, count: suite.hash.byteCount)
            let ageAddend = channel.random(4).reduce(0) { $0 << 8 | UInt32($1) }
            var contents = TicketContents(
                cipherSuite: suite, issuedAt: channel.now, ageAddend: ageAddend, validUntil: validUntil,
                serverName: serverName ?? "", identity: leafHash, key: key.revealed())
            defer { Memory.wipe(&contents.key) }
            guard let ticket = tickets.seal(contents, now: channel.now, random: channel.random) else { return }
            channel.send(
                HandshakeMessage.encode(.newSessionTicket) { writer in
                    writer.appendBigEndian(UInt32(lifetime))
                    writer.appendBigEndian(ageAddend)
                    writer.opaque(1, nonce)
                    writer.opaque(2, ticket)
                    writer.vector(2) { _ in }
                })
        }
    }
}
