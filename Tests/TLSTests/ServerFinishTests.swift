import Bytes
import Crypto
import Testing
import X509

@testable import TLS

/// A server of TLS 1.3 that waits for the client's Finished.
@Suite struct ServerFinishTests {
    private func client() throws -> ScriptedClient {
        try ScriptedClient(TestPeer.server(try TestPeer.key(), tickets: TicketKeys()))
    }

    @Test func `the Finished ends the handshake`() throws {
        let client = try client()
        #expect(client.send(.handshake, client.finished) == nil)
        #expect(client.isEstablished)
    }

    // RFC 8446 4.4.4.
    @Test func `a wrong Finished is a decrypt_error`() throws {
        var finished = try client().finished
        finished[20] ^= 1
        #expect(try client().send(.handshake, finished)?.alert == .decryptError)
        #expect(try client().send(.handshake, [20, 0, 0, 0])?.alert == .decryptError)
        #expect(try client().send(.handshake, [20, 0, 0, 1, 7])?.alert == .decryptError)
    }

    // RFC 8446 4: among them EndOfEarlyData, because no early data is accepted, and certificates nobody asked for.
    @Test(arguments: [UInt8(0), 1, 2, 4, 5, 8, 11, 13, 15, 16, 22, 24, 254, 99])
    func `another message is unexpected`(type: UInt8) throws {
        #expect(try client().send(.handshake, [type, 0, 0, 1, 0])?.alert == .unexpectedMessage)
    }

    // RFC 8446 5.1: nothing behind the message that changes the keys.
    @Test func `a message behind the Finished is unexpected`() throws {
        let client = try client()
        #expect(client.send(.handshake, client.finished + [24, 0, 0, 1, 0])?.alert == .unexpectedMessage)
    }

    @Test func `data before the Finished is unexpected`() throws {
        #expect(try client().send(.applicationData, [1])?.alert == .unexpectedMessage)
    }

    // RFC 8446 5: change_cipher_spec is dropped until the Finished, if it holds the one byte and is in the clear.
    @Test func `change_cipher_spec`() throws {
        let client = try client()
        #expect(client.feed([20, 3, 3, 0, 1, 1, 20, 3, 3, 0, 1, 1]) == nil)
        #expect(client.send(.handshake, client.finished) == nil)
        #expect(client.feed([20, 3, 3, 0, 1, 1])?.alert == .unexpectedMessage)
        #expect(try self.client().feed([20, 3, 3, 0, 1, 2])?.alert == .unexpectedMessage)
        #expect(try self.client().feed([20, 3, 3, 0, 2, 1, 1])?.alert == .unexpectedMessage)
        #expect(try self.client().feed([20, 3, 3, 0, 0])?.alert == .unexpectedMessage)
    }

    // RFC 8446 6: a client that has no keys yet can only fail in the clear; later nobody is believed without them.
    @Test func `an alert in the clear counts before the first sealed record alone`() throws {
        #expect(try client().feed([21, 3, 3, 0, 2, 2, 51]) == .received(.decryptError))
        let client = try client()
        #expect(client.send(.handshake, Array(client.finished.prefix(3))) == nil)
        #expect(client.feed([21, 3, 3, 0, 2, 2, 51])?.alert == .unexpectedMessage)
    }

    // RFC 8446 6.1: a close during the handshake ends it, and so does the end of the transport.
    @Test func `closing during the handshake ends it`() throws {
        #expect(try client().send(.alert, [1, 0]) == .received(.closeNotify))
        let client = try client()
        #expect(throws: TLSError.truncated) { try client.endTransport() }
        #expect(client.send(.handshake, client.finished) == .truncated)
    }

    // RFC 8446 4.1.4, 4.2.2: the client brings the cookie back, in a hello that is otherwise the same.
    @Test func `a cookie comes back`() throws {
        let key = try TestPeer.key()
        let client = ClientBox(TestPeer.client(key.publicKey))
        let first = try ScriptedServer.message(client.output())
        let server = ScriptedServer(key)
        let cookie = [UInt8](repeating: 0xcc, count: 300)
        let hello = try ClientHello(first)
        let request = ServerHello.encode(
            random: ServerHello.retryRandom, sessionID: hello.sessionID, cipherSuite: server.suite
        ) { writer in
            writer.extension(.supportedVersions) { $0.appendBigEndian(ProtocolVersion.tls13.rawValue) }
            writer.extension(.cookie) { $0.opaque(2, cookie) }
        }
        server.transcript.append(first.bytes)
        server.transcript.replaceByMessageHash(server.suite.hash)
        server.transcript.append(request)
        #expect(client.feed(HostileClientTests.Hello.records(request)) == nil)
        let output = client.output()
        // RFC 8446 D.4: change_cipher_spec goes before the second flight.
        #expect(output.prefix(6) == [20, 3, 3, 0, 1, 1])
        let second = try ClientHello(ScriptedServer.message(output))
        #expect(hello.isRepeated(by: second))
        var body = try #require(second.extensions[.cookie])
        #expect(try body.opaque16("cookie") == cookie)
        #expect(second.keyShares?.map(\.publicKey) == hello.keyShares?.map(\.publicKey))
        #expect(client.feed(try server.answer(output)) == nil)
        #expect(client.isEstablished)
        // No second change_cipher_spec.
        #expect(client.output().first == 23)
    }

    // RFC 8446 4.1.4: the suite of the HelloRetryRequest stands.
    @Test func `the suite does not change after a HelloRetryRequest`() throws {
        let key = try TestPeer.key()
        let client = ClientBox(TestPeer.client(key.publicKey))
        let hello = try ClientHello(ScriptedServer.message(client.output()))
        let request = ServerHello.encode(
            random: ServerHello.retryRandom, sessionID: hello.sessionID, cipherSuite: .aes128GCMSHA256
        ) { writer in
            writer.extension(.supportedVersions) { $0.appendBigEndian(ProtocolVersion.tls13.rawValue) }
            writer.extension(.cookie) { $0.opaque(2, [1]) }
        }
        #expect(client.feed(HostileClientTests.Hello.records(request)) == nil)
        let server = ScriptedServer(key)
        #expect(client.feed(try server.answer(client.output()))?.alert == .illegalParameter)
    }

    @Test(arguments: [CipherSuite.chaCha20Poly1305SHA256, .aes256GCMSHA384], NamedGroup.allCases)
    func `an RSA key signs too`(suite: CipherSuite, group: NamedGroup) throws {
        let key = try PrivateKey(pem: Array(TestPeer.rsaKey.utf8), random: testRandom(2))
        var client = TestPeer.client(key.publicKey)
        client.cipherSuites = [suite]
        client.groups = [group]
        let loopback = Loopback(client, TestPeer.server(key))
        loopback.run()
        #expect(loopback.clientError == nil)
        #expect(loopback.clientSummary?.signatureScheme == .rsaPSSSHA256)
        #expect(try loopback.request([4]) == [4])
        // Each of its schemes, and none of those that TLS 1.3 does not sign with.
        let identity = TestPeer.server(key).identities[0]
        for scheme in [SignatureScheme.rsaPSSSHA256, .rsaPSSSHA384, .rsaPSSSHA512] {
            #expect(identity.scheme(.tls13, accepted: [0x0401, scheme.rawValue]) == scheme)
            let content = HandshakeSignature.content(HandshakeSignature.server, suite.hash.hash([]))
            let signature = try key.sign(content, scheme: scheme, random: testRandom(3))
            #expect(key.publicKey.isValid(signature, scheme: scheme, message: content))
        }
        #expect(identity.scheme(.tls13, accepted: [0x0401, 0x0501, 0x0403]) == nil)
    }
}
