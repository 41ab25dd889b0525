import JSON
import Testing

@testable import Crypto

@Suite(.enabled(if: WycheproofFile.areThere, "no Wycheproof vectors beside the repository"))
struct WycheproofSignatureTests {
    private func key(_ group: JSONObject, _ name: String) throws -> RSAPublicKey {
        guard case .object(let members)? = group[name] else { throw WycheproofError.unexpectedShape }
        let key = WycheproofVector(members: members)
        return try RSAPublicKey(modulus: key.bytes("modulus"), exponent: key.bytes("publicExponent"))
    }

    @Test(arguments: [
        ("2048_sha256", 259), ("2048_sha384", 258), ("2048_sha512", 259), ("3072_sha256", 259), ("3072_sha384", 259),
        ("3072_sha512", 260), ("4096_sha256", 258), ("4096_sha384", 259), ("4096_sha512", 259),
    ])
    func `RSA PKCS1 agrees with its vectors`(name: String, count: Int) throws {
        let vectors = try WycheproofFile("rsa_signature_\(name)_test.json").sample(oneOf: 40)
        for (group, vector) in vectors {
            let algorithm = try group.hashAlgorithm()
            // The acceptable ones miss a NULL (flag MissingNull): not the one encoding, so refused.
            #expect(
                try key(group, "publicKey").isValidPKCS1(
                    vector.bytes("sig"), algorithm, digest: algorithm.hash(vector.bytes("msg"))) == vector.isValid,
                vector.label)
        }
        #expect(!WycheproofFile.isLong || vectors.count == count)
    }

    @Test func `RSA PKCS1 signatures of other implementations are valid`() throws {
        let vectors = try WycheproofFile("rsa_pkcs1_2048_sig_gen_test.json").sample(oneOf: 8)
        for (group, vector) in vectors {
            // The weak hashes are not offered. The acceptable ones left are flagged for an exponent of 3.
            guard let algorithm = try? group.hashAlgorithm() else { continue }
            #expect(
                try key(group, "privateKey").isValidPKCS1(
                    vector.bytes("sig"), algorithm, digest: algorithm.hash(vector.bytes("msg"))), vector.label)
        }
    }

    @Test(arguments: [
        ("2048_sha256_mgf1_0", 103), ("2048_sha256_mgf1_32", 108), ("2048_sha384_mgf1_48", 141),
        ("3072_sha256_mgf1_32", 108), ("4096_sha256_mgf1_32", 108), ("4096_sha384_mgf1_48", 141),
        ("4096_sha512_mgf1_64", 179), ("misc", 150),
    ])
    func `RSA PSS agrees with its vectors`(name: String, count: Int) throws {
        let vectors = try WycheproofFile("rsa_pss_\(name)_test.json").sample(oneOf: 16)
        for (group, vector) in vectors {
            // One hash for message and mask, as TLS has it; the weak ones are not offered.
            guard let algorithm = try? group.hashAlgorithm(), group["mgfSha"] == group["sha"] else { continue }
            #expect(
                try key(group, "publicKey").isValidPSS(
                    vector.bytes("sig"), algorithm, digest: algorithm.hash(vector.bytes("msg")),
                    saltByteCount: group.integer("sLen")) == vector.isValid, vector.label)
        }
        #expect(!WycheproofFile.isLong || vectors.count == count)
    }

    @Test func `Ed25519 agrees with its vectors`() throws {
        let vectors = try WycheproofFile("ed25519_test.json").sample(oneOf: 4)
        for (group, vector) in vectors {
            guard case .object(let members)? = group["publicKey"] else { throw WycheproofError.unexpectedShape }
            let key = try Ed25519.PublicKey(WycheproofVector(members: members).bytes("pk"))
            #expect(try key.isValid(vector.bytes("sig"), message: vector.bytes("msg")) == vector.isValid, vector.label)
        }
        #expect(!WycheproofFile.isLong || vectors.count == 151)
    }
}
