import Bytes
import Crypto
import X509

/// A client of TLS 1.2 from the ServerHello to the server's Finished (RFC 5246 section 7.3).
final class Client12: HandshakeState {
    /// What comes next.
    private enum Step {
        case certificate
        case serverKeyExchange(VerifiedPeer)
        case requestOrDone
        case done
        case changeCipherSpec
        case finished
    }

    private let offer: ClientOffer
    private let suite: CipherSuite
    private let serverRandom: [UInt8]
    private let hasExtendedMasterSecret: Bool
    private let applicationProtocol: String?
    private var transcript: Transcript
    private var step = Step.certificate
    private var chain: [[UInt8]] = []
    private var signatureScheme: SignatureScheme?
    /// Our key, its group, and the server's.
    private var exchange: (ours: KeyExchange, group: NamedGroup, serverKey: [UInt8])?
    private var isCertificateRequested = false
    private var serverProtection: SealedDirection?
    /// What the server's Finished must hold.
    private var expected: [UInt8] = []

    /// How many certificates a chain may have.
    private static let maximumChainCount = 16

    /// Reads the rest of the ServerHello, whose version and suite are agreed on.
    init(
        _ offer: ClientOffer, _ hello: ServerHello, _ suite: CipherSuite, _ message: HandshakeMessage
    ) throws(TLSError) {
        // Some servers answer supported_groups, which RFC 8422 section 5.1.1 leaves to clients: it is passed over.
        try hello.extensions.check(
            allowed: [
                .serverName, .supportedGroups, .pointFormats, .applicationProtocols, .extendedMasterSecret,
                .renegotiationInfo,
            ], offered: offer.extensions)
        // Ours was made up, so a server that goes on with it goes on with nothing (RFC 5246 section 7.4.1.3).
        guard hello.sessionID.isEmpty || hello.sessionID != offer.sessionID else {
            throw .illegal("The server goes on with a session that does not exist.")
        }
        // RFC 5746 section 3.4: a server without it may let somebody put words in front of ours.
        guard var info = hello.extensions[.renegotiationInfo] else {
            throw .refused(.handshakeFailure, "The server does not know secure renegotiation.")
        }
        guard try info.opaque8("renegotiation_info").isEmpty else {
            throw .refused(.handshakeFailure, "The server renegotiates.")
        }
        try info.expectEnd("renegotiation_info")
        try hello.extensions[.serverName]?.expectEnd("server_name")
        try hello.extensions[.extendedMasterSecret]?.expectEnd("extended_master_secret")
        if var formats = hello.extensions[.pointFormats] {
            // RFC 8422 section 5.1.2.
            let list = try formats.opaque8("ec_point_formats", in: 1...255)
            try formats.expectEnd("ec_point_formats")
            guard list.contains(0) else { throw .illegal("The server cannot read uncompressed points.") }
        }
        self.offer = offer
        self.suite = suite
        serverRandom = hello.random
        hasExtendedMasterSecret = hello.extensions[.extendedMasterSecret] != nil
        applicationProtocol = try offer.applicationProtocol(in: hello.extensions)
        transcript = offer.transcript
        transcript.select(suite.hash)
        transcript.append(message.bytes)
    }

    func receive(_ message: HandshakeMessage, _ channel: inout Channel) throws(TLSError) -> (any HandshakeState)? {
        switch (step, message.type) {
        case (_, .helloRequest):
            // RFC 5246 section 7.4.1.1: ignored during a handshake, and no part of its transcript.
            guard message.body.isAtEnd else { throw .decode("HelloRequest") }
            try channel.countIdleMessage()
            return nil
        case (.certificate, .certificate):
            chain = try receiveCertificate(message)
            step = .serverKeyExchange(try offer.configuration.verifier.verify(chain, offer.name, channel.now))
        case (.serverKeyExchange(let peer), .serverKeyExchange):
            try receiveKey(message, peer, &channel)
            step = .requestOrDone
        case (.requestOrDone, .certificateRequest):
            try receiveRequest(message)
            step = .done
        case (.requestOrDone, .serverHelloDone), (.done, .serverHelloDone):
            guard message.body.isAtEnd else { throw .decode("ServerHelloDone") }
            transcript.append(message.bytes)
            try sendFlight(&channel)
            step = .changeCipherSpec
            return nil
        case (.finished, .finished): return try finish(message, &channel)
        default: throw .unexpected("message of type \(message.type.rawValue)")
        }
        transcript.append(message.bytes)
        return nil
    }

    /// RFC 5246 section 7.1: only here, between the handshake and the server's Finished.
    func receiveChangeCipherSpec(_ channel: inout Channel) throws(TLSError) {
        guard case .changeCipherSpec = step, let serverProtection else { throw .unexpected("change_cipher_spec") }
        try channel.protectReading(with: serverProtection.protection())
        step = .finished
    }

    /// RFC 5246 section 7.4.2.
    private func receiveCertificate(_ message: HandshakeMessage) throws(TLSError) -> [[UInt8]] {
        var reader = message.body
        var list = try reader.vector24("Certificate")
        try reader.expectEnd("Certificate")
        guard !list.isAtEnd else { throw .decode("Certificate: the server sent none") }
        var chain: [[UInt8]] = []
        while !list.isAtEnd {
            let count = try list.uint24("Certificate")
            guard count > 0 else { throw .decode("Certificate") }
            chain.append(try list.opaque(count, "Certificate"))
            guard chain.count <= Client12.maximumChainCount else {
                throw .refused(.badCertificate, "The server's chain is too long.")
            }
        }
        return chain
    }

    /// RFC 8422 section 5.4.
    private func receiveKey(
        _ message: HandshakeMessage, _ peer: VerifiedPeer, _ channel: inout Channel
    ) throws(TLSError) {
        let key = try ServerKeyExchange(message)
        // RFC 8422 section 5.4: a group that was offered.
        guard let group = NamedGroup(rawValue: key.group), offer.configuration.groups.contains(group) else {
            throw .illegal("The server chose a group that was not offered.")
        }
        // RFC 5246 section 7.4.3: a scheme that was offered, and a key that fits the suite.
        guard let scheme = SignatureScheme(rawValue: key.scheme),
            ClientConfiguration.signatureSchemes.contains(scheme), peer.publicKey.isRSA == suite.isRSA
        else { throw .illegal("The server signed in a way that was not offered.") }
        let content = key.signedContent(clientRandom: offer.random, serverRandom: serverRandom)
        guard peer.publicKey.isValid(key.signature, scheme: scheme, message: content) else {
            throw .refused(.decryptError, "The server's signature is not valid.")
        }
        signatureScheme = scheme
        // One that was made for TLS 1.3 was never answered, so it may serve.
        let made = offer.keyExchanges.first { $0.group == group }
        let ours = if let made { made } else { try KeyExchange(group, random: channel.random) }
        exchange = (ours, group, key.publicKey)
    }

    /// RFC 5246 section 7.4.4: what it asks for does not matter, because there is no certificate to choose.
    private func receiveRequest(_ message: HandshakeMessage) throws(TLSError) {
        var reader = message.body
        _ = try reader.opaque8("CertificateRequest", in: 1...255)
        var schemes = try reader.vector16("CertificateRequest")
        _ = try schemes.uint16s("CertificateRequest")
        var authorities = try reader.vector16("CertificateRequest")
        while !authorities.isAtEnd { _ = try authorities.opaque16("CertificateRequest", minimum: 1) }
        try reader.expectEnd("CertificateRequest")
        isCertificateRequested = true
    }

    private func sendFlight(_ channel: inout Channel) throws(TLSError) {
        guard let exchange else { throw .unexpected("ServerHelloDone") }
        let premasterSecret = try exchange.ours.sharedSecret(with: exchange.serverKey)
        // RFC 5246 section 7.4.6: an empty list.
        if isCertificateRequested { send(.certificate, &channel) { $0.vector(3) { _ in } } }
        send(.clientKeyExchange, &channel) { $0.opaque(1, exchange.ours.publicKey) }
        let schedule =
            if hasExtendedMasterSecret {
                KeySchedule12(suite, premasterSecret: premasterSecret, sessionHash: transcript.value)
            } else {
                KeySchedule12(
                    suite, premasterSecret: premasterSecret, clientRandom: offer.random, serverRandom: serverRandom)
            }
        let protections = schedule.protections(clientRandom: offer.random, serverRandom: serverRandom)
        channel.sendChangeCipherSpec()
        channel.protectWriting(with: protections.client.protection())
        let verifyData = schedule.verifyData(ofClient: true, transcript.value)
        send(.finished, &channel) { $0.append(verifyData) }
        serverProtection = protections.server
        expected = schedule.verifyData(ofClient: false, transcript.value)
    }

    private func send(_ type: HandshakeType, _ channel: inout Channel, _ body: (inout ByteWriter) -> Void) {
        let message = HandshakeMessage.encode(type, body)
        transcript.append(message)
        channel.send(message)
    }

    /// RFC 5246 section 7.4.9.
    private func finish(_ message: HandshakeMessage, _ channel: inout Channel) throws(TLSError) -> any HandshakeState {
        guard let exchange else { throw .unexpected("Finished") }
        var reader = message.body
        guard ConstantTime.isEqual(reader.rest(), expected) else {
            throw .refused(.decryptError, "The server's Finished is wrong.")
        }
        channel.establish(
            HandshakeSummary(
                version: .tls12, cipherSuite: suite, group: exchange.group, signatureScheme: signatureScheme,
                applicationProtocol: applicationProtocol, serverName: offer.hostName, peerCertificates: chain,
                isResumed: false, isRetried: false))
        return Established12(isClient: true)
    }
}
