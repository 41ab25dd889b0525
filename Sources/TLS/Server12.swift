import Bytes
import Crypto
import X509

/// A server of TLS 1.2 from the ClientHello to the client's Finished (RFC 5246 section 7.3).
final class Server12: HandshakeState {
    /// What comes next.
    private enum Step {
        case clientKeyExchange
        case changeCipherSpec
        case finished
    }

    private let hello: ClientHello
    private let suite: CipherSuite
    private let exchange: KeyExchange
    private let serverRandom: [UInt8]
    private let signatureScheme: SignatureScheme
    private let applicationProtocol: String?
    private var transcript: Transcript
    private var step = Step.clientKeyExchange
    private var schedule: KeySchedule12?
    private var protections: (client: SealedDirection, server: SealedDirection)?
    /// What the client's Finished must hold.
    private var expected: [UInt8] = []

    /// Answers the hello.
    init(
        _ configuration: ServerConfiguration, _ hello: ClientHello, _ message: HandshakeMessage,
        _ channel: inout Channel
    ) throws(TLSError) {
        try Server12.check(hello)
        let group = try Server12.group(configuration, hello)
        let (suite, identity, scheme) = try Server12.suite(configuration, hello)
        let applicationProtocol = try configuration.applicationProtocol(hello.applicationProtocols)
        var random = channel.random(32)
        // RFC 8446 section 4.1.3: tells a client that can do more that somebody has lowered the version.
        if configuration.maximumVersion >= .tls13 {
            random.replaceSubrange(24..., with: ServerHello.downgradeToTLS12)
        }
        self.hello = hello
        self.suite = suite
        self.applicationProtocol = applicationProtocol
        signatureScheme = scheme
        serverRandom = random
        exchange = try KeyExchange(group, random: channel.random)
        transcript = Transcript()
        transcript.select(suite.hash)
        transcript.append(message.bytes)
        sendHello(&channel)
        send(.certificate, &channel) { writer in
            writer.vector(3) { list in for certificate in identity.chain { list.opaque(3, certificate) } }
        }
        let entropy = channel.random
        let key = try ServerKeyExchange.encode(
            exchange, scheme: scheme, clientRandom: hello.random, serverRandom: random
        ) { content throws(TLSError) in
            do {
                return try identity.key.sign(content, scheme: scheme, random: entropy)
            } catch {
                throw .refused(.internalError, "The handshake could not be signed.")
            }
        }
        transcript.append(key)
        channel.send(key)
        send(.serverHelloDone, &channel) { _ in }
    }

    private static func check(_ hello: ClientHello) throws(TLSError) {
        // RFC 5246 section 7.4.1.2.
        guard hello.compressionMethods.contains(0) else { throw .illegal("The client insists on compression.") }
        // RFC 5746 section 3.6.
        guard hello.renegotiationInfo?.isEmpty ?? true else {
            throw .refused(.handshakeFailure, "The client renegotiates.")
        }
        // RFC 8422 section 5.1.2.
        guard hello.pointFormats?.contains(0) ?? true else {
            throw .illegal("The client cannot read uncompressed points.")
        }
    }

    /// RFC 8422 section 4: a client that names no groups leaves the choice to us; all such know P-256.
    private static func group(
        _ configuration: ServerConfiguration, _ hello: ClientHello
    ) throws(TLSError) -> NamedGroup {
        let offered = hello.groups ?? [NamedGroup.secp256r1.rawValue]
        guard let group = configuration.groups.first(where: { offered.contains($0.rawValue) }) else {
            throw .refused(.handshakeFailure, "No group in common.")
        }
        return group
    }

    /// The best suite for which there is an identity that can sign what the client understands.
    private static func suite(
        _ configuration: ServerConfiguration, _ hello: ClientHello
    ) throws(TLSError) -> (suite: CipherSuite, identity: Identity, scheme: SignatureScheme) {
        // RFC 5246 section 7.4.1.4.1: without the extension the client means SHA-1, which is not made here.
        guard let accepted = hello.signatureSchemes else {
            throw .refused(.handshakeFailure, "The client accepts SHA-1 signatures alone.")
        }
        // RFC 8422 section 5.1: a certificate's curve is one of the client's groups too; here all such are on P-256.
        let readsCurve = hello.groups?.contains(NamedGroup.secp256r1.rawValue) ?? true
        let candidates = configuration.candidates(for: hello.serverName)
        for suite in configuration.cipherSuites where hello.cipherSuites.contains(suite.rawValue) {
            guard suite.version == .tls12, readsCurve || suite.isRSA == true else { continue }
            for identity in candidates where identity.key.publicKey.isRSA == suite.isRSA {
                if let scheme = identity.scheme(.tls12, accepted: accepted) { return (suite, identity, scheme) }
            }
        }
        throw .refused(.handshakeFailure, "No cipher suite in common.")
    }

    private func sendHello(_ channel: inout Channel) {
        // No session ID: in TLS 1.2 every handshake is a full one.
        let message = ServerHello.encode(random: serverRandom, sessionID: [], cipherSuite: suite) { writer in
            // RFC 6066 section 3.
            if hello.serverName != nil { writer.extension(.serverName) }
            // RFC 5746 section 3.6.
            if hello.signalsSecureRenegotiation { writer.extension(.renegotiationInfo) { $0.opaque(1, []) } }
            // RFC 8422 section 5.2.
            if hello.pointFormats != nil { writer.extension(.pointFormats) { $0.opaque(1, [0]) } }
            // RFC 7627 section 5.1.
            if hello.offersExtendedMasterSecret { writer.extension(.extendedMasterSecret) }
            if let applicationProtocol {
                writer.extension(.applicationProtocols) { body in
                    body.vector(2) { $0.opaque(1, Array(applicationProtocol.utf8)) }
                }
            }
        }
        transcript.append(message)
        channel.send(message)
    }

    private func send(_ type: HandshakeType, _ channel: inout Channel, _ body: (inout ByteWriter) -> Void) {
        let message = HandshakeMessage.encode(type, body)
        transcript.append(message)
        channel.send(message)
    }

    func receive(_ message: HandshakeMessage, _ channel: inout Channel) throws(TLSError) -> (any HandshakeState)? {
        switch (step, message.type) {
        case (.clientKeyExchange, .clientKeyExchange):
            try receiveKey(message)
            step = .changeCipherSpec
            return nil
        case (.finished, .finished): return try receiveFinished(message, &channel)
        default: throw .unexpected("message of type \(message.type.rawValue)")
        }
    }

    /// RFC 5246 section 7.1: only here, between the client's key and its Finished.
    func receiveChangeCipherSpec(_ channel: inout Channel) throws(TLSError) {
        guard case .changeCipherSpec = step, let protections else { throw .unexpected("change_cipher_spec") }
        try channel.protectReading(with: protections.client.protection())
        step = .finished
    }

    /// RFC 8422 section 5.7.
    private func receiveKey(_ message: HandshakeMessage) throws(TLSError) {
        var reader = message.body
        let key = try reader.opaque8("ClientKeyExchange", in: 1...255)
        try reader.expectEnd("ClientKeyExchange")
        let premasterSecret = try exchange.sharedSecret(with: key)
        transcript.append(message.bytes)
        let schedule =
            if hello.offersExtendedMasterSecret {
                KeySchedule12(suite, premasterSecret: premasterSecret, sessionHash: transcript.value)
            } else {
                KeySchedule12(
                    suite, premasterSecret: premasterSecret, clientRandom: hello.random, serverRandom: serverRandom)
            }
        protections = schedule.protections(clientRandom: hello.random, serverRandom: serverRandom)
        expected = schedule.verifyData(ofClient: true, transcript.value)
        self.schedule = consume schedule
    }

    /// RFC 5246 section 7.4.9, then our own.
    private func receiveFinished(
        _ message: HandshakeMessage, _ channel: inout Channel
    ) throws(TLSError) -> any HandshakeState {
        guard let protections else { throw .unexpected("Finished") }
        var reader = message.body
        guard ConstantTime.isEqual(reader.rest(), expected) else {
            throw .refused(.decryptError, "The client's Finished is wrong.")
        }
        transcript.append(message.bytes)
        let verifyData = schedule.take()?.verifyData(ofClient: false, transcript.value) ?? []
        channel.sendChangeCipherSpec()
        channel.protectWriting(with: protections.server.protection())
        send(.finished, &channel) { $0.append(verifyData) }
        channel.establish(
            HandshakeSummary(
                version: .tls12, cipherSuite: suite, group: exchange.group, signatureScheme: signatureScheme,
                applicationProtocol: applicationProtocol, serverName: hello.serverName, peerCertificates: [],
                isResumed: false, isRetried: false))
        return Established12(isClient: false)
    }
}
