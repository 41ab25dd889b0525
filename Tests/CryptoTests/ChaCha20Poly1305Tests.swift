import Testing

@testable import Crypto

@Suite struct ChaCha20Poly1305Tests {
    static let sunscreen = """
        Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would \
        be it.
        """

    /// RFC 8439 section 2.8.2.
    @Test func `the published message seals to its published bytes`() throws {
        let key = try bytes("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f")
        let nonce = try bytes("070000004041424344454647")
        let data = try bytes("50515253c0c1c2c3c4c5c6c7")
        let sealed = ChaCha20Poly1305.seal(
            Array(ChaCha20Poly1305Tests.sunscreen.utf8), key: key, nonce: nonce, additionalData: data)
        #expect(
            try sealed
                == bytes(
                    """
                    d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b
                    1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc
                    3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691
                    """))
        let opened = try ChaCha20Poly1305.open(sealed, key: key, nonce: nonce, additionalData: data)
        #expect(opened == Array(ChaCha20Poly1305Tests.sunscreen.utf8))
    }

    /// draft-irtf-cfrg-xchacha-03 appendix A.3.1.
    @Test func `the published message seals under a long nonce to its published bytes`() throws {
        let key = try bytes("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f")
        let nonce = try bytes("404142434445464748494a4b4c4d4e4f5051525354555657")
        let data = try bytes("50515253c0c1c2c3c4c5c6c7")
        let sealed = XChaCha20Poly1305.seal(
            Array(ChaCha20Poly1305Tests.sunscreen.utf8), key: key, nonce: nonce, additionalData: data)
        #expect(
            try sealed
                == bytes(
                    """
                    bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39
                    ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9
                    21f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780acf49
                    """))
        let opened = try XChaCha20Poly1305.open(sealed, key: key, nonce: nonce, additionalData: data)
        #expect(opened == Array(ChaCha20Poly1305Tests.sunscreen.utf8))
    }

    @Test func `every changed bit and every truncation is refused`() {
        let key = [UInt8](repeating: 5, count: 32)
        let nonce = [UInt8](repeating: 6, count: 12)
        let sealed = ChaCha20Poly1305.seal([1, 2, 3, 4, 5], key: key, nonce: nonce, additionalData: [9])
        for bit in 0..<sealed.count * 8 {
            var changed = sealed
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: CryptoError.authenticationFailed) {
                try ChaCha20Poly1305.open(changed, key: key, nonce: nonce, additionalData: [9])
            }
        }
        for count in 0..<sealed.count {
            #expect(throws: count < 16 ? CryptoError.malformed : .authenticationFailed) {
                try ChaCha20Poly1305.open(
                    Array(sealed.prefix(count)), key: key, nonce: nonce, additionalData: [9])
            }
        }
        #expect(throws: CryptoError.authenticationFailed) {
            try ChaCha20Poly1305.open(sealed, key: key, nonce: nonce, additionalData: [9, 0])
        }
    }

    @Test func `keys and nonces of another length are refused`() {
        let sealed = [UInt8](repeating: 0, count: 40)
        #expect(throws: CryptoError.invalidKeyLength(31)) {
            try ChaCha20Poly1305.open(
                sealed, key: [UInt8](repeating: 0, count: 31), nonce: [UInt8](repeating: 0, count: 12))
        }
        #expect(throws: CryptoError.malformed) {
            try ChaCha20Poly1305.open(
                sealed, key: [UInt8](repeating: 0, count: 32), nonce: [UInt8](repeating: 0, count: 24))
        }
        #expect(throws: CryptoError.malformed) {
            try XChaCha20Poly1305.open(
                sealed, key: [UInt8](repeating: 0, count: 32), nonce: [UInt8](repeating: 0, count: 12))
        }
    }

    @Test(arguments: [0, 1, 63, 64, 255, 256, 257, 512, 1000]) func `a range is sealed and opened in place`(count: Int)
        throws
    {
        let key = [UInt8](repeating: 3, count: 32)
        let secret = Secret([UInt8](repeating: 3, count: 32))
        let nonce = [UInt8](repeating: 1, count: 12)
        let data: [UInt8] = [5]
        let message = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        var bytes: [UInt8] = [7, 7] + message
        let tag = ChaCha20Poly1305.seal(
            &bytes, in: 2..<bytes.count, key: secret, nonce: nonce.span.raw, additionalData: data.span.raw)
        bytes += tag
        #expect(Array(bytes[2...]) == ChaCha20Poly1305.seal(message, key: key, nonce: nonce, additionalData: data))
        var changed = bytes
        changed[bytes.count - 1] ^= 1
        #expect(throws: CryptoError.authenticationFailed) {
            try ChaCha20Poly1305.open(
                &changed, in: 2..<changed.count, key: secret, nonce: nonce.span.raw, additionalData: data.span.raw)
        }
        try ChaCha20Poly1305.open(
            &bytes, in: 2..<bytes.count, key: secret, nonce: nonce.span.raw, additionalData: data.span.raw)
        #expect(Array(bytes[..<(count + 2)]) == [7, 7] + message)
    }
}
