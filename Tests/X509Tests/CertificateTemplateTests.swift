import Testing
import X509

@Suite struct CertificateTemplateTests {
    let key: PrivateKey

    init() throws { key = try PrivateKey(random: Randomness.source(1)) }

    @Test func `a self-signed certificate says what it should`() throws {
        let challenge = CertificateExtension(
            id: try #require(OID("1.3.6.1.5.5.7.1.31")), isCritical: true, value: [4, 1, 7])
        let certificate = try CertificateTemplate.selfSigned(
            for: [.dns("a.example"), .ip([192, 0, 2, 1])], key: key, notBefore: Issuer.start, notAfter: Issuer.end,
            extensions: [challenge], random: Randomness.source(2))
        #expect(certificate.subject.isEmpty)
        #expect(certificate.serialNumber.count == 16)
        #expect(certificate.subjectAlternativeNames == [.dns("a.example"), .ip([192, 0, 2, 1])])
        #expect(certificate.extensions.first?.isCritical == true)
        #expect(certificate.extensions.last == challenge)
        #expect(key.belongs(to: certificate))
        try certificate.checkSignature(by: key.publicKey)
    }

    @Test func `times from 2050 on take the longer form`() throws {
        let template = CertificateTemplate(
            serialNumber: [0x80], issuer: DistinguishedName(commonName: "A"),
            subject: DistinguishedName(commonName: "B"),
            notBefore: 2_524_607_999, notAfter: 2_524_608_000, extensions: [])
        let certificate = try template.issue(for: key.subjectPublicKeyInfo, by: key, random: Randomness.source(2))
        #expect(certificate.notBefore == 2_524_607_999)
        #expect(certificate.notAfter == 2_524_608_000)
        #expect(certificate.serialNumber == [0x80])
    }

    @Test func `what breaks the rules is not issued`() throws {
        let template = CertificateTemplate(
            serialNumber: [UInt8](repeating: 0xff, count: 20), issuer: DistinguishedName(commonName: "A"),
            subject: DistinguishedName(commonName: "B"), notBefore: 0, notAfter: 1, extensions: [])
        #expect(throws: CertificateError.malformed("serial number")) {
            try template.issue(for: key.subjectPublicKeyInfo, by: key, random: Randomness.source(2))
        }
        #expect(throws: CertificateError.self) {
            try template.issue(for: [0x30, 0], by: key, random: Randomness.source(2))
        }
        #expect(throws: CertificateError.signingFailed) {
            try template.issue(
                for: key.subjectPublicKeyInfo, by: key, scheme: .rsaPSSSHA256, random: Randomness.source(2))
        }
    }

    @Test func `a request holds the key and the names`() throws {
        let request = try CertificateRequest(
            names: [.dns("a.example"), .dns("b.example")], key: key, random: Randomness.source(2))
        // SEQUENCE { info, algorithm, signature }; the info begins with version 0 and the empty name.
        var outer = DERReader(request.der)
        var reader = try outer.sequence("request")
        let info = try reader.next(DERTag.sequence, "info")
        #expect(Array(info.content.prefix(5)) == [2, 1, 0, 0x30, 0])
        _ = try reader.next(DERTag.sequence, "algorithm")
        let signature = Array(try reader.next(DERTag.bitString, "signature").content.dropFirst())
        try reader.finish("request")
        #expect(key.publicKey.isValid(signature, scheme: .ecdsaP256SHA256, message: Array(info.encoded)))
        #expect(Array(info.content).contains(key.subjectPublicKeyInfo))
        #expect(Array(info.content).contains(Array("a.example".utf8)))
        #expect(Array(info.content).contains(Array("b.example".utf8)))
        #expect(request.pem.hasPrefix("-----BEGIN CERTIFICATE REQUEST-----\n"))
    }
}
