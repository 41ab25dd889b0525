import Testing
import X509

@Suite struct PathValidatorTests {
    let root: Issuer
    let middle: Issuer
    let server: Issuer

    init() throws {
        root = try Issuer("Root", seed: 1)
        middle = try Issuer("Middle", seed: 2)
        server = try Issuer("Server", seed: 3)
    }

    func store(_ extensions: [CertificateExtension] = Issuer.authority()) throws -> TrustStore {
        TrustStore(certificates: [try root.root(extensions)])
    }

    func validate(
        _ chain: [Certificate], name: String? = "pay.example.com", purpose: PathValidator.Purpose = .server,
        at now: Int64 = Issuer.now, trust: TrustStore? = nil
    ) throws -> CertificatePath {
        try PathValidator.validate(
            chain: chain, name: name.flatMap { ServerName($0) }, purpose: purpose, at: now, trust: trust ?? store())
    }

    @Test func `a chain of three is a path of two and an anchor`() throws {
        let chain = [
            try middle.certify(server, Issuer.server()), try root.certify(middle, Issuer.authority()), try root.root(),
        ]
        let path = try validate(chain)
        #expect(path.certificates == Array(chain.prefix(2)))
        #expect(path.anchor.subject == root.name)
    }

    /// A chain of three whose parts a test changes.
    func chain(
        server extensions: [CertificateExtension] = Issuer.server(),
        middle middleExtensions: [CertificateExtension] = Issuer.authority()
    ) throws -> [Certificate] {
        [try middle.certify(server, extensions), try root.certify(middle, middleExtensions)]
    }

    func expect(
        _ error: CertificateError, _ chain: [Certificate], name: String? = "pay.example.com",
        purpose: PathValidator.Purpose = .server, at now: Int64 = Issuer.now, trust: TrustStore? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(throws: error, sourceLocation: sourceLocation) {
            try validate(chain, name: name, purpose: purpose, at: now, trust: trust)
        }
    }

    // MARK: The peer's certificate

    @Test func `no certificate is no path`() {
        expect(.emptyChain, [])
    }

    @Test func `a certificate counts from its first second to its last`() throws {
        let chain = try chain()
        _ = try validate(chain, at: Issuer.start)
        _ = try validate(chain, at: Issuer.end)
        expect(.notYetValid(subject: "CN=Server", notBefore: Issuer.start), chain, at: Issuer.start - 1)
        expect(.expired(subject: "CN=Server", notAfter: Issuer.end), chain, at: Issuer.end + 1)
    }

    @Test func `an authority counts within its own dates`() throws {
        let leaf = try middle.certify(server, Issuer.server())
        let old = try root.certify(middle, Issuer.authority(), notAfter: Issuer.now - 1)
        expect(.expired(subject: "CN=Middle", notAfter: Issuer.now - 1), [leaf, old])
        let young = try root.certify(middle, Issuer.authority(), notBefore: Issuer.now + 1)
        expect(.notYetValid(subject: "CN=Middle", notBefore: Issuer.now + 1), [leaf, young])
    }

    @Test func `names are alternative names, never the common name`() throws {
        let named = Issuer(name: DistinguishedName(commonName: "pay.example.com"), key: server.key)
        let bare = [try root.certify(named, [.keyUsage(.digitalSignature)])]
        expect(.nameMismatch(wanted: "pay.example.com", names: []), bare)
        _ = try validate(bare, name: nil)
        let chain = try chain(server: Issuer.server(["a.example", "b.example"]))
        expect(.nameMismatch(wanted: "pay.example.com", names: ["a.example", "b.example"]), chain)
    }

    @Test func `a critical extension that is unknown is refused, in an authority too`() throws {
        let id = try #require(OID("1.3.6.1.5.5.7.1.31"))
        let strange = CertificateExtension(id: id, isCritical: true, value: [4, 0])
        expect(.criticalExtension("1.3.6.1.5.5.7.1.31"), try chain(server: Issuer.server() + [strange]))
        expect(.criticalExtension("1.3.6.1.5.5.7.1.31"), try chain(middle: Issuer.authority() + [strange]))
        let harmless = CertificateExtension(id: id, isCritical: false, value: [4, 0])
        _ = try validate(chain(server: Issuer.server() + [harmless], middle: Issuer.authority() + [harmless]))
    }

    @Test func `policies change nothing, critical or not`() throws {
        let policies = CertificateExtension(
            id: .certificatePolicies, isCritical: true, value: try bytes("300a3008060667810c010201"))
        _ = try validate(chain(server: Issuer.server() + [policies], middle: Issuer.authority() + [policies]))
    }

    @Test func `the peer's key must be one for signatures`() throws {
        let names = CertificateExtension.subjectAlternativeNames([.dns("pay.example.com")], isCritical: false)
        expect(.keyUsage("CN=Server"), try chain(server: [names, .keyUsage(.keyEncipherment)]))
        _ = try validate(chain(server: [names]))
        _ = try validate(chain(server: [names, .keyUsage([.digitalSignature, .keyEncipherment])]))
    }

    @Test func `the purpose is kept, by authorities too`() throws {
        let names = CertificateExtension.subjectAlternativeNames([.dns("pay.example.com")], isCritical: false)
        let client = CertificateExtension.extendedKeyUsage([.clientAuthentication])
        let any = CertificateExtension.extendedKeyUsage([.anyPurpose])
        expect(.extendedKeyUsage("CN=Server"), try chain(server: [names, client]))
        _ = try validate(chain(server: [names, any]))
        expect(.extendedKeyUsage("CN=Middle"), try chain(middle: Issuer.authority() + [client]))
        _ = try validate(chain(middle: Issuer.authority() + [any]))
        expect(.extendedKeyUsage("CN=Root"), try chain(), trust: try store(Issuer.authority() + [client]))
        _ = try validate(chain(server: [names, client]), name: nil, purpose: .client)
        expect(.extendedKeyUsage("CN=Server"), try chain(), name: nil, purpose: .client)
    }

    @Test func `a peer's key of another kind is refused`() throws {
        var forge = Forge(root.key)
        forge.publicKey = Forge.sequence { info in
            info.sequence { $0.oid(OID([0x2b, 0x65, 0x71])) }
            info.bitString([UInt8](repeating: 1, count: 57))
        }
        expect(.unsupportedAlgorithm("Ed448"), [try Certificate(der: forge.der())])
    }

    // MARK: Authorities

    @Test func `an issuer must be an authority`() throws {
        expect(.notAuthority("CN=Middle"), try chain(middle: [.keyUsage(.keyCertSign)]))
        expect(
            .notAuthority("CN=Middle"),
            try chain(middle: [.basicConstraints(BasicConstraints(isAuthority: false)), .keyUsage(.keyCertSign)]))
        // Neither is a server, whose certificate is right otherwise.
        let other = try Issuer("Other", seed: 20)
        expect(
            .notAuthority("CN=Server"),
            try [server.certify(other, Issuer.server())] + chain())
    }

    @Test func `version 1 makes no authority`() throws {
        var forge = Forge(root.key)
        forge.version = []
        forge.extensions = []
        forge.subject = middle.name.der
        forge.publicKey = middle.key.subjectPublicKeyInfo
        expect(
            .notAuthority("CN=Middle"),
            [try middle.certify(server, Issuer.server()), try Certificate(der: forge.der())])
    }

    @Test func `an authority's key must be one for certificates`() throws {
        let constraints = CertificateExtension.basicConstraints(BasicConstraints(isAuthority: true))
        expect(.keyUsage("CN=Middle"), try chain(middle: [constraints, .keyUsage([.digitalSignature, .crlSign])]))
        _ = try validate(chain(middle: [constraints]))
    }

    @Test func `path lengths count the authorities below`() throws {
        let lower = try Issuer("Lower", seed: 4)
        let leaf = try lower.certify(server, Issuer.server())
        let last = try middle.certify(lower, Issuer.authority(pathLength: 0))
        _ = try validate([leaf, last, try root.certify(middle, Issuer.authority(pathLength: 1))])
        expect(.pathLength("CN=Middle"), [leaf, last, try root.certify(middle, Issuer.authority(pathLength: 0))])
        let chain = [leaf, last, try root.certify(middle, Issuer.authority())]
        _ = try validate(chain, trust: store(Issuer.authority(pathLength: 2)))
        expect(.pathLength("CN=Root"), chain, trust: try store(Issuer.authority(pathLength: 1)))
    }

    @Test func `path lengths do not count what certifies itself`() throws {
        // The same name with a new key, certified by the old one.
        let renewed = Issuer(name: middle.name, key: try PrivateKey(random: Randomness.source(5)))
        let chain = [
            try renewed.certify(server, Issuer.server()), try middle.certify(renewed, Issuer.authority(pathLength: 0)),
            try root.certify(middle, Issuer.authority(pathLength: 0)),
        ]
        #expect(try validate(chain).certificates.count == 3)
    }

    // MARK: Signatures and trust

    @Test func `a signature by another key is refused`() throws {
        let stranger = Issuer(name: middle.name, key: try PrivateKey(random: Randomness.source(6)))
        expect(
            .badSignature("CN=Server"),
            [try stranger.certify(server, Issuer.server()), try root.certify(middle, Issuer.authority())])
        let impostor = Issuer(name: root.name, key: stranger.key)
        expect(
            .badSignature("CN=Middle"),
            [try middle.certify(server, Issuer.server()), try impostor.certify(middle, Issuer.authority())])
    }

    @Test func `an issuer that nobody knows is named`() throws {
        let chain = try chain()
        expect(.unknownIssuer("CN=Middle"), [chain[0]])
        expect(.unknownIssuer("CN=Root"), chain, trust: TrustStore(certificates: []))
        expect(.unknownIssuer("CN=Root"), chain + [try root.root()], trust: TrustStore(certificates: []))
    }

    @Test func `denied keys are refused wherever they stand`() throws {
        let chain = try chain()
        for (certificate, name) in [(chain[0], "CN=Server"), (chain[1], "CN=Middle"), (try root.root(), "CN=Root")] {
            var trust = try store()
            trust.deniedKeys = [certificate.spkiHash]
            expect(.denied(name), chain, trust: trust)
        }
    }

    @Test func `a trusted certificate that is no authority stands for itself alone`() throws {
        let random = Randomness.source(7)
        let key = try PrivateKey(random: random)
        let own = try CertificateTemplate.selfSigned(
            for: [.dns("pay.example.com")], key: key, notBefore: Issuer.start, notAfter: Issuer.end, random: random)
        let trust = TrustStore(certificates: [own])
        #expect(trust.anchors.count == 1)
        #expect(try validate([own], trust: trust).certificates == [own])
        expect(.unknownIssuer(""), [own])
        // The same key cannot take another name by that.
        let other = try CertificateTemplate.selfSigned(
            for: [.dns("other.example.com")], key: key, notBefore: Issuer.start, notAfter: Issuer.end, random: random)
        expect(.notAuthority(""), [other], name: "other.example.com", trust: trust)
    }

    @Test func `an authority that certified its own server key is a path of one`() throws {
        let own = try server.root(Issuer.server() + [.basicConstraints(BasicConstraints(isAuthority: true))])
        // It may sign handshakes, and says nothing of certificates.
        #expect(throws: CertificateError.keyUsage("CN=Server")) { try TrustAnchor(own) }
        let both = try server.root([
            .subjectAlternativeNames([.dns("pay.example.com")], isCritical: false),
            .basicConstraints(BasicConstraints(isAuthority: true)),
        ])
        #expect(try validate([both], trust: TrustStore(certificates: [both])).certificates == [both])
    }

    // MARK: Finding a path

    @Test func `the order and repetitions behind the first do not matter`() throws {
        let lower = try Issuer("Lower", seed: 4)
        let stray = try Issuer("Stray", seed: 8)
        let leaf = try lower.certify(server, Issuer.server())
        let last = try middle.certify(lower, Issuer.authority())
        let first = try root.certify(middle, Issuer.authority())
        let path = try validate([leaf, try stray.root(), first, first, last, leaf, try root.root()])
        #expect(path.certificates == [leaf, last, first])
    }

    @Test func `a cross-signed root leads to the one that is trusted`() throws {
        // As with the newer roots of Let's Encrypt: YE is in no store, X1 and X2 certify it.
        let young = try Issuer("Root YE", seed: 10)
        let old = try Issuer("Root X2", seed: 11)
        let older = try Issuer("Root X1", seed: 12)
        let chain = [
            try middle.certify(server, Issuer.server()), try young.certify(middle, Issuer.authority()),
            try young.root(), try old.certify(young, Issuer.authority()), try older.certify(old, Issuer.authority()),
        ]
        for trusted in [young, old, older] {
            let path = try validate(chain, trust: TrustStore(certificates: [try trusted.root()]))
            #expect(path.anchor.subject == trusted.name)
        }
        expect(.unknownIssuer("CN=Root X1"), chain, trust: try store())
    }

    @Test func `a dead end is left for another way`() throws {
        // Three certificates of one name: expired, with another key, and by an authority that is not there.
        let stranger = Issuer(name: middle.name, key: try PrivateKey(random: Randomness.source(13)))
        let gone = try Issuer("Gone", seed: 14)
        let leaf = try middle.certify(server, Issuer.server())
        let right = try root.certify(middle, Issuer.authority())
        let chain = [
            leaf, try root.certify(middle, Issuer.authority(), notAfter: Issuer.now - 1),
            try root.certify(stranger, Issuer.authority()), try gone.certify(middle, Issuer.authority()), right,
        ]
        #expect(try validate(chain).certificates == [leaf, right])
    }

    @Test func `authorities that certify each other are no way`() throws {
        let first = try Issuer("First", seed: 15)
        let second = try Issuer("Second", seed: 16)
        let chain = [
            try first.certify(server, Issuer.server()), try second.certify(first, Issuer.authority()),
            try first.certify(second, Issuer.authority()), try first.root(), try second.root(),
        ]
        #expect(throws: CertificateError.self) { try validate(chain) }
        #expect(try validate(chain, trust: TrustStore(certificates: [second.root()])).certificates.count == 2)
    }

    @Test func `paths have a greatest length`() throws {
        var chain: [Certificate] = []
        var issuer = root
        for index in 0..<8 {
            let next = try Issuer("Level \(index)", seed: UInt64(40 + index))
            chain.insert(try issuer.certify(next, Issuer.authority()), at: 0)
            issuer = next
        }
        // Seven authorities fit, eight do not.
        let leaf = try issuer.certify(server, Issuer.server())
        let top = TrustStore(certificates: [chain[7]])
        #expect(try validate([leaf] + chain, trust: top).certificates.count == 8)
        expect(.tooMuchWork, [leaf] + chain)
        expect(.tooMuchWork, [leaf] + chain + chain)
    }

    @Test func `a maze of signatures costs a bounded number of checks`() throws {
        // Twelve certificates, from four keys of one name that all certify each other, and no way out.
        let keys = try (0..<4).map { try PrivateKey(random: Randomness.source(UInt64(60 + $0))) }
        let name = DistinguishedName(commonName: "Maze")
        var chain = [try Issuer(name: name, key: keys[0]).certify(server, Issuer.server())]
        for one in keys {
            for other in keys where one.subjectPublicKeyInfo != other.subjectPublicKeyInfo {
                chain.append(
                    try Issuer(name: name, key: one).certify(Issuer(name: name, key: other), Issuer.authority()))
            }
        }
        #expect(throws: CertificateError.self) { try validate(chain) }
    }
}
