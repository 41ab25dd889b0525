import Testing
import X509

@Suite struct DistinguishedNameTests {
    /// A name of sets of attributes: type, tag, text.
    private func name(_ parts: [[(OID, UInt8, String)]]) throws -> DistinguishedName {
        var writer = DERWriter()
        writer.sequence { sequence in
            for part in parts {
                sequence.set { set in
                    for (type, tag, text) in part {
                        set.sequence { attribute in
                            attribute.oid(type)
                            attribute.element(tag, Array(text.utf8))
                        }
                    }
                }
            }
        }
        return try DistinguishedName(der: writer.bytes)
    }

    private func common(_ text: String, _ tag: UInt8 = DERTag.utf8String) throws -> DistinguishedName {
        try name([[(.commonName, tag, text)]])
    }

    @Test(arguments: [
        ("Example Root", "example ROOT"), ("  Example   Root ", "Example Root"), ("Österreich", "ÖSTERREICH"),
        ("", " "),
    ])
    func `case and blanks do not matter`(first: String, second: String) throws {
        #expect(try common(first) == common(second))
        #expect(try common(first).hashValue == common(second).hashValue)
    }

    @Test func `the kind of string does not matter, unless it is an old one`() throws {
        let utf8 = try common("Example")
        #expect(try common("Example", DERTag.printableString) == utf8)
        #expect(try common("Example", DERTag.teletexString) != utf8)
        #expect(try common("example", DERTag.teletexString) != common("Example", DERTag.teletexString))
    }

    @Test func `the order of parts matters, that within a part not`() throws {
        let country = (try #require(OID("2.5.4.6")), DERTag.printableString, "US")
        let unit = (OID.commonName, DERTag.utf8String, "Example")
        #expect(try name([[country], [unit]]) != name([[unit], [country]]))
        #expect(try name([[country, unit]]) == name([[unit, country]]))
        #expect(try name([[country, unit]]) != name([[country], [unit]]))
        #expect(try name([[country], [unit]]).description == "C=US, CN=Example")
    }

    @Test func `types and values do not run into each other`() throws {
        #expect(try common("a") != name([[(.emailAddress, DERTag.utf8String, "a")]]))
        #expect(try common("ab") != common("a"))
        #expect(try name([]) != common(""))
        #expect(try name([]).isEmpty)
    }

    @Test func `a name is printed without what a log cannot hold`() throws {
        #expect(try common("a\n\u{202e}b").description == "CN=a??b")
        #expect(try common(String(repeating: "a", count: 500)).description.count == 131)
    }

    @Test(arguments: ["30023100", "3003310130", "300431023000", "3006310430020500", "31003000"])
    func `malformed names are refused`(hex: String) throws {
        let der = try bytes(hex)
        #expect(throws: CertificateError.self) { try DistinguishedName(der: der) }
    }

    @Test func `names have a greatest size`() throws {
        let part = (OID.commonName, DERTag.utf8String, "a")
        _ = try name([[(OID, UInt8, String)]](repeating: [part], count: 64))
        #expect(throws: CertificateError.malformed("name")) {
            try name([[(OID, UInt8, String)]](repeating: [part], count: 65))
        }
    }
}
