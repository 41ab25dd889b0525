import Testing
import X509

@Suite struct PrivateKeyTests {
    static let cases = DataFile("keys.txt").cases

    @Test(arguments: PrivateKeyTests.cases.filter { $0.value("verdict") == "ok" })
    func `keys are read and sign`(one: DataFile.Case) throws {
        let key = try PrivateKey(pem: one.pem(), random: Randomness.source(1))
        #expect(try PEM.decode(one.pem("public"))[0].der == key.subjectPublicKeyInfo)
        let message = Array("message".utf8)
        // The larger key is slow in debug builds; every scheme of the others is tried.
        for scheme in one.name.contains("4,096") ? [.rsaPSSSHA512] : key.schemes {
            let signature = try key.sign(message, scheme: scheme, random: Randomness.source(2))
            #expect(key.publicKey.isValid(signature, scheme: scheme, message: message))
            #expect(!key.publicKey.isValid(signature, scheme: scheme, message: message + [0]))
        }
    }

    @Test(arguments: PrivateKeyTests.cases.filter { $0.value("verdict") != "ok" })
    func `other keys are refused`(one: DataFile.Case) throws {
        do {
            _ = try PrivateKey(pem: one.pem(), random: Randomness.source(1))
            Issue.record("it was read")
        } catch {
            switch error {
            case .encryptedKey: #expect(one.value("verdict") == "encryptedKey")
            case .unsupportedAlgorithm: #expect(one.value("verdict") == "unsupportedAlgorithm")
            default: Issue.record(error)
            }
        }
    }

    @Test func `a key is written as it is read`() throws {
        let key = try PrivateKey(random: Randomness.source(3))
        let pem = try #require(key.pem)
        let again = try PrivateKey(pem: Array(pem.utf8), random: Randomness.source(4))
        #expect(again.subjectPublicKeyInfo == key.subjectPublicKeyInfo)
        #expect(again.pem == pem)
        #expect("\(key)" == "<redacted>")
    }

    @Test func `no key signs with another's scheme`() throws {
        let key = try PrivateKey(random: Randomness.source(3))
        #expect(key.schemes == [.ecdsaP256SHA256])
        #expect(throws: CertificateError.signingFailed) {
            try key.sign([], scheme: .rsaPSSSHA256, random: Randomness.source(1))
        }
        #expect(throws: CertificateError.signingFailed) {
            try key.sign([], scheme: .ecdsaP384SHA384, random: Randomness.source(1))
        }
    }

    @Test func `a text without a key is refused`() {
        #expect(throws: CertificateError.malformed("no private key in the text")) {
            try PrivateKey(pem: [], random: Randomness.source(1))
        }
    }

    @Test func `a public part that is another's is refused`() throws {
        let first = try PEM.decode(Array(#require(PrivateKey(random: Randomness.source(1)).pem).utf8))[0].der
        let second = try PEM.decode(Array(#require(PrivateKey(random: Randomness.source(2)).pem).utf8))[0].der
        let mixed = Array(first.dropLast(64)) + second.suffix(64)
        #expect(throws: CertificateError.invalidKey) {
            try PrivateKey(pem: Array(PEM.encode("PRIVATE KEY", mixed).utf8), random: Randomness.source(3))
        }
    }

    @Test func `no change of a key's bytes traps`() throws {
        let rsa = try #require(PrivateKeyTests.cases.first { $0.name == "PKCS 8 of RSA" })
        let curve = try #require(PrivateKeyTests.cases.first { $0.name == "PKCS 8 of P-256" })
        var dice = Dice(seed: 3)
        for (one, count) in [(rsa, 20), (curve, 200)] {
            let der = try PEM.decode(one.pem())[0].der
            for _ in 0..<count {
                var changed = der
                changed[Int.random(in: 0..<changed.count, using: &dice)] = UInt8.random(in: 0...255, using: &dice)
                _ = try? PrivateKey(
                    pem: Array(PEM.encode("PRIVATE KEY", changed).utf8), random: Randomness.source(3))
            }
        }
    }
}
