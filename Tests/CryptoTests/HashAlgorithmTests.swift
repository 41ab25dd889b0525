import Testing

@testable import Crypto

@Suite struct HashAlgorithmTests {
    private func check<Hash: HashFunction>(_ hash: Hash.Type, _ algorithm: HashAlgorithm) {
        let key = Secret([1, 2, 3])
        let message: [UInt8] = [4, 5, 6, 7]
        var running = RunningHash(algorithm)
        running.update([4, 5])
        let before = running
        running.update([6, 7])
        #expect(running.algorithm == algorithm)
        #expect(running.finish() == Hash.value(of: message))
        #expect(before.finish() == Hash.value(of: [4, 5]))
        #expect(algorithm.hash(message) == Hash.value(of: message))
        let tag = algorithm.authenticate(message.span.raw, key: key.bytes)
        #expect(tag == HMAC<Hash>(key: key.bytes).authenticate(message))
        // Extraction is HMAC with the salt as its key, the first hash of an expansion HMAC over info and 1.
        let extracted = algorithm.extract(salt: key.bytes, keyMaterial: message.span.raw).revealed()
        #expect(tag.isEqual(to: extracted))
        let expanded = algorithm.expand(key, info: message.span.raw, count: algorithm.byteCount).revealed()
        #expect(HMAC<Hash>(key: key.bytes).authenticate(message + [1]).isEqual(to: expanded))
    }

    @Test func `each algorithm is its hash`() {
        check(SHA256.self, .sha256)
        check(SHA384.self, .sha384)
        check(SHA512.self, .sha512)
    }
}
