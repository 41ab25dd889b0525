import Crypto
import Testing
import X509

@testable import TLS

/// Real certificates: whom a client believes, and whom a server is.
@Suite struct CertificateVerifierTests {
    private let random = testRandom(40)

    private func identity(
        _ names: [ServerName], from start: Int64 = Loopback.now - 10, until end: Int64 = Loopback.now + 1000
    ) throws -> (identity: Identity, certificate: Certificate) {
        let key = try PrivateKey(random: random)
        let certificate = try CertificateTemplate.selfSigned(
            for: names, key: key, notBefore: start, notAfter: end, random: random)
        return (try Identity(chain: [certificate], key: key), certificate)
    }

    private func alert(
        _ server: (identity: Identity, certificate: Certificate), name: ServerName, trusts: [Certificate]? = nil,
        denied: Set<[UInt8]> = []
    ) -> AlertDescription? {
        let trust = TrustStore(certificates: trusts ?? [server.certificate], deniedKeys: denied)
        let loopback = Loopback(
            ClientConfiguration(trust: trust), ServerConfiguration(identities: [server.identity]), name: name)
        loopback.run()
        if let error = loopback.clientError {
            // The server hears the same.
            #expect(loopback.serverError == error.alert.map { .received($0) })
            guard case .untrusted = error else { return .internalError }
        } else {
            #expect(loopback.clientSummary?.peerCertificates == [server.certificate.der])
        }
        return loopback.clientError?.alert
    }

    @Test func `a trusted certificate for the name is accepted`() throws {
        let server = try identity([.dns("shop.example"), .ip([127, 0, 0, 1])])
        #expect(alert(server, name: .dns("shop.example")) == nil)
        // RFC 6066 3: an address is checked, but is not sent as a server name.
        #expect(alert(server, name: .ip([127, 0, 0, 1])) == nil)
    }

    // RFC 8446 6.2.
    @Test func `each reason to refuse has its alert`() throws {
        let name = ServerName.dns("shop.example")
        #expect(alert(try identity([.dns("other.example")]), name: name) == .badCertificate)
        #expect(alert(try identity([name], until: Loopback.now - 1), name: name) == .certificateExpired)
        #expect(alert(try identity([name], from: Loopback.now + 1), name: name) == .certificateExpired)
        #expect(alert(try identity([name]), name: name, trusts: []) == .unknownAuthority)
        let server = try identity([name])
        let hash = SHA256.hash(server.certificate.subjectPublicKeyInfo)
        #expect(alert(server, name: name, denied: [hash]) == .certificateRevoked)
    }

    @Test func `an identity is chosen by the name`() throws {
        let first = try identity([.dns("a.example")])
        let second = try identity([.dns("b.example"), .dns("c.example")])
        let configuration = ServerConfiguration(identities: [first.identity, second.identity])
        #expect(configuration.candidates(for: "b.example").first?.names == ["b.example", "c.example"])
        #expect(configuration.candidates(for: "c.example").count == 1)
        #expect(configuration.candidates(for: "x.example").first?.names == ["a.example"])
        #expect(configuration.candidates(for: nil).first?.names == ["a.example"])
        let loopback = Loopback(
            ClientConfiguration(trust: TrustStore(certificates: [second.certificate])), configuration,
            name: .dns("b.example"))
        loopback.run()
        #expect(loopback.clientError == nil)
        #expect(loopback.serverSummary?.serverName == "b.example")
    }

    @Test(arguments: [
        ("a.example", true), ("b.a.example", false), ("x.wild.example", true), ("x.y.wild.example", false),
        ("wild.example", false), (".wild.example", false),
    ])
    func `a star stands for one label`(host: String, isNamed: Bool) throws {
        let identity = Identity(
            chain: [[1]], key: try TestPeer.key(), names: ["a.example", "*.wild.example"], validUntil: 0)
        #expect(identity.isNamed(host) == isNamed)
    }

    @Test func `a key that is not the certificate's makes no identity`() throws {
        let server = try identity([.dns("shop.example")])
        let error = #expect(throws: CertificateError.self) {
            try Identity(chain: [server.certificate], key: TestPeer.key())
        }
        #expect(error == .invalidKey)
    }

    @Test func `a session lasts no longer than its path`() throws {
        let server = try identity([.dns("shop.example")], until: Loopback.now + 77)
        let loopback = Loopback(
            ClientConfiguration(trust: TrustStore(certificates: [server.certificate])),
            ServerConfiguration(identities: [server.identity], tickets: TicketKeys()))
        loopback.run()
        #expect(loopback.takeSession()?.expiresAt == Loopback.now + 77)
    }
}
