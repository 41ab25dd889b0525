import JSON
import Testing

@testable import Crypto

@Suite(.enabled(if: WycheproofFile.areThere, "no Wycheproof vectors beside the repository"))
struct WycheproofCurveTests {
    @Test func `X25519 agrees with its vectors`() throws {
        let vectors = try WycheproofFile("x25519_test.json").sample(oneOf: 8)
        for (_, vector) in vectors {
            let shared = try vector.bytes("shared")
            // Acceptable are points of low order and of the twist, and numbers past the modulus: only a result of zero
            // is refused, as TLS demands.
            let isRefused = shared.allSatisfy { $0 == 0 }
            let result: [UInt8]?
            do throws(CryptoError) {
                result = try X25519.sharedSecret(
                    privateKey: Secret(vector.bytesOrNone("private")), publicKey: vector.bytesOrNone("public")
                ).revealed()
            } catch { result = nil }
            #expect(result == (isRefused ? nil : shared), vector.label)
            #expect(!isRefused || !vector.isValid, vector.label)
        }
        #expect(vectors.count == (WycheproofFile.isLong ? 518 : 65))
    }

    @Test func `P-256 key agreement agrees with its vectors`() throws {
        let vectors = try WycheproofFile("ecdh_secp256r1_ecpoint_test.json").sample(oneOf: 12)
        for (_, vector) in vectors {
            let result: [UInt8]?
            do throws(CryptoError) {
                let number = vector.bytesOrNone("private").drop { $0 == 0 }
                let key = try P256.PrivateKey(Secret([UInt8](repeating: 0, count: 32 - number.count) + number))
                result = try key.sharedSecret(with: P256.PublicKey(vector.bytesOrNone("public"))).revealed()
            } catch { result = nil }
            // Only uncompressed points are accepted, as TLS 1.3 demands.
            let isAccepted = vector.isValid && vector.bytesOrNone("public").first == 4
            #expect(result == (isAccepted ? try vector.bytes("shared") : nil), vector.label)
        }
        #expect(vectors.count == (WycheproofFile.isLong ? 355 : 30))
    }

    @Test(arguments: [
        ("ecdsa_secp256r1_sha256_test.json", 484), ("ecdsa_secp256r1_sha512_test.json", 554),
        ("ecdsa_secp256r1_sha256_p1363_test.json", 262), ("ecdsa_secp384r1_sha256_test.json", 472),
        ("ecdsa_secp384r1_sha384_test.json", 504), ("ecdsa_secp384r1_sha512_test.json", 542),
    ])
    func `ECDSA agrees with its vectors`(name: String, count: Int) throws {
        let encoding: ECDSASignature.Encoding = name.contains("p1363") ? .p1363 : .der
        let vectors = try WycheproofFile(name).sample(oneOf: 20)
        for (group, vector) in vectors {
            guard case .object(let key)? = group["publicKey"] else { throw WycheproofError.unexpectedShape }
            let point = try WycheproofVector(members: key).bytes("uncompressed")
            let digest = try group.hashAlgorithm().hash(vector.bytes("msg"))
            let signature = try vector.bytes("sig")
            let isValid =
                name.contains("secp384r1")
                ? try P384.PublicKey(point).isValid(signature, encoding, digest: digest)
                : try P256.PublicKey(point).isValid(signature, encoding, digest: digest)
            #expect(isValid == vector.isValid, vector.label)
        }
        #expect(!WycheproofFile.isLong || vectors.count == count)
    }
}
