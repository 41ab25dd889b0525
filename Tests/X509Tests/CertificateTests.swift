import Testing
import X509

@Suite struct CertificateTests {
    static let key = try? PrivateKey(random: Randomness.source(1))

    func forge(_ extensions: [CertificateExtension] = Issuer.server()) throws -> Forge {
        Forge(try #require(CertificateTests.key), extensions)
    }

    @Test func `every field is read`() throws {
        let der = try forge(
            Issuer.server(["a.example", "*.b.example"]) + [.basicConstraints(BasicConstraints(isAuthority: false))]
        ).der()
        let certificate = try Certificate(der: der)
        #expect(certificate.version == 3)
        #expect(certificate.serialNumber == [1])
        #expect(certificate.issuer.description == "CN=Root")
        #expect(certificate.subject == DistinguishedName(commonName: "server"))
        #expect(certificate.notBefore == Issuer.start)
        #expect(certificate.notAfter == Issuer.end)
        #expect(certificate.subjectAlternativeNames == [.dns("a.example"), .dns("*.b.example")])
        #expect(certificate.keyUsage == .digitalSignature)
        #expect(certificate.extendedKeyUsages == [.serverAuthentication])
        #expect(certificate.basicConstraints?.isAuthority == false)
        #expect(certificate.nameConstraints == nil)
        #expect(certificate.spkiHash.count == 32)
        #expect(!certificate.isSelfIssued)
        #expect(try Certificate.chain(pem: Array(certificate.pem.utf8)) == [certificate])
        try certificate.checkSignature(by: certificate.publicKey)
    }

    @Test(arguments: [
        // Version 1 written out, version 4, a version of two bytes.
        [0xa0, 3, 2, 1, 0], [0xa0, 3, 2, 1, 3], [0xa0, 4, 2, 2, 0, 2],
    ])
    func `other versions are refused`(version: [UInt8]) throws {
        var forge = try forge()
        forge.version = version
        #expect(throws: CertificateError.malformed("version")) { try Certificate(der: forge.der()) }
    }

    @Test func `extensions stand in version 3 alone`() throws {
        var forge = try forge()
        forge.version = [0xa0, 3, 2, 1, 1]
        #expect(throws: CertificateError.malformed("extensions")) { try Certificate(der: forge.der()) }
        forge.extensions = []
        #expect(try Certificate(der: forge.der()).version == 2)
        forge.version = []
        #expect(try Certificate(der: forge.der()).version == 1)
        forge.uniqueIdentifiers = [0x81, 2, 0, 1]
        #expect(throws: CertificateError.malformed("unique identifier")) { try Certificate(der: forge.der()) }
    }

    @Test(arguments: [
        [2, 0], [2, 1, 0x80], [2, 2, 0, 1], [2, 2, 0xff, 0xff],
        [2, 21] + [UInt8](repeating: 1, count: 21),
    ])
    func `serial numbers are positive and of at most 20 bytes`(serialNumber: [UInt8]) throws {
        var forge = try forge()
        forge.serialNumber = serialNumber
        #expect(throws: CertificateError.malformed("serial number")) { try Certificate(der: forge.der()) }
    }

    @Test func `the signature algorithm is the same inside and outside`() throws {
        var forge = try forge()
        var other = DERWriter()
        SignatureAlgorithm.write(.ecdsaP384SHA384, to: &other)
        forge.innerAlgorithm = other.bytes
        #expect(throws: CertificateError.malformed("signature algorithm")) { try Certificate(der: forge.der()) }
    }

    @Test(arguments: [
        ("2a864886f70d010105", "sha1WithRSAEncryption"), ("2a864886f70d010104", "md5WithRSAEncryption"),
        ("2a8648ce3d0401", "ecdsa-with-SHA1"),
    ])
    func `old hashes are refused by name`(identifier: String, name: String) throws {
        var forge = try forge()
        let identifierBytes = try bytes(identifier)
        let algorithm = Forge.sequence { writer in
            writer.oid(OID(identifierBytes))
            writer.null()
        }
        forge.innerAlgorithm = algorithm
        forge.outerAlgorithm = algorithm
        let certificate = try Certificate(der: forge.der())
        #expect(throws: CertificateError.unsupportedAlgorithm(name)) {
            try certificate.checkSignature(by: certificate.publicKey)
        }
    }

    @Test func `an extension that is there twice is refused`() throws {
        let one = CertificateExtension.keyUsage(.digitalSignature)
        let forge = try forge([one, one])
        #expect(throws: CertificateError.malformed("extension 2.5.29.15")) { try Certificate(der: forge.der()) }
    }

    @Test(arguments: [
        // An empty list of names, of purposes; an address of five bytes; a path length without an authority; one
        // below zero; a boolean that is 1; no bit of usage; constraints without any; a mask with a gap.
        (OID.subjectAlternativeName, "3000"), (.extendedKeyUsage, "3000"),
        (.subjectAlternativeName, "300787050102030405"),
        (.basicConstraints, "3003020100"), (.basicConstraints, "30060101ff0201ff"), (.basicConstraints, "3003010101"),
        (.keyUsage, "030100"), (.keyUsage, "03020001"), (.keyUsage, "03020105"), (.nameConstraints, "3000"),
        (.nameConstraints, "300ea00c300a87080a000000ff00ff00"), (.nameConstraints, "3002a000"),
        (.subjectAlternativeName, "30038201ff"), (.subjectAlternativeName, "30028200ff"),
    ])
    func `malformed extensions are refused`(id: OID, value: String) throws {
        // Two of these are right, to show that the others fail for their content.
        let isRight = value == "03020001" || value == "30060101ff020100"
        let forge = try forge([CertificateExtension(id: id, isCritical: false, value: try bytes(value))])
        if isRight {
            _ = try Certificate(der: forge.der())
        } else {
            #expect(throws: CertificateError.self) { try Certificate(der: forge.der()) }
        }
    }

    @Test func `a default that is written out is read`() throws {
        let forge = try forge([
            CertificateExtension(id: .basicConstraints, isCritical: true, value: [0x30, 3, 1, 1, 0])
        ])
        #expect(try Certificate(der: forge.der()).basicConstraints == BasicConstraints(isAuthority: false))
    }

    @Test(arguments: [
        ("170d3233313131343232313332305a", 1_700_000_000), ("170d3439313233313233353935395a", 2_524_607_999),
        ("170d3530303130313030303030305a", -631_152_000), ("180f32303530303130313030303030305a", 2_524_608_000),
        ("180f39393939313233313233353935395a", 253_402_300_799), ("170d3234303232393030303030305a", 1_709_164_800),
        ("180f32303233313131343232313332305a", 1_700_000_000),
    ])
    func `times are read`(element: String, seconds: Int64) throws {
        var forge = try forge()
        let encoded = try bytes(element)
        forge.validity = Forge.sequence { writer in
            writer.raw(encoded)
            writer.raw(encoded)
        }
        #expect(try Certificate(der: forge.der()).notAfter == seconds)
    }

    @Test(arguments: [
        // The 29th of February 2023, hour 24, minute 60, month 13 and 0, day 0, no zone, an offset, no seconds,
        // fractions, a letter, spaces.
        "230229000000Z", "230101240000Z", "230101006000Z", "230101000060Z", "231301000000Z", "230001000000Z",
        "230100000000Z", "2301010000000", "230101000000+0000", "2301010000Z", "230101000000.0Z", "23010100000aZ",
        " 30101000000Z", "",
    ])
    func `other times are refused`(text: String) throws {
        var forge = try forge()
        forge.validity = Forge.sequence { writer in
            writer.element(0x17, Array(text.utf8))
            writer.time(Issuer.end)
        }
        #expect(throws: CertificateError.malformed("validity")) { try Certificate(der: forge.der()) }
    }

    @Test(arguments: [
        // A curve without its name, RSA without NULL, Ed25519 with parameters, a bit string of broken bytes.
        "300f300906072a8648ce3d020103020004", "3011300b06092a864886f70d01010103020000",
        "300d3007060" + "32b6570050003020000",
        "300d3005060" + "32b657003020100",
    ])
    func `broken keys are malformed`(info: String) throws {
        var forge = try forge()
        forge.publicKey = try bytes(info)
        #expect(throws: CertificateError.self) { try Certificate(der: forge.der()) }
    }

    @Test func `keys of other kinds can be read and verify nothing`() throws {
        let compressed = Forge.sequence { info in
            info.sequence { algorithm in
                algorithm.oid(.ecPublicKey)
                algorithm.oid(.p256)
            }
            info.bitString([2] + [UInt8](repeating: 1, count: 32))
        }
        let explicit = Forge.sequence { info in
            info.sequence { algorithm in
                algorithm.oid(.ecPublicKey)
                algorithm.sequence { $0.integer([1]) }
            }
            info.bitString([4])
        }
        let short = Forge.sequence { info in
            info.sequence { algorithm in
                algorithm.oid(.rsaEncryption)
                algorithm.null()
            }
            info.bitString(
                Forge.sequence { key in
                    key.integer([0xff] + [UInt8](repeating: 1, count: 127))
                    key.integer([1, 0, 1])
                })
        }
        for (info, name) in [
            (compressed, "a bad point of P-256"), (explicit, "a curve given by its parameters"),
            (short, "RSA with 1024 bits"),
        ] {
            var forge = try forge()
            forge.publicKey = info
            let certificate = try Certificate(der: forge.der())
            guard case .unsupported(name) = certificate.publicKey else {
                Issue.record("\(name) is \(certificate.publicKey)")
                continue
            }
            #expect(throws: CertificateError.unsupportedAlgorithm(name)) {
                try certificate.checkSignature(by: certificate.publicKey)
            }
        }
    }

    @Test func `bytes behind the end are refused`() throws {
        let der = try forge().der()
        #expect(throws: CertificateError.malformed("certificate")) { try Certificate(der: der + [0]) }
        #expect(throws: CertificateError.malformed("certificate of 65537 bytes")) {
            try Certificate(der: [UInt8](repeating: 0, count: 65537))
        }
    }

    @Test func `every truncation is refused`() throws {
        let der = try forge().der()
        for count in 0..<der.count {
            #expect(throws: CertificateError.self) { try Certificate(der: Array(der[..<count])) }
        }
    }

    @Test func `no change of a byte goes unnoticed or traps`() throws {
        let der = try forge([.basicConstraints(BasicConstraints(isAuthority: true, pathLength: 3))] + Issuer.server())
            .der()
        let key = try #require(CertificateTests.key).publicKey
        var dice = Dice(seed: 5)
        var readable = 0
        for _ in 0..<3000 {
            var changed = der
            for _ in 0...Int.random(in: 0...2, using: &dice) {
                let index = Int.random(in: 0..<changed.count, using: &dice)
                switch Int.random(in: 0..<4, using: &dice) {
                case 0: changed.remove(at: index)
                case 1: changed.insert(UInt8.random(in: 0...255, using: &dice), at: index)
                default: changed[index] = UInt8.random(in: 0...255, using: &dice)
                }
            }
            guard changed != der, let certificate = try? Certificate(der: changed) else { continue }
            readable += 1
            // A signature costs time in debug builds: a sample.
            if readable % 50 == 0 {
                #expect(throws: CertificateError.self) { try certificate.checkSignature(by: key) }
            }
        }
        #expect(readable > 100)
    }
}
