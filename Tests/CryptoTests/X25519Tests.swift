import Testing

@testable import Crypto

@Suite struct X25519Tests {
    /// RFC 7748 section 5.2.
    @Test(arguments: [
        (
            "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
            "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
            "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"
        ),
        (
            "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
            "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
            "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957"
        ),
    ])
    func `a published scalar and point give the published point`(scalar: String, point: String, result: String) throws {
        let shared = try X25519.sharedSecret(privateKey: Secret(bytes(scalar)), publicKey: bytes(point))
        #expect(try shared.revealed() == bytes(result))
    }

    /// RFC 7748 section 5.2: the iterated test.
    @Test func `iterating gives the published results`() throws {
        var scalar = [9] + [UInt8](repeating: 0, count: 31)
        var point = scalar
        let (count, result) =
            WycheproofFile.isLong
            ? (1000, "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51")
            : (1, "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079")
        for _ in 0..<count {
            let next = try X25519.sharedSecret(privateKey: Secret(scalar), publicKey: point).revealed()
            point = scalar
            scalar = next
        }
        #expect(try scalar == bytes(result))
    }

    /// RFC 7748 section 6.1.
    @Test func `both sides come to the published secret`() throws {
        let alice = try Secret(bytes("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"))
        let bob = try Secret(bytes("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"))
        let publicAlice = try X25519.publicKey(of: alice)
        let publicBob = try X25519.publicKey(of: bob)
        #expect(try publicAlice == bytes("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"))
        #expect(try publicBob == bytes("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"))
        let secret = try bytes("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742")
        #expect(try X25519.sharedSecret(privateKey: alice, publicKey: publicBob).revealed() == secret)
        #expect(try X25519.sharedSecret(privateKey: bob, publicKey: publicAlice).revealed() == secret)
    }

    @Test func `a point that gives nothing is refused`() {
        let key = Secret([UInt8](repeating: 7, count: 32))
        for first in [0, 1] as [UInt8] {
            #expect(throws: CryptoError.invalidPublicKey) {
                try X25519.sharedSecret(privateKey: key, publicKey: [first] + [UInt8](repeating: 0, count: 31))
                    .byteCount
            }
        }
    }

    @Test(arguments: [0, 31, 33]) func `keys of another length are refused`(count: Int) {
        let wrong = [UInt8](repeating: 9, count: count)
        #expect(throws: CryptoError.invalidKeyLength(count)) { try X25519.publicKey(of: Secret(wrong)) }
        #expect(throws: CryptoError.invalidKeyLength(count)) {
            try X25519.sharedSecret(privateKey: Secret([UInt8](repeating: 7, count: 32)), publicKey: wrong).byteCount
        }
    }

    @Test func `the one representative below the modulus is written`() {
        let all = [UInt8](repeating: 0xff, count: 32)
        let words = Field25519(all.span.raw).words
        // 2^255 - 1 is 18.
        #expect(words[0] == 18 && words[1] | words[2] | words[3] == 0)
        let product = (Field25519.zero - Field25519.one) * (Field25519.zero - Field25519.one)
        #expect(product.words[0] == 1 && product.words[3] == 0)
    }
}
