import Bytes
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

    /// What follows `prefix` (hexadecimal), if nothing else stands before it and there are `count` bytes; otherwise
    /// nothing, which no key accepts.
    private func tail(_ bytes: [UInt8], after prefix: String, count: Int) -> [UInt8] {
        let head = Hex.decode(prefix) ?? []
        return bytes.starts(with: head) && bytes.count == head.count + count ? Array(bytes[head.count...]) : []
    }

    @Test func `X25519 agrees with the vectors that come as SubjectPublicKeyInfo`() throws {
        let vectors = try WycheproofFile("x25519_asn_test.json").sample(oneOf: 8)
        for (_, vector) in vectors {
            // The one encoding there is of each (RFC 8410).
            let point = tail(vector.bytesOrNone("public"), after: "302a300506032b656e032100", count: 32)
            let key = tail(vector.bytesOrNone("private"), after: "302e020100300506032b656e04220420", count: 32)
            let result: [UInt8]?
            do throws(CryptoError) {
                result = try X25519.sharedSecret(privateKey: Secret(key), publicKey: point).revealed()
            } catch { result = nil }
            let isAccepted = vector.members["result"] != .string("invalid") && !vector.hasFlag("ZeroSharedSecret")
            #expect(result == (isAccepted ? try vector.bytes("shared") : nil), vector.label)
        }
        #expect(vectors.count == (WycheproofFile.isLong ? 537 : 68))
    }

    @Test func `P-256 key agreement agrees with the vectors that come as SubjectPublicKeyInfo`() throws {
        let vectors = try WycheproofFile("ecdh_secp256r1_test.json").sample(oneOf: 20)
        for (_, vector) in vectors {
            // The one encoding there is of an uncompressed point of the named curve (RFC 5480).
            let prefix = "3059301306072a8648ce3d020106082a8648ce3d030107034200"
            let point = tail(vector.bytesOrNone("public"), after: prefix, count: 65)
            let number = vector.bytesOrNone("private").drop { $0 == 0 }
            let result: [UInt8]?
            do throws(CryptoError) {
                let key = try P256.PrivateKey(Secret([UInt8](repeating: 0, count: max(0, 32 - number.count)) + number))
                result = try key.sharedSecret(with: P256.PublicKey(point)).revealed()
            } catch { result = nil }
            // Acceptable are other encodings, which are refused, and others of the private key.
            let shared = try vector.bytes("shared")
            #expect(result == shared || (result == nil && !vector.isValid), vector.label)
            #expect(result == nil || vector.members["result"] != .string("invalid"), vector.label)
        }
        #expect(vectors.count == (WycheproofFile.isLong ? 612 : 31))
    }
}
