import Testing
import X509

@Suite struct NameConstraintsTests {
    private func allows(_ name: GeneralName, permitted: [GeneralName] = [], excluded: [GeneralName] = []) -> Bool {
        var budget = 100
        return NameConstraints(permitted: permitted, excluded: excluded).allows(name, budget: &budget)
    }

    @Test(arguments: [
        ("example.com", "example.com", true), ("a.example.com", "example.com", true),
        ("a.b.EXAMPLE.com", "Example.COM", true), ("notexample.com", "example.com", false),
        ("example.com", ".example.com", false), ("a.example.com", ".example.com", true), ("example.org", "", true),
        ("*.example.com", "example.com", true), ("*.example.com", ".example.com", true),
        ("*.example.com", "a.example.com", false), ("com", "example.com", false),
        // What is no host name is under no domain.
        ("exa mple.com", "com", false), ("a..com", "com", false),
    ])
    func `hosts lie within permitted domains`(name: String, domain: String, isAllowed: Bool) {
        #expect(allows(.dns(name), permitted: [.dns(domain)]) == isAllowed)
        #expect(allows(.dns(name), permitted: [.dns("other.test"), .dns(domain)]) == isAllowed)
    }

    @Test(arguments: [
        ("example.com", "example.com", false), ("a.example.com", "example.com", false), ("b.org", "example.com", true),
        // A wildcard is excluded when one of its hosts is.
        ("*.example.com", "a.example.com", false), ("*.example.com", "b.a.example.com", true),
        ("*.example.com", "example.com", false), ("*.com", "example.com", false), ("a.example.com", "", false),
        ("exa mple.com", "org", false),
    ])
    func `hosts in excluded domains are refused`(name: String, domain: String, isAllowed: Bool) {
        #expect(allows(.dns(name), excluded: [.dns(domain)]) == isAllowed)
    }

    @Test func `excluded names come before permitted ones`() {
        #expect(!allows(.dns("a.example.com"), permitted: [.dns("example.com")], excluded: [.dns("a.example.com")]))
        #expect(allows(.dns("b.example.com"), permitted: [.dns("example.com")], excluded: [.dns("a.example.com")]))
    }

    @Test func `only names of a constrained form are constrained`() {
        #expect(allows(.ip([192, 0, 2, 1]), permitted: [.dns("example.com")]))
        #expect(allows(.uri("https://example.org/"), permitted: [.dns("example.com")]))
        // One that cannot be compared is not let through.
        #expect(!allows(.uri("https://example.com/"), permitted: [.uri("example.com")]))
        #expect(!allows(.uri("https://example.com/"), excluded: [.uri("example.org")]))
        #expect(!allows(.other(0), permitted: [.other(0)]))
        #expect(allows(.other(8), permitted: [.other(0)]))
    }

    @Test(arguments: [
        ([192, 0, 2, 1], [192, 0, 2, 0, 255, 255, 255, 0], true),
        ([192, 0, 3, 1], [192, 0, 2, 0, 255, 255, 255, 0], false),
        ([192, 0, 2, 129], [192, 0, 2, 128, 255, 255, 255, 128], true),
        ([192, 0, 2, 1], [192, 0, 2, 128, 255, 255, 255, 128], false),
        ([192, 0, 2, 1], [0, 0, 0, 0, 0, 0, 0, 0], true),
        // Of the other version.
        ([192, 0, 2, 1], [UInt8](repeating: 0, count: 32), false),
        ([0x20, 1] + [UInt8](repeating: 0, count: 14), [UInt8](repeating: 0, count: 32), true),
    ])
    func `addresses lie within networks`(address: [UInt8], network: [UInt8], isAllowed: Bool) {
        #expect(allows(.ip(address), permitted: [.ip(network)]) == isAllowed)
        #expect(allows(.ip(address), excluded: [.ip(network)]) == !isAllowed)
    }

    @Test(arguments: [
        ("a@example.com", "example.com", true), ("a@b.example.com", "example.com", false),
        ("a@b.example.com", ".example.com", true), ("a@example.com", ".example.com", false),
        ("a@Example.com", "a@example.com", true), ("A@example.com", "a@example.com", false),
        ("no mailbox", "example.com", false), ("a@", "", false), ("a@example.com", "", true),
    ])
    func `mailboxes lie within hosts and domains`(address: String, tree: String, isAllowed: Bool) {
        #expect(allows(.email(address), permitted: [.email(tree)]) == isAllowed)
    }

    @Test func `comparisons are counted`() {
        var budget = 5
        let constraints = NameConstraints(permitted: [.dns("a"), .dns("b")], excluded: [.dns("c")])
        #expect(constraints.allows(.dns("a"), budget: &budget))
        #expect(!constraints.allows(.dns("a"), budget: &budget))
        #expect(budget < 0)
    }

    // MARK: In a path

    @Test func `constraints hold for every name below`() throws {
        let root = try Issuer("Root", seed: 1)
        let middle = try Issuer("Middle", seed: 2)
        let server = try Issuer("Server", seed: 3)
        let trust = TrustStore(certificates: [try root.root()])
        func validate(_ constraints: NameConstraints, _ names: [GeneralName]) throws {
            _ = try PathValidator.validate(
                chain: [
                    try middle.certify(
                        server, [.subjectAlternativeNames(names, isCritical: false), .keyUsage(.digitalSignature)]),
                    try root.certify(middle, Issuer.authority() + [.nameConstraints(constraints)]),
                ], name: nil, purpose: .server, at: Issuer.now, trust: trust)
        }
        let domain = NameConstraints(permitted: [.dns("example.com")], excluded: [])
        try validate(domain, [.dns("pay.example.com"), .dns("example.com")])
        #expect(throws: CertificateError.nameConstraint("example.org")) {
            try validate(domain, [.dns("pay.example.com"), .dns("example.org")])
        }
        let subject = DistinguishedName(commonName: "server")
        try validate(NameConstraints(permitted: [.directory(subject)], excluded: []), [.dns("a.example")])
        #expect(throws: CertificateError.nameConstraint("CN=Server")) {
            try validate(NameConstraints(permitted: [], excluded: [.directory(subject)]), [.dns("a.example")])
        }
        #expect(throws: CertificateError.nameConstraint("192.0.2.1")) {
            try validate(
                NameConstraints(permitted: [], excluded: [.ip([192, 0, 2, 0, 255, 255, 255, 0])]),
                [.ip([192, 0, 2, 1])])
        }
    }

    @Test func `a root's own constraints hold`() throws {
        let root = try Issuer("Root", seed: 1)
        let server = try Issuer("Server", seed: 3)
        let constraints = NameConstraints(permitted: [], excluded: [.dns("example.com")])
        let trust = TrustStore(certificates: [try root.root(Issuer.authority() + [.nameConstraints(constraints)])])
        #expect(throws: CertificateError.nameConstraint("pay.example.com")) {
            try PathValidator.validate(
                chain: [root.certify(server, Issuer.server())], name: nil, purpose: .server, at: Issuer.now,
                trust: trust)
        }
    }

    @Test func `a mailbox in the subject counts where there are no alternative names`() throws {
        let root = try Issuer("Root", seed: 1)
        let person = Issuer(
            name: try DistinguishedName(
                der: bytes("301e311c301a06092a864886f70d010901160d61406578616d706c652e636f6d")),
            key: try PrivateKey(random: Randomness.source(3)))
        let chain = [try root.certify(person, [.keyUsage(.digitalSignature)])]
        for (host, isAllowed) in [("example.com", true), ("example.org", false)] {
            let constraints = NameConstraints(permitted: [.email(host)], excluded: [])
            let trust = TrustStore(certificates: [try root.root(Issuer.authority() + [.nameConstraints(constraints)])])
            let path = try? PathValidator.validate(
                chain: chain, name: nil, purpose: .client, at: Issuer.now, trust: trust)
            #expect((path != nil) == isAllowed)
        }
    }
}
