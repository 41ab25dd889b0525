import Bytes
import Crypto
import X509

/// A client of TLS 1.3 between the ServerHello and its own Finished (RFC 8446 section 4).
final class Client13: HandshakeState {
    /// What comes next.
    private enum Step {
        case encryptedExtensions
        case certificateOrRequest
        case certificate
        case certificateVerify(VerifiedPeer, chain: [[UInt8]])
        case finished(validUntil: Int64, chain: [[UInt8]])
    }

    private let offer: ClientOffer
    private let suite: CipherSuite
    private let group: NamedGroup
    private let isResumed: Bool
    private let isRetried: Bool
    private var transcript: Transcript
    private var schedule: KeySchedule13
    private let clientSecret: Secret
    private let serverSecret: Secret
    private var step = Step.encryptedExtensions
    private var applicationProtocol: String?
    private var signatureScheme: SignatureScheme?
    /// The context of the server's request for a certificate, which is answered without one.
    private var requestContext: [UInt8]?

    /// How many certificates a chain may have.
    private static let maximumChainCount = 16

    /// Reads the rest of the ServerHello, whose version and suite are agreed on.
    init(
        _ offer: ClientOffer, _ hello: ServerHello, _ suite: CipherSuite, _ message: HandshakeMessage,
        isRetried: Bool, _ channel: inout Channel
    ) throws(TLSError) {
        try hello.extensions.check(
            allowed: [.supportedVersions, .keyShare, .preSharedKey], offered: offer.extensions)
        let session = try Client13.resumedSession(offer, hello, suite)
        guard let share = try hello.keyShare() else {
            throw .refused(.missingExtension, "The server sent no key share.")
        }
        // Section 4.2.8: for a group we sent a key for; after a HelloRetryRequest that is the one asked for.
        guard let exchange = offer.keyExchanges.first(where: { $0.group.rawValue == share.group }) else {
            throw .illegal("The server's key share is for a group that was not offered.")
        }
        let shared = try exchange.sharedSecret(with: share.publicKey)
        self.offer = offer
        self.suite = suite
        self.isRetried = isRetried
        group = exchange.group
        isResumed = session != nil
        transcript = offer.transcript
        transcript.select(suite.hash)
        transcript.append(message.bytes)
        var schedule =
            if let session {
                KeySchedule13(suite.hash, preSharedKey: session.key.secret)
            } else {
                KeySchedule13(suite.hash)
            }
        schedule.advance(shared)
        let value = transcript.value
        clientSecret = schedule.derive("c hs traffic", value)
        serverSecret = schedule.derive("s hs traffic", value)
        self.schedule = schedule
        try channel.protectReading(with: RecordProtection(suite, trafficSecret: serverSecret))
        // Appendix D.4: before the second flight, once.
        if !isRetried { channel.sendChangeCipherSpec() }
        channel.protectWriting(with: RecordProtection(suite, trafficSecret: clientSecret))
    }

    /// The session the server goes on with, if any (section 4.2.11).
    private static func resumedSession(
        _ offer: ClientOffer, _ hello: ServerHello, _ suite: CipherSuite
    ) throws(TLSError) -> Session? {
        guard let index = try hello.selectedIdentity() else { return nil }
        guard index == 0, let session = offer.session else { throw .illegal("The server chose no session of ours.") }
        guard session.cipherSuite.hash == suite.hash else {
            throw .illegal("The suite does not fit the session.")
        }
        return session
    }

    func receive(_ message: HandshakeMessage, _ channel: inout Channel) throws(TLSError) -> (any HandshakeState)? {
        switch (step, message.type) {
        case (.encryptedExtensions, .encryptedExtensions):
            try receiveExtensions(message)
            if isResumed, let session = offer.session {
                step = .finished(validUntil: session.validUntil, chain: session.peerCertificates)
            } else {
                step = .certificateOrRequest
            }
        case (.certificateOrRequest, .certificateRequest):
            try receiveRequest(message)
            step = .certificate
        case (.certificateOrRequest, .certificate), (.certificate, .certificate):
            let chain = try receiveCertificate(message)
            step = .certificateVerify(
                try offer.configuration.verifier.verify(chain, offer.name, channel.now), chain: chain)
        case (.certificateVerify(let peer, let chain), .certificateVerify):
            try receiveSignature(message, peer)
            step = .finished(validUntil: peer.validUntil, chain: chain)
        case (.finished(let validUntil, let chain), .finished):
            return try finish(message, validUntil, chain, &channel)
        default: throw .unexpected("message of type \(message.type.rawValue)")
        }
        transcript.append(message.bytes)
        return nil
    }

    /// Section 4.3.1.
    private func receiveExtensions(_ message: HandshakeMessage) throws(TLSError) {
        var reader = message.body
        let extensions = try ExtensionBlock(from: &reader)
        try reader.expectEnd("EncryptedExtensions")
        try extensions.check(
            allowed: [.serverName, .supportedGroups, .applicationProtocols], offered: offer.extensions)
        try extensions[.serverName]?.expectEnd("server_name")
        applicationProtocol = try offer.applicationProtocol(in: extensions)
    }

    /// Section 4.3.2: what it asks for does not matter, because there is no certificate to choose.
    private func receiveRequest(_ message: HandshakeMessage) throws(TLSError) {
        var reader = message.body
        let context = try reader.opaque8("CertificateRequest")
        // During the handshake it is empty.
        guard context.isEmpty else { throw .illegal("A certificate request with a context.") }
        let extensions = try ExtensionBlock(from: &reader)
        try reader.expectEnd("CertificateRequest")
        guard extensions[.signatureAlgorithms] != nil else {
            throw .refused(.missingExtension, "A certificate request without signature algorithms.")
        }
        requestContext = context
    }

    /// Section 4.4.2.
    private func receiveCertificate(_ message: HandshakeMessage) throws(TLSError) -> [[UInt8]] {
        var reader = message.body
        guard try reader.opaque8("Certificate").isEmpty else { throw .illegal("A certificate with a context.") }
        var list = try reader.vector24("Certificate")
        try reader.expectEnd("Certificate")
        // Section 4.4.2.4.
        guard !list.isAtEnd else { throw .decode("Certificate: the server sent none") }
        var chain: [[UInt8]] = []
        while !list.isAtEnd {
            let count = try list.uint24("Certificate")
            guard count > 0 else { throw .decode("Certificate") }
            chain.append(try list.opaque(count, "Certificate"))
            // Nothing was asked for that could be here.
            try ExtensionBlock(from: &list).check(allowed: [], offered: offer.extensions)
            guard chain.count <= Client13.maximumChainCount else {
                throw .refused(.badCertificate, "The server's chain is too long.")
            }
        }
        return chain
    }

    /// Section 4.4.3.
    private func receiveSignature(_ message: HandshakeMessage, _ peer: VerifiedPeer) throws(TLSError) {
        var reader = message.body
        let number = try reader.uint16("CertificateVerify")
        let signature = try reader.opaque16("CertificateVerify")
        try reader.expectEnd("CertificateVerify")
        // Section 4.2.3: a scheme for TLS 1.3, and the one for this key.
        guard let scheme = SignatureScheme(rawValue: number), ClientConfiguration.signatureSchemes.contains(scheme),
            peer.publicKey.allowsInTLS13(scheme)
        else { throw .illegal("The server signed in a way that was not offered.") }
        let content = HandshakeSignature.content(HandshakeSignature.server, transcript.value)
        guard peer.publicKey.isValid(signature, scheme: scheme, message: content) else {
            throw .refused(.decryptError, "The server's signature is not valid.")
        }
        signatureScheme = scheme
    }

    /// Section 4.4.4, then our own flight.
    private func finish(
        _ message: HandshakeMessage, _ validUntil: Int64, _ chain: [[UInt8]], _ channel: inout Channel
    ) throws(TLSError) -> any HandshakeState {
        let expected = suite.hash.finishedValue(serverSecret, transcript.value)
        var reader = message.body
        guard expected.isEqual(to: reader.rest()) else {
            throw .refused(.decryptError, "The server's Finished is wrong.")
        }
        transcript.append(message.bytes)
        schedule.advance()
        let value = transcript.value
        let read = schedule.derive("s ap traffic", value)
        let write = schedule.derive("c ap traffic", value)
        try channel.protectReading(with: RecordProtection(suite, trafficSecret: read))
        if let requestContext {
            let empty = HandshakeMessage.encode(.certificate) { writer in
                writer.opaque(1, requestContext)
                writer.vector(3) { _ in }
            }
            transcript.append(empty)
            channel.send(empty)
        }
        let verifyData = suite.hash.finishedValue(clientSecret, transcript.value)
        let finished = HandshakeMessage.encode(.finished) { $0.append(verifyData.bytes) }
        transcript.append(finished)
        channel.send(finished)
        channel.protectWriting(with: RecordProtection(suite, trafficSecret: write))
        channel.establish(
            HandshakeSummary(
                version: .tls13, cipherSuite: suite, group: group, signatureScheme: signatureScheme,
                applicationProtocol: applicationProtocol, serverName: offer.hostName, peerCertificates: chain,
                isResumed: isResumed, isRetried: isRetried))
        let origin = SessionOrigin(
            serverName: offer.name, applicationProtocol: applicationProtocol, cipherSuite: suite,
            verifier: offer.configuration.verifier, peerCertificates: chain, validUntil: validUntil,
            resumptionSecret: schedule.derive("res master", transcript.value))
        return Established13(suite, readSecret: read, writeSecret: write, origin: origin)
    }
}
