import JSON
import Testing

@testable import Crypto

@Suite(.enabled(if: WycheproofFile.areThere, "no Wycheproof vectors beside the repository"))
struct WycheproofTests {
    @Test func `HMAC-SHA256 agrees with every vector`() throws {
        var count = 0
        for (group, vector) in try WycheproofFile("hmac_sha256_test.json").vectors {
            let key = try HMACKey(vector.bytes("key"))
            let tag = try vector.bytes("tag")
            let computed = try key.authenticate(vector.bytes("msg")).bytes.prefix(group.integer("tagSize") / 8)
            #expect(ConstantTime.isEqual(Array(computed), tag) == vector.isValid, vector.label)
            count += 1
        }
        #expect(count == 174)
    }

    @Test func `HKDF-SHA256 agrees with every vector`() throws {
        var count = 0
        for (_, vector) in try WycheproofFile("hkdf_sha256_test.json").vectors {
            count += 1
            let size = try vector.integer("size")
            // More than the most is a broken promise of the caller here.
            guard vector.isValid, size <= HKDF.maximumByteCount else { continue }
            let output = try HKDF.derive(
                keyMaterial: vector.bytes("ikm"), salt: vector.bytes("salt"), info: vector.bytes("info"), count: size)
            #expect(try output == vector.bytes("okm"), vector.label)
        }
        #expect(count == 86)
    }

    @Test func `ChaCha20-Poly1305 agrees with every vector`() throws {
        var count = 0
        for (_, vector) in try WycheproofFile("chacha20_poly1305_test.json").vectors {
            count += 1
            let key = try vector.bytes("key")
            let nonce = try vector.bytes("iv")
            let data = try vector.bytes("aad")
            let message = try vector.bytes("msg")
            let sealed = try vector.bytes("ct") + vector.bytes("tag")
            if vector.isValid {
                #expect(
                    ChaCha20Poly1305.seal(message, key: key, nonce: nonce, additionalData: data) == sealed,
                    vector.label)
                #expect(
                    try ChaCha20Poly1305.open(sealed, key: key, nonce: nonce, additionalData: data) == message,
                    vector.label)
            } else {
                #expect(throws: CryptoError.self, vector.label) {
                    try ChaCha20Poly1305.open(sealed, key: key, nonce: nonce, additionalData: data)
                }
            }
        }
        #expect(count == 325)
    }

    @Test func `AES-GCM agrees with every vector`() throws {
        var count = 0
        for (group, vector) in try WycheproofFile("aes_gcm_test.json").vectors {
            // Keys of 192 bits are not offered.
            guard try group.integer("keySize") != 192 else { continue }
            count += 1
            let key = try AESGCM(key: Secret(vector.bytes("key")))
            let nonce = try vector.bytes("iv")
            let data = try vector.bytes("aad")
            let message = try vector.bytes("msg")
            let sealed = try vector.bytes("ct") + vector.bytes("tag")
            if vector.isValid {
                #expect(key.seal(message, nonce: nonce, additionalData: data) == sealed, vector.label)
                #expect(try key.open(sealed, nonce: nonce, additionalData: data) == message, vector.label)
            } else {
                #expect(throws: CryptoError.self, vector.label) {
                    try key.open(sealed, nonce: nonce, additionalData: data)
                }
            }
        }
        #expect(count > 200)
    }

    @Test func `PBKDF2-HMAC-SHA256 agrees with every eighth vector`() throws {
        var count = 0
        for (_, vector) in try WycheproofFile("pbkdf2_hmacsha256_test.json").vectors {
            let iterations = try vector.integer("iterationCount")
            // Most take 4,096 iterations: all of them would be seconds in a debug build.
            guard vector.isValid, iterations <= 4096, try vector.integer("tcId") % 8 == 1 else { continue }
            let derived = try PBKDF2.derive(
                password: vector.bytes("password"), salt: vector.bytes("salt"), iterations: iterations,
                count: vector.integer("dkLen"))
            #expect(try derived == vector.bytes("dk"), vector.label)
            count += 1
        }
        #expect(count == 8)
    }
}
