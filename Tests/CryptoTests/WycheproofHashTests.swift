import JSON
import Testing

@testable import Crypto

@Suite(.enabled(if: WycheproofFile.areThere, "no Wycheproof vectors beside the repository"))
struct WycheproofHashTests {
    private func checkHMAC<Hash: HashFunction>(_ hash: Hash.Type, _ name: String) throws -> Int {
        let vectors = try WycheproofFile("hmac_\(name)_test.json").vectors
        for (group, vector) in vectors {
            let mac = try HMAC<Hash>(key: vector.bytes("key"))
            let tag = try vector.bytes("tag")
            let computed = try mac.authenticate(vector.bytes("msg")).bytes.prefix(group.integer("tagSize") / 8)
            #expect(ConstantTime.isEqual(Array(computed), tag) == vector.isValid, vector.label)
        }
        return vectors.count
    }

    private func checkHKDF<Hash: HashFunction>(_ hash: Hash.Type, _ name: String) throws -> Int {
        let vectors = try WycheproofFile("hkdf_\(name)_test.json").vectors
        for (_, vector) in vectors {
            let size = try vector.integer("size")
            // More than the most is a broken promise of the caller here.
            guard vector.isValid, size <= 255 * Hash.digestByteCount else { continue }
            let material = try vector.bytes("ikm")
            let salt = try vector.bytes("salt")
            let info = try vector.bytes("info")
            let output = HKDF.derive(
                hash, keyMaterial: material.span.raw, salt: salt.span.raw, info: info.span.raw, count: size)
            #expect(try output.revealed() == vector.bytes("okm"), vector.label)
        }
        return vectors.count
    }

    private func checkPBKDF2<Hash: HashFunction>(_ hash: Hash.Type, _ name: String) throws -> Int {
        // Most take 4,096 iterations: all of them would be seconds in a debug build.
        let vectors = try WycheproofFile("pbkdf2_hmac\(name)_test.json").sample(oneOf: 20)
        for (_, vector) in vectors {
            let iterations = try vector.integer("iterationCount")
            // One vector is past the limit.
            guard iterations <= (WycheproofFile.isLong ? 10_000_000 : 4096) else { continue }
            let derived = try PBKDF2.derive(
                hash, password: vector.bytes("password"), salt: vector.bytes("salt"), iterations: iterations,
                count: vector.integer("dkLen"))
            #expect(try derived == vector.bytes("dk"), vector.label)
        }
        return vectors.count
    }

    @Test func `HMAC over the other hashes agrees with every vector`() throws {
        #expect(try checkHMAC(SHA1.self, "sha1") == 170)
        #expect(try checkHMAC(SHA256.self, "sha256") == 174)
        #expect(try checkHMAC(SHA384.self, "sha384") == 174)
        #expect(try checkHMAC(SHA512.self, "sha512") == 174)
    }

    @Test func `HKDF over the other hashes agrees with every vector`() throws {
        #expect(try checkHKDF(SHA1.self, "sha1") == 87)
        #expect(try checkHKDF(SHA256.self, "sha256") == 86)
        #expect(try checkHKDF(SHA384.self, "sha384") == 83)
        #expect(try checkHKDF(SHA512.self, "sha512") == 83)
    }

    @Test func `PBKDF2 over the other hashes agrees with its vectors`() throws {
        #expect(try checkPBKDF2(SHA1.self, "sha1") >= 3)
        #expect(try checkPBKDF2(SHA256.self, "sha256") >= 3)
        #expect(try checkPBKDF2(SHA384.self, "sha384") >= 3)
        #expect(try checkPBKDF2(SHA512.self, "sha512") >= 3)
    }
}
