import Bytes
import Testing
import X509

@testable import TLS

/// TLS 1.2, both ends in memory.
@Suite struct Connection12Tests {
    static let suites: [CipherSuite] = [
        .ecdheECDSAChaCha20Poly1305SHA256, .ecdheECDSAAES128GCMSHA256, .ecdheECDSAAES256GCMSHA384,
    ]

    private func pair() throws -> (client: ClientConfiguration, server: ServerConfiguration) {
        let key = try TestPeer.key()
        var client = TestPeer.client(key.publicKey)
        client.maximumVersion = .tls12
        return (client, TestPeer.server(key))
    }

    // RFC 5246 7.3: the whole exchange, in every suite and group.
    @Test(arguments: suites, NamedGroup.allCases)
    func `data flows both ways`(suite: CipherSuite, group: NamedGroup) throws {
        var (client, server) = try pair()
        client.cipherSuites = [suite]
        server.groups = [group]
        server.maximumVersion = .tls12
        let loopback = Loopback(client, server)
        loopback.run()
        #expect(loopback.clientError == nil)
        #expect(loopback.serverError == nil)
        let summary = try #require(loopback.clientSummary)
        #expect(summary.version == .tls12)
        #expect(summary.cipherSuite == suite)
        #expect(summary.group == group)
        #expect(summary.signatureScheme == .ecdsaP256SHA256)
        #expect(summary.applicationProtocol == "http/1.1")
        #expect(summary.peerCertificates == [TestPeer.certificate])
        #expect(loopback.serverSummary?.serverName == "shop.example")
        let request = [UInt8]("GET / HTTP/1.1".utf8)
        #expect(try loopback.request(request) == request)
        let response = [UInt8](repeating: 7, count: 40_000)
        #expect(try loopback.respond(response) == response)
        #expect(try loopback.request(request) == request)
    }

    // RFC 8422 5.1: a certificate's curve is one of the client's groups.
    @Test func `a client that cannot read the certificate's curve is not sent it`() throws {
        let (plain, server) = try pair()
        var client = plain
        client.groups = [.x25519]
        let loopback = Loopback(client, server)
        loopback.run()
        #expect(loopback.serverError?.alert == .handshakeFailure)
        #expect(loopback.clientError == .received(.handshakeFailure))
    }

    @Test(arguments: [1, 5, 16_384])
    func `a handshake can come in pieces`(step: Int) throws {
        let (client, server) = try pair()
        let loopback = Loopback(client, server)
        loopback.run(step: step)
        #expect(loopback.clientSummary?.version == .tls12)
        #expect(loopback.serverSummary?.version == .tls12)
    }

    // RFC 8446 4.1.3: a server that can do more says so, and a client that offered more believes it.
    @Test func `a lowered version is noticed`() throws {
        let key = try TestPeer.key()
        var server = TestPeer.server(key)
        server.maximumVersion = .tls12
        // Without the mark the client takes what it gets.
        let honest = Loopback(TestPeer.client(key.publicKey), server)
        honest.run()
        #expect(honest.clientSummary?.version == .tls12)
        #expect(honest.clientError == nil)
        // The extension that names TLS 1.3 is taken out on the way.
        let attacked = Loopback(TestPeer.client(key.publicKey), TestPeer.server(key))
        var hello = attacked.client.takeOutput()
        let versions: [UInt8] = [0, 43, 0, 5, 4, 3, 4, 3, 3]
        let at = try #require((0..<hello.count - versions.count).first { Array(hello[$0..<$0 + 9]) == versions })
        hello[at + 1] = 99
        #expect(Loopback.feed(&attacked.server, hello) == nil)
        let error = Loopback.feed(&attacked.client, attacked.server.takeOutput())
        #expect(error?.alert == .illegalParameter)
    }

    // RFC 7507 3.
    @Test func `a needless fallback is refused`() throws {
        let (client, server) = try pair()
        let loopback = Loopback(client, server)
        let plain = loopback.client.takeOutput()
        // The list of suites lies behind record and message headers, version, random and an empty session ID.
        let at = 5 + 4 + 2 + 32 + 1
        #expect(plain[at - 1] == 0)
        var hello = plain
        let count = Int(plain[at]) << 8 | Int(plain[at + 1])
        hello.insert(contentsOf: [0x56, 0x00], at: at + 2 + count)
        hello[at + 1] += 2
        hello[8] &+= 2
        hello[4] &+= 2
        #expect(plain[8] < 254 && plain[4] < 254)
        #expect(Loopback.feed(&loopback.server, hello)?.alert == .inappropriateFallback)
    }

    // RFC 5246 7.4.1.1 and 7.2.2: declined by a warning; the connection goes on.
    @Test func `nobody renegotiates`() throws {
        let (client, server) = try pair()
        let loopback = Loopback(client, server)
        loopback.run()
        loopback.server.sendHandshake(HandshakeMessage.encode(.helloRequest) { _ in })
        loopback.run()
        #expect(loopback.clientError == nil)
        #expect(loopback.serverError == nil)
        #expect(try loopback.request([1, 2]) == [1, 2])
        loopback.server.sendHandshake(HandshakeMessage.encode(.finished) { $0.append(1) })
        loopback.run()
        #expect(loopback.clientError?.alert == .unexpectedMessage)
    }

    // RFC 5246 7.4.9.
    @Test func `a Finished that was changed is refused`() throws {
        let (client, server) = try pair()
        let loopback = Loopback(client, server)
        #expect(Loopback.feed(&loopback.server, loopback.client.takeOutput()) == nil)
        #expect(Loopback.feed(&loopback.client, loopback.server.takeOutput()) == nil)
        var flight = loopback.client.takeOutput()
        flight[flight.count - 1] ^= 1
        #expect(Loopback.feed(&loopback.server, flight)?.alert == .badRecordMAC)
    }

    // RFC 5246 7.1: change_cipher_spec has one place.
    @Test func `change_cipher_spec out of turn is refused`() throws {
        let early: [UInt8] = [20, 3, 3, 0, 1, 1]
        let (client, server) = try pair()
        let first = Loopback(client, server)
        #expect(Loopback.feed(&first.server, first.client.takeOutput()) == nil)
        #expect(Loopback.feed(&first.server, early)?.alert == .unexpectedMessage)
        let second = Loopback(client, server)
        #expect(Loopback.feed(&second.client, early)?.alert == .unexpectedMessage)
        // A client that would rather speak TLS 1.3 must wait for the version to know.
        let key = try TestPeer.key()
        var old = TestPeer.server(key)
        old.maximumVersion = .tls12
        let third = Loopback(TestPeer.client(key.publicKey), old)
        #expect(Loopback.feed(&third.server, third.client.takeOutput()) == nil)
        #expect(Loopback.feed(&third.client, early + third.server.takeOutput())?.alert == .unexpectedMessage)
    }

    // RFC 5246 7.2.1.
    @Test func `close_notify ends a connection, and nothing else does`() throws {
        let (client, server) = try pair()
        let loopback = Loopback(client, server)
        loopback.run()
        loopback.server.close()
        loopback.run()
        #expect(loopback.clientSawClose)
        try loopback.endClientTransport()
        #expect(throws: TLSError.truncated) { try loopback.endServerTransport() }
    }

    // RFC 5246 8.1 and RFC 7627 5.3: a client without the extended master secret is served too.
    @Test func `an old client gets the old master secret`() throws {
        let (client, server) = try pair()
        let loopback = Loopback(client, server)
        var hello = loopback.client.takeOutput()
        let mark: [UInt8] = [0, 23, 0, 0, 0xff, 0x01]
        let at = try #require((0..<hello.count - mark.count).first { Array(hello[$0..<$0 + 6]) == mark })
        hello[at + 1] = 98
        #expect(Loopback.feed(&loopback.server, hello) == nil)
        let flight = loopback.server.takeOutput()
        // Both sides agree on the keys, so the client's Finished can be read; it fails for the changed hello alone.
        #expect(Loopback.feed(&loopback.client, flight) == nil)
        #expect(!flight.isEmpty)
        #expect(Loopback.feed(&loopback.server, loopback.client.takeOutput())?.alert == .decryptError)
    }

    // Any one bit changed in either flight: an alert or a failed handshake, never a trap and never a connection whose
    // ends disagree.
    @Test func `mutated handshakes never succeed`() throws {
        let (client, server) = try pair()
        var state: UInt64 = 99
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        func flip(_ flight: inout [UInt8]) {
            // The versions of records are ignored (RFC 8446 5.1), so they are left alone.
            var places: [Int] = []
            var head = 0
            while head + 5 <= flight.count {
                let end = head + 5 + (Int(flight[head + 3]) << 8 | Int(flight[head + 4]))
                places += [head] + Array(head + 3..<end)
                head = end
            }
            flight[places[next(places.count)]] ^= UInt8(1 << next(8))
        }
        for round in 0..<60 {
            let loopback = Loopback(client, server, seed: UInt64(round))
            var toServer = loopback.client.takeOutput()
            let target = round % 3
            if target == 0 { flip(&toServer) }
            guard Loopback.feed(&loopback.server, toServer) == nil else { continue }
            var toClient = loopback.server.takeOutput()
            if target == 1 { flip(&toClient) }
            guard Loopback.feed(&loopback.client, toClient) == nil else { continue }
            var finish = loopback.client.takeOutput()
            if target == 2 { flip(&finish) }
            let error = Loopback.feed(&loopback.server, finish)
            #expect(error != nil || !loopback.server.isEstablished)
        }
    }
}
