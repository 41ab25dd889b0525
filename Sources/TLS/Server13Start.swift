import Bytes
import Crypto
import X509

/// A server of TLS 1.3 that answers the first hello, or asks for a second one and answers that.
final class Server13Start: HandshakeState {
    private let configuration: ServerConfiguration
    private var transcript = Transcript()
    /// What a second hello was asked for, and the first.
    private var retry: (group: NamedGroup, suite: CipherSuite, hello: ClientHello)?

    /// How many bytes of early data, which is never accepted, are skipped.
    private static let maximumEarlyDataByteCount = 65_536
    /// How many of a client's tickets are looked at.
    private static let maximumTicketCount = 4

    init(_ configuration: ServerConfiguration) { self.configuration = configuration }

    func receive(_ message: HandshakeMessage, _ channel: inout Channel) throws(TLSError) -> (any HandshakeState)? {
        guard message.type == .clientHello else { throw .unexpected("message in place of a ClientHello") }
        let hello = try ClientHello(message)
        try check(hello)
        let groups = hello.groups ?? []
        guard let suite = chooseSuite(hello) else {
            throw .refused(.handshakeFailure, "No cipher suite in common.")
        }
        guard let (group, share) = try chooseGroup(hello, groups) else {
            throw .refused(.handshakeFailure, "No group in common.")
        }
        guard let share else {
            try requestSecondHello(hello, message, group, suite, &channel)
            return nil
        }
        transcript.select(suite.hash)
        let resumption = try resume(hello, message, suite, now: channel.now)
        transcript.append(message.bytes)
        let exchange = try KeyExchange(group, random: channel.random)
        let shared = try exchange.sharedSecret(with: share)
        return try Server13(
            configuration, hello, suite, exchange, shared, resumption, transcript, isRetried: retry != nil, &channel)
    }

    /// What RFC 8446 asks of a hello whatever is chosen.
    private func check(_ hello: ClientHello) throws(TLSError) {
        // Section 4.1.2.
        guard hello.compressionMethods == [0] else { throw .illegal("The client offers compression.") }
        guard hello.renegotiationInfo?.isEmpty ?? true else { throw .illegal("Renegotiation does not exist.") }
        // Section 9.2: what must be there together, or without a session.
        guard (hello.groups == nil) == (hello.keyShares == nil), hello.groups != nil else {
            throw .refused(.missingExtension, "The client sent no groups or no key shares.")
        }
        guard hello.signatureSchemes != nil || !hello.preSharedKeys.isEmpty else {
            throw .refused(.missingExtension, "The client sent no signature algorithms.")
        }
        // Section 4.2.9.
        guard hello.preSharedKeys.isEmpty || hello.keyExchangeModes != nil else {
            throw .refused(.missingExtension, "The client offers a session without its modes.")
        }
        guard let retry else { return }
        guard !hello.offersEarlyData else { throw .illegal("Early data after a HelloRetryRequest.") }
        guard retry.hello.isRepeated(by: hello) else { throw .illegal("The second hello is another one.") }
        // Section 4.2.8: the one key that was asked for. No cookie was sent, so none can come back.
        guard hello.keyShares?.map(\.group) == [retry.group.rawValue], !hello.hasCookie else {
            throw .illegal("The second hello is not what was asked for.")
        }
    }

    private func chooseSuite(_ hello: ClientHello) -> CipherSuite? {
        configuration.cipherSuites.first { $0.version == .tls13 && hello.cipherSuites.contains($0.rawValue) }
    }

    /// The group, and the client's key for it if there is one: a key at hand is worth more than a better group.
    private func chooseGroup(
        _ hello: ClientHello, _ groups: [UInt16]
    ) throws(TLSError) -> (group: NamedGroup, share: [UInt8]?)? {
        let common = configuration.groups.filter { groups.contains($0.rawValue) }
        for group in common {
            if let share = hello.keyShares?.first(where: { $0.group == group.rawValue }) {
                return (group, share.publicKey)
            }
        }
        return common.first.map { ($0, nil) }
    }

    /// RFC 8446 section 4.1.4.
    private func requestSecondHello(
        _ hello: ClientHello, _ message: HandshakeMessage, _ group: NamedGroup, _ suite: CipherSuite,
        _ channel: inout Channel
    ) throws(TLSError) {
        let request = ServerHello.encode(
            random: ServerHello.retryRandom, sessionID: hello.sessionID, cipherSuite: suite
        ) { writer in
            writer.extension(.supportedVersions) { $0.appendBigEndian(ProtocolVersion.tls13.rawValue) }
            writer.extension(.keyShare) { $0.appendBigEndian(group.rawValue) }
        }
        transcript.append(message.bytes)
        transcript.replaceByMessageHash(suite.hash)
        transcript.append(request)
        channel.send(request)
        // Appendix D.4: after the first message.
        if !hello.sessionID.isEmpty { channel.sendChangeCipherSpec() }
        retry = (group, suite, hello)
        if hello.offersEarlyData {
            channel.reader.skipEarlyData(Server13Start.maximumEarlyDataByteCount, hasKeys: false)
        }
    }

    /// The session to go on with, if one of the client's is good (section 4.2.11).
    ///
    /// - Throws: ``TLSError`` with decrypt_error when its binder is wrong.
    private func resume(
        _ hello: ClientHello, _ message: HandshakeMessage, _ suite: CipherSuite, now: Int64
    ) throws(TLSError) -> Resumption? {
        // Section 4.2.9: 1 is psk_dhe_ke, the only mode here.
        guard let tickets = configuration.tickets, hello.keyExchangeModes?.contains(1) == true else { return nil }
        for (index, offered) in hello.preSharedKeys.prefix(Server13Start.maximumTicketCount).enumerated() {
            guard let ticket = tickets.open(offered.ticket, now: now), isGood(ticket, offered, hello, suite) else {
                continue
            }
            let bound = message.bytes.span.raw.extracting(0..<hello.boundByteCount)
            let key = Secret(ticket.contents.key)
            let schedule = KeySchedule13(suite.hash, preSharedKey: key)
            let expected = schedule.binder(transcript.value(adding: bound, suite.hash))
            guard expected.isEqual(to: offered.binder) else {
                throw .refused(.decryptError, "The binder of a session is wrong.")
            }
            // Once: a hello that is sent again gets a full handshake.
            guard tickets.use(ticket) else { continue }
            return Resumption(index: index, key: SessionKey(key), contents: ticket.contents)
        }
        return nil
    }

    /// Whether the session belongs to this suite's hash, this name and one of the certificates this client could get,
    /// and whether its client thinks so too.
    private func isGood(
        _ ticket: OpenedTicket, _ offered: ClientHello.PreSharedKey, _ hello: ClientHello, _ suite: CipherSuite
    ) -> Bool {
        let contents = ticket.contents
        guard contents.cipherSuite.hash == suite.hash, contents.serverName == hello.serverName ?? "",
            configuration.candidates(for: hello.serverName).contains(where: { $0.leafHash == contents.identity })
        else { return false }
        // Section 4.2.11.1: in milliseconds; a client must not offer a ticket that is over.
        let age = Int64(offered.obfuscatedAge &- contents.ageAddend)
        return age <= (configuration.tickets?.lifetimeSeconds ?? 0) * 1000
    }
}
