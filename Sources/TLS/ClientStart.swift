import X509

/// A client that has sent its hello and waits for the server's, or for a HelloRetryRequest.
final class ClientStart: HandshakeState {
    private var offer: ClientOffer
    /// What the HelloRetryRequest chose, if there was one.
    private var retry: (suite: UInt16, group: NamedGroup?)?

    /// Whether a change_cipher_spec came, which is nothing in TLS 1.3 and too early in 1.2.
    private var hasSeenChangeCipherSpec = false

    /// Sends the hello.
    init(
        _ configuration: ClientConfiguration, name: ServerName, session: Session?, _ channel: inout Channel
    ) throws(TLSError) {
        var exchanges: [KeyExchange] = []
        if configuration.offersTLS13 {
            for group in configuration.keyShareGroups where configuration.groups.contains(group) {
                exchanges.append(try KeyExchange(group, random: channel.random))
            }
        }
        let isUsable = session?.isUsable(for: name, configuration, now: channel.now) ?? false
        offer = ClientOffer(
            configuration: configuration, name: name, random: channel.random(32),
            // RFC 8446 appendix D.4: with an ID, the handshake looks like one of TLS 1.2 to what stands between.
            sessionID: configuration.offersTLS13 ? channel.random(32) : [], keyExchanges: exchanges,
            session: isUsable ? session : nil)
        sendHello(&channel)
    }

    private func sendHello(_ channel: inout Channel) {
        let hello = offer.encode(now: channel.now)
        offer.transcript.append(hello)
        channel.send(hello)
    }

    func receive(_ message: HandshakeMessage, _ channel: inout Channel) throws(TLSError) -> (any HandshakeState)? {
        guard message.type == .serverHello else { throw .unexpected("message before the ServerHello") }
        let hello = try ServerHello(message)
        let version = try negotiate(hello)
        guard hello.compressionMethod == 0 else { throw .illegal("The server chose a compression.") }
        guard let suite = CipherSuite(rawValue: hello.cipherSuite), suite.version == version,
            offer.configuration.cipherSuites.contains(suite)
        else { throw .illegal("The server chose a cipher suite that was not offered.") }
        channel.version = version
        switch version {
        case .tls12:
            guard !hasSeenChangeCipherSpec else { throw .unexpected("change_cipher_spec before the ServerHello") }
            return try Client12(offer, hello, suite, message)
        case .tls13:
            // RFC 8446 section 4.1.3.
            guard hello.version == ProtocolVersion.tls12.rawValue else { throw .illegal("A wrong legacy version.") }
            guard hello.sessionID == offer.sessionID else { throw .illegal("The session ID came back changed.") }
            if hello.isRetryRequest {
                try repeatHello(hello, suite, message, &channel)
                return nil
            }
            if let retry {
                // Section 4.1.4: the choice of the HelloRetryRequest stands.
                guard retry.suite == hello.cipherSuite else { throw .illegal("The server changed the suite.") }
            }
            return try Client13(offer, hello, suite, message, isRetried: retry != nil, &channel)
        }
    }

    /// RFC 8446 section 5 drops it from here on; RFC 5246 section 7.1 has no place for it yet.
    func receiveChangeCipherSpec(_ channel: inout Channel) throws(TLSError) {
        guard offer.configuration.offersTLS13 else { throw .unexpected("change_cipher_spec before the ServerHello") }
        hasSeenChangeCipherSpec = true
    }

    /// The version the server chose.
    private func negotiate(_ hello: ServerHello) throws(TLSError) -> ProtocolVersion {
        let configuration = offer.configuration
        if let selected = try hello.selectedVersion() {
            // RFC 8446 section 4.2.1: in this extension nothing older may be chosen.
            guard selected == ProtocolVersion.tls13.rawValue, configuration.offersTLS13 else {
                throw .illegal("The server chose a version that was not offered.")
            }
            return .tls13
        }
        // Section 4.1.4: after a HelloRetryRequest there is no other version.
        guard retry == nil, !hello.isRetryRequest else { throw .illegal("The server changed the version.") }
        guard hello.version == ProtocolVersion.tls12.rawValue, configuration.offersTLS12 else {
            throw .refused(.protocolVersion, "The server speaks no version that was offered.")
        }
        // Section 4.1.3: the server would have spoken a newer version, had somebody not changed our hello.
        let isSuspicious =
            configuration.offersTLS13
            ? hello.signalsDowngrade : Array(hello.random.suffix(8)) == ServerHello.downgradeToTLS11
        guard !isSuspicious else { throw .illegal("Somebody has lowered the version.") }
        return .tls12
    }

    /// RFC 8446 section 4.1.4: answers a HelloRetryRequest with a second hello.
    private func repeatHello(
        _ request: ServerHello, _ suite: CipherSuite, _ message: HandshakeMessage, _ channel: inout Channel
    ) throws(TLSError) {
        guard retry == nil else { throw .unexpected("second HelloRetryRequest") }
        try request.extensions.check(
            allowed: [.supportedVersions, .keyShare, .cookie], offered: offer.extensions + [.cookie])
        let group = try selectedGroup(request)
        let cookie = try request.cookie()
        // It must change something.
        guard group != nil || cookie != nil else { throw .illegal("A HelloRetryRequest that asks for nothing.") }
        if let group { offer.keyExchanges = [try KeyExchange(group, random: channel.random)] }
        offer.cookie = cookie
        // Section 4.1.2: a session that does not fit the suite's hash is not offered again.
        if let session = offer.session, session.cipherSuite.hash != suite.hash { offer.session = nil }
        offer.transcript.replaceByMessageHash(suite.hash)
        offer.transcript.append(message.bytes)
        retry = (request.cipherSuite, group)
        // Appendix D.4: before the second flight.
        channel.sendChangeCipherSpec()
        sendHello(&channel)
    }

    /// Section 4.2.8: a group that was offered, but without a key.
    private func selectedGroup(_ request: ServerHello) throws(TLSError) -> NamedGroup? {
        guard let number = try request.retryGroup() else { return nil }
        guard let group = NamedGroup(rawValue: number), offer.configuration.groups.contains(group),
            !offer.keyExchanges.contains(where: { $0.group == group })
        else { throw .illegal("The server asked for a group that it must not ask for.") }
        return group
    }
}
