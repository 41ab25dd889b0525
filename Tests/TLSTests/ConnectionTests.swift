import Testing
import X509

@testable import TLS

/// Both ends in memory.
@Suite struct ConnectionTests {
    static let suites: [CipherSuite] = CipherSuite.allCases.filter { $0.version == .tls13 }

    // RFC 8446 9.1: every suite and group both ends have.
    @Test(arguments: suites, NamedGroup.allCases)
    func `data flows both ways`(suite: CipherSuite, group: NamedGroup) throws {
        let key = try TestPeer.key()
        var client = TestPeer.client(key.publicKey)
        client.cipherSuites = [suite]
        client.groups = [group]
        client.keyShareGroups = [group]
        let loopback = Loopback(client, TestPeer.server(key))
        loopback.run()
        #expect(loopback.clientError == nil)
        #expect(loopback.serverError == nil)
        let summary = try #require(loopback.clientSummary)
        #expect(summary.version == .tls13)
        #expect(summary.cipherSuite == suite)
        #expect(summary.group == group)
        #expect(summary.applicationProtocol == "http/1.1")
        #expect(summary.peerCertificates == [TestPeer.certificate])
        #expect(loopback.serverSummary?.serverName == "shop.example")
        let request = [UInt8]("GET / HTTP/1.1".utf8)
        #expect(try loopback.request(request) == request)
        let response = [UInt8](repeating: 7, count: 40_000)
        #expect(try loopback.respond(response) == response)
    }

    @Test(arguments: [1, 5, 16_384])
    func `a handshake can come in pieces`(step: Int) throws {
        let key = try TestPeer.key()
        let loopback = Loopback(TestPeer.client(key.publicKey), TestPeer.server(key, tickets: TicketKeys()))
        loopback.run(step: step)
        #expect(loopback.clientSummary != nil)
        #expect(loopback.serverSummary != nil)
        #expect(loopback.takeSession() != nil)
        #expect(loopback.takeSession() != nil)
        #expect(loopback.takeSession() == nil)
    }

    // RFC 8446 4.1.4: a server may ask for another group.
    @Test func `a second hello brings the group the server wants`() throws {
        let key = try TestPeer.key()
        var client = TestPeer.client(key.publicKey)
        client.keyShareGroups = [.secp256r1]
        var server = TestPeer.server(key)
        server.groups = [.x25519]
        let loopback = Loopback(client, server)
        loopback.run()
        #expect(loopback.clientError == nil)
        #expect(loopback.serverError == nil)
        #expect(loopback.clientSummary?.isRetried == true)
        #expect(loopback.serverSummary?.isRetried == true)
        #expect(loopback.clientSummary?.group == .x25519)
        #expect(try loopback.request([1, 2, 3]) == [1, 2, 3])
    }

    // RFC 8446 2.2: a session goes on, with fresh keys, without certificates.
    @Test func `a session is resumed once`() throws {
        let key = try TestPeer.key()
        let client = TestPeer.client(key.publicKey)
        let server = TestPeer.server(key, tickets: TicketKeys())
        let first = Loopback(client, server)
        first.run()
        let session = try #require(first.takeSession())
        let second = Loopback(client, server, session: session, seed: 2)
        second.run()
        #expect(second.clientError == nil)
        #expect(second.clientSummary?.isResumed == true)
        #expect(second.serverSummary?.isResumed == true)
        #expect(second.clientSummary?.peerCertificates == [TestPeer.certificate])
        #expect(try second.request([1]) == [1])
        #expect(second.takeSession() != nil)
        // The same ticket again: a full handshake.
        let third = Loopback(client, server, session: session, seed: 3)
        third.run()
        #expect(third.clientError == nil)
        #expect(third.clientSummary?.isResumed == false)
    }

    @Test func `close_notify ends a connection, and nothing else does`() throws {
        let key = try TestPeer.key()
        let loopback = Loopback(TestPeer.client(key.publicKey), TestPeer.server(key))
        loopback.run()
        loopback.server.close()
        loopback.run()
        #expect(loopback.clientSawClose)
        try loopback.endClientTransport()
        // RFC 8446 6.1: without it, somebody may have cut the data short.
        #expect(throws: TLSError.truncated) { try loopback.endServerTransport() }
    }
}
