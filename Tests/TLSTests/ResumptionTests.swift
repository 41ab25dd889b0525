import Crypto
import Testing
import X509

@testable import TLS

/// Sessions and tickets (RFC 8446 sections 2.2, 4.2.11 and 4.6.1).
@Suite struct ResumptionTests {
    private let client: ClientConfiguration
    private var server: ServerConfiguration

    init() throws {
        let key = try TestPeer.key()
        client = TestPeer.client(key.publicKey)
        server = TestPeer.server(key, tickets: TicketKeys(lifetimeSeconds: 1000))
    }

    private func session(_ client: ClientConfiguration? = nil, now: Int64 = Loopback.now) throws -> Session {
        let loopback = Loopback(client ?? self.client, server, now: now)
        loopback.run()
        return try #require(loopback.takeSession())
    }

    /// Whether both ends went on with `session`; nil when the handshake failed.
    private func isResumed(
        _ session: Session, client: ClientConfiguration? = nil, server: ServerConfiguration? = nil,
        name: ServerName = .dns("shop.example"), now: Int64 = Loopback.now, seed: UInt64 = 50
    ) -> Bool? {
        let loopback = Loopback(
            client ?? self.client, server ?? self.server, session: session, name: name, seed: seed, now: now)
        loopback.run()
        guard let first = loopback.clientSummary, let second = loopback.serverSummary else { return nil }
        #expect(first.isResumed == second.isResumed)
        return first.isResumed
    }

    @Test(arguments: CipherSuite.allCases.filter { $0.version == .tls13 })
    func `a session goes on in every suite`(suite: CipherSuite) throws {
        var client = client
        client.cipherSuites = [suite]
        #expect(isResumed(try session(client), client: client) == true)
    }

    // RFC 8446 4.1.4: the binder of the second hello covers the HelloRetryRequest.
    @Test func `a session goes on after a HelloRetryRequest`() throws {
        var client = client
        client.keyShareGroups = []
        #expect(isResumed(try session(), client: client) == true)
    }

    // RFC 8446 4.2.11: the suite may be another one with the same hash; with another hash there is no resumption.
    @Test func `the hash binds a session, the suite does not`() throws {
        var other = server
        other.cipherSuites = [.aes128GCMSHA256]
        #expect(isResumed(try session(), server: other) == true)
        other.cipherSuites = [.aes256GCMSHA384]
        #expect(isResumed(try session(), server: other) == false)
        // A HelloRetryRequest with another hash takes the session out of the second hello (section 4.1.4).
        var client = client
        client.keyShareGroups = []
        #expect(isResumed(try session(), client: client, server: other) == false)
    }

    @Test func `a session is for its server alone`() throws {
        let session = try session()
        #expect(session.isUsable(for: .dns("shop.example"), client, now: Loopback.now))
        #expect(!session.isUsable(for: .dns("other.example"), client, now: Loopback.now))
        // Another verifier may trust others.
        let stranger = TestPeer.client(try TestPeer.key().publicKey)
        #expect(!session.isUsable(for: .dns("shop.example"), stranger, now: Loopback.now))
        var changed = client
        changed.applicationProtocols = ["h2"]
        #expect(!session.isUsable(for: .dns("shop.example"), changed, now: Loopback.now))
        changed = client
        changed.maximumVersion = .tls12
        #expect(!session.isUsable(for: .dns("shop.example"), changed, now: Loopback.now))
        #expect(isResumed(session, client: stranger) == false)
    }

    @Test func `a session ends with its ticket`() throws {
        let session = try session()
        #expect(session.expiresAt == Loopback.now + 1000)
        #expect(!session.isUsable(for: .dns("shop.example"), client, now: Loopback.now + 1000))
        #expect(isResumed(session, now: Loopback.now + 999) == true)
        #expect(isResumed(try self.session(), now: Loopback.now + 1000) == false)
        // A clock that was put back.
        #expect(!session.isUsable(for: .dns("shop.example"), client, now: Loopback.now - 1))
    }

    // A resumed session shows no certificate, so it ends with the one that was shown.
    @Test func `a session ends with the certificate`() throws {
        let key = try TestPeer.key()
        let client = TestPeer.client(key.publicKey, validUntil: Loopback.now + 500)
        let server = TestPeer.server(key, tickets: TicketKeys(lifetimeSeconds: 1000), validUntil: Loopback.now + 300)
        let first = Loopback(client, server)
        first.run()
        let session = try #require(first.takeSession())
        // The server's ticket says so already; a client that knew better would stop at its own end.
        #expect(session.expiresAt == Loopback.now + 300)
        #expect(session.validUntil == Loopback.now + 500)
        let again = Loopback(client, server, session: session, seed: 9, now: Loopback.now + 299)
        again.run()
        #expect(again.clientSummary?.isResumed == true)
        #expect(again.takeSession()?.expiresAt == Loopback.now + 300)
    }

    @Test func `another certificate ends the sessions of the first`() throws {
        let key = try TestPeer.key()
        var other = server
        other.identities = [
            Identity(chain: [[1, 2, 3]], key: key, names: ["shop.example"], validUntil: Loopback.now + 1000),
            server.identities[0],
        ]
        // The old one is still served to this name: it goes on.
        #expect(isResumed(try session(), server: other) == true)
        other.identities = [other.identities[0]]
        let loopback = Loopback(client, other, session: try session(), seed: 4)
        loopback.run()
        #expect(loopback.clientError?.alert == .unknownAuthority)
    }

    // RFC 8446 4.2.11: the binder proves that the client has the session.
    @Test func `a wrong binder is a decrypt_error`() throws {
        let session = try session()
        let client = ClientBox(client, session: session)
        var hello = client.output()
        hello[hello.count - 1] ^= 1
        var server = Connection(server: server, now: Loopback.now, random: testRandom(8))
        #expect(Loopback.feed(&server, hello)?.alert == .decryptError)
        // The ticket was not used up by somebody who cannot use it.
        #expect(isResumed(session) == true)
        #expect(isResumed(session) == false)
    }

    @Test func `a hello that is sent again gets a full handshake`() throws {
        let client = ClientBox(client, session: try session())
        let hello = client.output()
        for isFirst in [true, false] {
            var server = Connection(server: server, now: Loopback.now, random: testRandom(8))
            #expect(Loopback.feed(&server, hello) == nil)
            let answer = try ServerHello(ScriptedServer.message(server.takeOutput()))
            #expect((answer.extensions[.preSharedKey] != nil) == isFirst)
        }
    }

    @Test func `tickets of other keys are worth nothing`() throws {
        var other = server
        other.tickets = TicketKeys()
        #expect(isResumed(try session(), server: other) == false)
        other.tickets = nil
        #expect(isResumed(try session(), server: other) == false)
    }

    @Test func `a client without a mode for them gets no tickets`() throws {
        var other = server
        other.tickets = nil
        let loopback = Loopback(client, other)
        loopback.run()
        #expect(loopback.takeSession() == nil)
    }

    private func contents(_ now: Int64) -> TicketContents {
        TicketContents(
            cipherSuite: .aes256GCMSHA384, issuedAt: now, ageAddend: 5, validUntil: now + 10_000,
            serverName: "a.example",
            identity: [UInt8](repeating: 1, count: 32), key: [UInt8](repeating: 2, count: 48))
    }

    @Test func `keys change by themselves and open for one more life`() throws {
        let keys = TicketKeys(lifetimeSeconds: 100)
        let random = testRandom(3)
        let first = try #require(keys.seal(contents(1000), now: 1000, random: random))
        let second = try #require(keys.seal(contents(1099), now: 1099, random: random))
        #expect(first[..<16] == second[..<16])
        let third = try #require(keys.seal(contents(1100), now: 1100, random: random))
        #expect(first[..<16] != third[..<16])
        #expect(keys.open(first, now: 1099) != nil)
        #expect(keys.open(first, now: 1100) == nil)
        #expect(keys.open(second, now: 1150)?.contents.key == [UInt8](repeating: 2, count: 48))
        _ = keys.seal(contents(1200), now: 1200, random: random)
        #expect(keys.open(second, now: 1150) == nil)
        // Nothing opens before it was made, or when anything was changed.
        #expect(keys.open(third, now: 1099) == nil)
        for index in third.indices {
            var changed = third
            changed[index] ^= 1
            #expect(keys.open(changed, now: 1100) == nil)
        }
        for count in third.indices { #expect(keys.open(Array(third[..<count]), now: 1100) == nil) }
    }

    @Test func `a key seals so many tickets and each serves once`() throws {
        let keys = TicketKeys(lifetimeSeconds: 100, maximumTicketCount: 70)
        let random = testRandom(3)
        var tickets: [[UInt8]] = []
        for _ in 0..<100 { tickets.append(try #require(keys.seal(contents(1000), now: 1000, random: random))) }
        #expect(Set(tickets.map { $0[..<16] }).count == 2)
        for ticket in tickets {
            let opened = try #require(keys.open(ticket, now: 1001))
            #expect(keys.use(opened))
            #expect(!keys.use(opened))
        }
    }
}
