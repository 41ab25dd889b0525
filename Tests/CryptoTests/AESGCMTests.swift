import Testing

@testable import Crypto

@Suite struct AESGCMTests {
    struct Vector: Sendable {
        var key: String
        var nonce: String
        var plaintext: String
        var additionalData: String
        var sealed: String
    }

    /// McGrew and Viega, "The Galois/Counter Mode of Operation", test cases 1, 2, 4 and 16.
    static let vectors = [
        Vector(
            key: String(repeating: "0", count: 32), nonce: String(repeating: "0", count: 24), plaintext: "",
            additionalData: "", sealed: "58e2fccefa7e3061367f1d57a4e7455a"),
        Vector(
            key: String(repeating: "0", count: 32), nonce: String(repeating: "0", count: 24),
            plaintext: String(repeating: "0", count: 32), additionalData: "",
            sealed: "0388dace60b6a392f328c2b971b2fe78 ab6e47d42cec13bdf53a67b21257bddf"),
        Vector(
            key: "feffe9928665731c6d6a8f9467308308", nonce: "cafebabefacedbaddecaf888",
            plaintext: """
                d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72
                1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39
                """, additionalData: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            sealed: """
                42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e
                21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091 5bc94fbc3221a5db94fae95ae7121a47
                """),
        Vector(
            key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
            nonce: "cafebabefacedbaddecaf888",
            plaintext: """
                d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72
                1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39
                """, additionalData: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            sealed: """
                522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa
                8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662 76fc6ece0f4e1768cddf8853bb2d551b
                """),
    ]

    @Test(arguments: vectors)
    func `published inputs give their published ciphertext and tag`(vector: Vector) throws {
        let cipher = try AESGCM(key: Secret(bytes(vector.key)))
        let nonce = try bytes(vector.nonce)
        let data = try bytes(vector.additionalData)
        let sealed = try cipher.seal(bytes(vector.plaintext), nonce: nonce, additionalData: data)
        #expect(try sealed == bytes(vector.sealed))
        #expect(try cipher.open(sealed, nonce: nonce, additionalData: data) == bytes(vector.plaintext))
    }

    /// The expected values were computed with OpenSSL over the same messages.
    @Test(arguments: [
        (16, "5d97aa1bb80903e6c7850dae3c153b75ec0302f52952cf1e6f05cb195fbbc29f"),
        (32, "f9c5eededf6d2f40bf21c2a48d2b436103533675d2be9c15655405f23564a505"),
    ])
    func `messages of many lengths are sealed as another implementation seals them`(count: Int, hash: String) throws {
        var all = SHA256()
        for length in Array(0..<40) + [127, 128, 129, 255, 256, 257, 300] {
            let cipher = try AESGCM(key: Secret((0..<count).map { UInt8(truncatingIfNeeded: $0 * 5 + length) }))
            let nonce = (0..<12).map { UInt8(truncatingIfNeeded: $0 + 3 * length) }
            let message = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 11 + length) }
            let data = (0..<(length / 2)).map { UInt8(truncatingIfNeeded: $0 * 13 + length) }
            let sealed = cipher.seal(message, nonce: nonce, additionalData: data)
            #expect(try cipher.open(sealed, nonce: nonce, additionalData: data) == message)
            all.update(sealed)
        }
        #expect(all.finalize().hex == hash)
    }

    @Test func `every changed bit is noticed and nothing is decrypted`() throws {
        let cipher = try AESGCM(key: Secret([UInt8](repeating: 3, count: 16)))
        let nonce = [UInt8](repeating: 1, count: 12)
        let data: [UInt8] = [9]
        let sealed = cipher.seal([1, 2, 3], nonce: nonce, additionalData: data)
        for bit in 0..<(sealed.count * 8) {
            var changed = sealed
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            let before = changed
            #expect(throws: CryptoError.authenticationFailed) {
                try cipher.open(
                    &changed, in: 0..<changed.count, nonce: nonce.span.raw, additionalData: data.span.raw)
            }
            #expect(changed == before)
        }
        #expect(throws: CryptoError.authenticationFailed) { try cipher.open(sealed, nonce: nonce) }
        #expect(throws: CryptoError.malformed) { try cipher.open([1], nonce: nonce) }
        #expect(throws: CryptoError.malformed) { try cipher.open(sealed, nonce: []) }
    }

    @Test(arguments: [0, 15, 17, 24, 31, 33]) func `keys of another length are refused`(count: Int) {
        #expect(throws: CryptoError.invalidKeyLength(count)) {
            _ = try AESGCM(key: Secret([UInt8](repeating: 0, count: count)))
        }
    }

    @Test func `a range is sealed and opened in place`() throws {
        let cipher = try AESGCM(key: Secret([UInt8](repeating: 3, count: 32)))
        let nonce = [UInt8](repeating: 1, count: 12)
        let data: [UInt8] = [5]
        var bytes: [UInt8] = [7, 7, 1, 2, 3, 4]
        let tag = cipher.seal(&bytes, in: 2..<6, nonce: nonce.span.raw, additionalData: data.span.raw)
        #expect(bytes[..<2] == [7, 7])
        #expect(bytes[2...] + tag == cipher.seal([1, 2, 3, 4], nonce: nonce, additionalData: data)[...])
        bytes += tag
        try cipher.open(&bytes, in: 2..<22, nonce: nonce.span.raw, additionalData: data.span.raw)
        #expect(bytes[..<6] == [7, 7, 1, 2, 3, 4])
    }
}
