import Crypto
import Testing
import X509

@testable import TLS

/// After the handshake of TLS 1.3: keys, tickets, closing, and a peer that breaks the rules.
@Suite struct EstablishedTests {
    /// A client and the script behind its server, both ready for data.
    private func established() throws -> (client: ClientBox, server: ScriptedServer) {
        let key = try TestPeer.key()
        let client = ClientBox(TestPeer.client(key.publicKey))
        let server = ScriptedServer(key)
        #expect(client.feed(try server.answer(client.connection.takeOutput())) == nil)
        #expect(client.isEstablished)
        _ = client.connection.takeOutput()
        return (client, server)
    }

    private static func message(_ type: UInt8, _ body: [UInt8]) -> [UInt8] {
        [type, 0, UInt8(body.count >> 8), UInt8(body.count & 0xff)] + body
    }

    private func pair(_ configure: (inout ClientConfiguration, inout ServerConfiguration) -> Void = { _, _ in })
        throws -> Loopback
    {
        let key = try TestPeer.key()
        var client = TestPeer.client(key.publicKey)
        var server = TestPeer.server(key)
        configure(&client, &server)
        let loopback = Loopback(client, server)
        loopback.run()
        #expect(loopback.clientError == nil && loopback.serverError == nil)
        return loopback
    }

    // RFC 8446 4.6.3: new keys for reading; a request is answered before the next data.
    @Test func `keys are updated on request`() throws {
        let (client, server) = try established()
        let update = server.record(.handshake, EstablishedTests.message(24, [1]))
        server.updateKeys()
        #expect(client.feed(update) == nil)
        #expect(client.feed(server.record(.applicationData, [1, 2])) == nil)
        #expect(client.take() == [1, 2])
        // One record, with the answer.
        let answer = client.connection.takeOutput()
        #expect(answer.count == 5 + 5 + 1 + 16)
        // Without a request there is no answer.
        let second = server.record(.handshake, EstablishedTests.message(24, [0]))
        server.updateKeys()
        #expect(client.feed(second + server.record(.applicationData, [3])) == nil)
        #expect(client.take() == [3])
        #expect(client.output() == [])
    }

    @Test func `requests that come together have one answer`() throws {
        let (client, server) = try established()
        var bytes: [UInt8] = []
        for _ in 0..<10 {
            bytes += server.record(.handshake, EstablishedTests.message(24, [1]))
            server.updateKeys()
        }
        #expect(client.feed(bytes) == nil)
        #expect(client.output().count == 5 + 5 + 1 + 16)
    }

    @Test func `a flood of updates without data is refused`() throws {
        let (client, server) = try established()
        for count in 1...Channel.maximumIdleMessageCount + 1 {
            let update = server.record(.handshake, EstablishedTests.message(24, [0]))
            server.updateKeys()
            let alert = client.feed(update)?.alert
            #expect(alert == (count > Channel.maximumIdleMessageCount ? .unexpectedMessage : nil))
        }
    }

    @Test func `data between the updates keeps them coming`() throws {
        let (client, server) = try established()
        for _ in 0..<100 {
            let update = server.record(.handshake, EstablishedTests.message(24, [0]))
            server.updateKeys()
            #expect(client.feed(update + server.record(.applicationData, [1])) == nil)
        }
        #expect(client.take().count == 100)
    }

    // RFC 8446 4.6.3: another value is an illegal_parameter; 5.1: nothing behind it in its record.
    @Test func `updates are checked`() throws {
        for (content, alert): ([UInt8], AlertDescription) in [
            ([24, 0, 0, 1, 2], .illegalParameter), ([24, 0, 0, 0], .decodeError), ([24, 0, 0, 2, 0, 0], .decodeError),
            ([24, 0, 0, 1, 0, 24, 0, 0, 1, 0], .unexpectedMessage), ([24, 0, 0, 1, 0, 24], .unexpectedMessage),
        ] {
            let (client, server) = try established()
            #expect(client.feed(server.record(.handshake, content))?.alert == alert)
        }
    }

    // RFC 8446 5.5: keys are changed before they have sealed too much.
    @Test func `keys change by themselves`() throws {
        let loopback = try pair { client, server in
            client.recordsPerKey = 4
            server.recordsPerKey = 3
        }
        for number in 0..<40 {
            let bytes = [UInt8](repeating: UInt8(number), count: 50)
            #expect(try loopback.request(bytes) == bytes)
            #expect(try loopback.respond(bytes) == bytes)
        }
        let long = [UInt8](repeating: 3, count: 200_000)
        #expect(try loopback.request(long) == long)
    }

    // RFC 8446 4.6.2, 4.1.2: no request for a certificate, no second handshake.
    @Test(arguments: [UInt8(0), 1, 2, 5, 8, 11, 13, 15, 20])
    func `other messages are unexpected`(type: UInt8) throws {
        let (client, server) = try established()
        let alert = client.feed(server.record(.handshake, EstablishedTests.message(type, [0, 0, 0])))?.alert
        #expect(alert == .unexpectedMessage)
    }

    // RFC 8446 5: change_cipher_spec only until the peer's Finished.
    @Test func `change_cipher_spec after Finished is unexpected`() throws {
        let (client, _) = try established()
        #expect(client.feed([20, 3, 3, 0, 1, 1])?.alert == .unexpectedMessage)
    }

    // RFC 8446 5.4: empty data is fine, but not without end.
    @Test func `empty data is allowed for a while`() throws {
        let (client, server) = try established()
        for _ in 0..<Channel.maximumIdleMessageCount {
            #expect(client.feed(server.record(.applicationData, [])) == nil)
        }
        #expect(client.feed(server.record(.applicationData, []))?.alert == .unexpectedMessage)
    }

    @Test func `a record in the clear is unexpected`() throws {
        let (client, server) = try established()
        #expect(client.feed(server.record(.applicationData, [1])) == nil)
        #expect(client.feed([21, 3, 3, 0, 2, 1, 0])?.alert == .unexpectedMessage)
    }

    // RFC 8446 5.1: data is not between the parts of a message.
    @Test func `data inside a message is unexpected`() throws {
        let (client, server) = try established()
        #expect(client.feed(server.record(.handshake, [24, 0])) == nil)
        #expect(client.feed(server.record(.applicationData, [1]))?.alert == .unexpectedMessage)
    }

    // RFC 8446 6.1: nothing counts after close_notify, and this side may go on sending.
    @Test func `closing is half of it`() throws {
        let (client, server) = try established()
        let close = server.record(.alert, [1, 0])
        #expect(client.feed(close + server.record(.applicationData, [9]) + [1, 2, 3]) == nil)
        #expect(client.hasPeerClosed)
        #expect(client.take() == [])
        try client.connection.send([1])
        client.connection.close()
        client.connection.close()
        #expect(client.output().count == 5 + 1 + 1 + 16 + 5 + 2 + 1 + 16)
        let error = #expect(throws: TLSError.self) { try client.send([1]) }
        #expect(error == .notReady)
    }

    // RFC 8446 6.1: this side has closed, so not even a request for new keys is answered, and reading goes on.
    @Test func `nothing follows our closure`() throws {
        let (client, server) = try established()
        client.connection.close()
        _ = client.output()
        let update = server.record(.handshake, EstablishedTests.message(24, [1]))
        server.updateKeys()
        #expect(client.feed(update + server.record(.applicationData, [8])) == nil)
        #expect(client.take() == [8])
        #expect(client.output() == [])
        #expect(client.feed([99])?.alert == nil)
        #expect(client.feed([1, 1, 1, 1])?.alert == .unexpectedMessage)
        #expect(client.output() == [])
    }

    // RFC 8446 6.1: user_canceled is followed by close_notify; 6.2: any other is an error whatever its level.
    @Test func `alerts`() throws {
        let (client, server) = try established()
        #expect(client.feed(server.record(.alert, [1, 90])) == nil)
        #expect(client.feed(server.record(.alert, [1, 47])) == .received(.illegalParameter))
        #expect(client.output() == [])
    }

    @Test func `nothing is sent before the handshake is over`() throws {
        let client = ClientBox(TestPeer.client(try TestPeer.key().publicKey))
        let error = #expect(throws: TLSError.self) { try client.send([1]) }
        #expect(error == .notReady)
    }

    // RFC 8446 4.6.1: what is in a ticket, and how long it lives.
    @Test func `tickets become sessions`() throws {
        let (client, server) = try established()
        func ticket(_ lifetime: [UInt8], _ ticket: [UInt8] = [0, 1, 7]) -> [UInt8] {
            EstablishedTests.message(4, lifetime + [0, 0, 0, 1] + [1, 0] + ticket + [0, 0])
        }
        #expect(client.feed(server.record(.handshake, ticket([0, 0, 0, 100]))) == nil)
        let session = try #require(client.takeSession())
        #expect(session.expiresAt == Loopback.now + 100)
        #expect(session.serverName == .dns("shop.example"))
        // Seven days at most, and no longer than the certificate.
        #expect(client.feed(server.record(.handshake, ticket([255, 255, 255, 255]))) == nil)
        #expect(client.takeSession()?.expiresAt == Loopback.now + 86_400)
        #expect(client.feed(server.record(.handshake, ticket([0, 0, 0, 0]))) == nil)
        #expect(client.takeSession() == nil)
        for _ in 0..<10 {
            #expect(client.feed(server.record(.handshake, ticket([0, 0, 0, 100]))) == nil)
        }
        var count = 0
        while client.takeSession() != nil { count += 1 }
        #expect(count == 4)
        #expect(client.feed(server.record(.handshake, ticket([0, 0, 0, 9], [0, 0])))?.alert == .decodeError)
    }

    @Test func `a server takes no tickets`() throws {
        let loopback = try pair()
        loopback.sendFromClient(EstablishedTests.message(4, [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 7, 0, 0]))
        loopback.run()
        #expect(loopback.serverError?.alert == .unexpectedMessage)
        #expect(loopback.clientError == .received(.unexpectedMessage))
    }
}
