import Bytes
import Crypto
import Testing
import X509

@testable import TLS

/// The traces of RFC 8448 replayed with their keys: every secret, and every record that depends on it.
@Suite struct RFC8448Tests {
    private let suite = CipherSuite.aes128GCMSHA256
    private let data: [UInt8] = (0..<50).map { UInt8($0) }

    /// The messages and data in `records`, opened with the keys that follow from `secret`, from record `number` on.
    private struct Opener: ~Copyable {
        var reader = RecordReader()

        init(_ suite: CipherSuite, _ secret: borrowing Secret) {
            reader.protect(with: RecordProtection(suite, trafficSecret: secret))
        }

        mutating func open(_ records: [UInt8]) throws -> (type: ContentType, content: [UInt8]) {
            reader.append(records)
            let next = try reader.next()
            let record = try #require(next)
            return (record.type, Array(reader.bytes[record.content]))
        }

        mutating func messages(_ records: [UInt8]) throws -> [HandshakeMessage] {
            let (type, content) = try open(records)
            #expect(type == .handshake)
            return try RFC8448Tests.messages(content)
        }
    }

    private static func messages(_ content: [UInt8]) throws -> [HandshakeMessage] {
        var buffer = HandshakeBuffer()
        buffer.append(content[...])
        var messages: [HandshakeMessage] = []
        while let message = try buffer.next() { messages.append(message) }
        #expect(buffer.isEmpty)
        return messages
    }

    /// The one message in a record in the clear.
    private func message(_ record: [UInt8]) throws -> HandshakeMessage { try ScriptedServer.message(record) }

    /// The record with `content` under the keys that follow from `secret`, behind `count` others.
    private func seal(_ type: ContentType, _ content: [UInt8], _ secret: borrowing Secret, after count: Int = 0)
        -> [UInt8]
    {
        var writer = RecordWriter()
        writer.protect(with: RecordProtection(suite, trafficSecret: secret))
        for _ in 0..<count { writer.appendRecord(.applicationData, []) }
        _ = writer.take()
        writer.appendRecord(type, content[...])
        return writer.take()
    }

    private func finished(_ secret: borrowing Secret, _ transcript: Transcript) -> [UInt8] {
        let value = suite.hash.finishedValue(secret, transcript.value)
        return HandshakeMessage.encode(.finished) { $0.append(value.bytes) }
    }

    // RFC 8446 7.1, 7.3, 4.4.4, 5.2.
    @Test func `section 3, a simple handshake`() throws {
        let hello = try ServerHello(message(RFC8448.simpleServerHello))
        let share = try #require(try hello.keyShare())
        let shared = try X25519.sharedSecret(privateKey: Secret(RFC8448.simpleClientKey), publicKey: share.publicKey)
        var transcript = Transcript()
        transcript.append(try message(RFC8448.simpleClientHello).bytes)
        transcript.select(suite.hash)
        transcript.append(try message(RFC8448.simpleServerHello).bytes)
        var schedule = KeySchedule13(suite.hash)
        schedule.advance(shared)
        let client = schedule.derive("c hs traffic", transcript.value)
        let server = schedule.derive("s hs traffic", transcript.value)
        #expect(client.revealed() == RFC8448.clientHandshakeSecret)
        #expect(server.revealed() == RFC8448.serverHandshakeSecret)

        var opener = Opener(suite, server)
        let flight = try opener.messages(RFC8448.simpleServerFlight)
        #expect(flight.map(\.type) == [.encryptedExtensions, .certificate, .certificateVerify, .finished])
        for message in flight.dropLast() { transcript.append(message.bytes) }
        #expect(flight.last?.bytes == finished(server, transcript))
        transcript.append(flight[3].bytes)

        schedule.advance()
        let clientData = schedule.derive("c ap traffic", transcript.value)
        let serverData = schedule.derive("s ap traffic", transcript.value)
        #expect(clientData.revealed() == RFC8448.clientApplicationSecret)
        #expect(serverData.revealed() == RFC8448.serverApplicationSecret)
        let answer = finished(client, transcript)
        #expect(seal(.handshake, answer, client) == RFC8448.simpleClientFinished)
        transcript.append(answer)
        let resumption = schedule.derive("res master", transcript.value)
        #expect(resumption.revealed() == RFC8448.resumptionSecret)

        var later = Opener(suite, serverData)
        let ticket = try #require(try later.messages(RFC8448.simpleTicket).first)
        let origin = SessionOrigin(
            serverName: .dns("server"), applicationProtocol: nil, cipherSuite: suite,
            verifier: TestPeer.client(try TestPeer.key().publicKey).verifier, peerCertificates: [], validUntil: .max,
            resumptionSecret: resumption)
        let session = try #require(try origin.session(ticket, now: 0))
        #expect(session.key.secret.revealed() == RFC8448.preSharedKey)
        #expect(session.ticket == RFC8448.ticket)
        #expect(session.expiresAt == 30)
        #expect(session.ageAddend == 0xfad6_aac5)
        #expect(try later.open(RFC8448.simpleServerData).content == data)
        #expect(try later.open(RFC8448.simpleServerClose).content == [1, 0])
        #expect(seal(.applicationData, data, clientData) == RFC8448.simpleClientData)
        #expect(seal(.alert, [1, 0], clientData, after: 1) == RFC8448.simpleClientClose)
    }

    // RFC 8446 4.2.11: the binder, and a key schedule that begins with the session's key.
    @Test func `section 4, a resumed handshake`() throws {
        let first = try message(RFC8448.resumedClientHello)
        let hello = try ClientHello(first)
        #expect(hello.serverName == "server")
        #expect(hello.offersEarlyData)
        let offered = try #require(hello.preSharedKeys.first)
        #expect(offered.ticket == RFC8448.ticket)
        #expect(offered.obfuscatedAge == 0xfad6_aacb)
        var schedule = KeySchedule13(suite.hash, preSharedKey: Secret(RFC8448.preSharedKey))
        var transcript = Transcript()
        let bound = transcript.value(
            adding: first.bytes.span.raw.extracting(0..<hello.boundByteCount), suite.hash)
        #expect(schedule.binder(bound).bytes == offered.binder)

        let second = try message(RFC8448.resumedServerHello)
        let answer = try ServerHello(second)
        #expect(try answer.selectedIdentity() == 0)
        let share = try #require(try answer.keyShare())
        transcript.append(first.bytes)
        transcript.select(suite.hash)
        transcript.append(second.bytes)
        schedule.advance(
            try X25519.sharedSecret(privateKey: Secret(RFC8448.resumedClientKey), publicKey: share.publicKey))
        let client = schedule.derive("c hs traffic", transcript.value)
        let server = schedule.derive("s hs traffic", transcript.value)
        var opener = Opener(suite, server)
        let flight = try opener.messages(RFC8448.resumedServerFlight)
        #expect(flight.map(\.type) == [.encryptedExtensions, .finished])
        transcript.append(flight[0].bytes)
        #expect(flight[1].bytes == finished(server, transcript))
        transcript.append(flight[1].bytes)
        schedule.advance()
        let clientData = schedule.derive("c ap traffic", transcript.value)
        var later = Opener(suite, schedule.derive("s ap traffic", transcript.value))
        // EndOfEarlyData, which the trace has because its early data was accepted.
        transcript.append([5, 0, 0, 0])
        #expect(seal(.handshake, finished(client, transcript), client) == RFC8448.resumedClientFinished)
        #expect(seal(.applicationData, data, clientData) == RFC8448.resumedClientData)
        #expect(try later.open(RFC8448.resumedServerData).content == data)
    }

    // RFC 8446 4.4.1: the first hello is replaced by its hash; 4.1.2: what the second one may change.
    @Test func `section 5, a HelloRetryRequest`() throws {
        let first = try message(RFC8448.retryFirstHello)
        let request = try message(RFC8448.retryRequest)
        let second = try message(RFC8448.retrySecondHello)
        let answer = try message(RFC8448.retryServerHello)
        let retry = try ServerHello(request)
        #expect(retry.isRetryRequest)
        #expect(try retry.retryGroup() == 23)
        #expect(try retry.cookie() == RFC8448.cookie)
        #expect(try ClientHello(first).isRepeated(by: ClientHello(second)))
        var transcript = Transcript()
        transcript.append(first.bytes)
        transcript.replaceByMessageHash(suite.hash)
        for message in [request, second, answer] { transcript.append(message.bytes) }

        let share = try #require(try ServerHello(answer).keyShare())
        let key = try P256.PrivateKey(Secret(RFC8448.retryClientKey))
        var schedule = KeySchedule13(suite.hash)
        schedule.advance(key.sharedSecret(with: try P256.PublicKey(share.publicKey)))
        let client = schedule.derive("c hs traffic", transcript.value)
        let server = schedule.derive("s hs traffic", transcript.value)
        var opener = Opener(suite, server)
        let flight = try opener.messages(RFC8448.retryServerFlight)
        #expect(flight.map(\.type) == [.encryptedExtensions, .certificate, .certificateVerify, .finished])
        for message in flight.dropLast() { transcript.append(message.bytes) }
        #expect(flight[3].bytes == finished(server, transcript))
        transcript.append(flight[3].bytes)
        schedule.advance()
        let clientData = schedule.derive("c ap traffic", transcript.value)
        #expect(seal(.handshake, finished(client, transcript), client) == RFC8448.retryClientFinished)
        #expect(seal(.alert, [1, 0], clientData) == RFC8448.retryClientClose)
    }
}
