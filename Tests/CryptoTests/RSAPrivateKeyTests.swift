import Testing

@testable import Crypto

@Suite struct RSAPrivateKeyTests {
    // A key made for these tests alone.
    static let modulus = """
        b361bb22d6e6d5e5d4479bcfc59430cfb8f5f34771d666587417f8d42d923471059e013771d343cd94b0172afc01af07
        9b241f81e99405a8f47b6a034bbe8236c5910d6fccbc7b50b9f55034db1ed27d003201ac1e39281971d98197df15b6b2
        e1fe55e701fffec922ca5a7356766de657c0a3f7379fe82ff1599f5b468f75e729b1e4107e1f8d621a8fbd0fa6b2fdfa
        d43ee8e570f58c7dcb35b8b65940aa389ef0ccff09a290466354985c3ce5b9a3304d778588bd491f4f8903ff9c30de30
        e17d0450e02f87fbb46b6e9cd4015dbd37d0b045db6d8f9d2754e7e1d8646c52ba72cad161e4585e6a29dd374a309f67
        760f1ab6c0e7d8f1be7b716da9c3e11b
        """
    static let firstPrime = """
        e5ffd3be644c35f0614ff886d52180cf549fd90a3527ed2c17190553e76c40c3a99590f043b09146fc6e83e6868514f8
        d86fd483ee450041b5c4d255c190bd3bd8c6db64fe40100ce396270804f648161ff4be68b2fed48a69b585cd23ab7b96
        28677ad6aca2f2ad31a6ca407e0f9ed1a813a364cfdb1f1b52d3ce42ea1a3fef
        """
    static let secondPrime = """
        c7a908848540efbcbf1d0a67870725a9899aa2cf4a392270dc711de0a5457d3498ea536eedc88518f6e15acab65c5912
        def3cb48cffd7001c3b47abd94e7908eee2be8568b582196c601fa36a31534bce2cf717f38b465b42e53f9151fa0c9fa
        009833c6ea8b4d91a02673a06b6d8e0dc5c386005e081b6144e4d88dc1930595
        """
    static let firstExponent = """
        0fb0d74a3adf74229510f69c8437c7e8dd1616a17aa4e1aa4b5d1a9ef1bfd1df47577bced85f5859e668c7b8d75e86e2
        bf2949ef423714e066bd29b84dff48d9a75d51a45f3011a83f7283f1291d80277a40a128d5654b2cb22f7f1452a5a545
        c635e10c7a3497a7b72670cfdb89c744f85976a12f08fce3495047d70acf85a3
        """
    static let secondExponent = """
        7aa8002091502c3732dd1f582c5e9aa7856e67189b4b703a0f62ba6d187b1108efebfc6788528859a6c918a2b1d717ad
        7d241e3d53f1290f1c70527b06f01f217f759fdd12eb886efca398585a659ba97258e82bb4e53619b3e04883ce9353a1
        6f1e11a8e0cbc55272254d213efde5a7d6576089f73a59bfaeb83bc5122744e5
        """
    static let coefficient = """
        ccaf9d383bbe3b2d38244970bf5f30574eb89405ee828de18e70fc33d5453deea432a474bd42d9b54b265cb534528442
        2eee91dfc9a3ea4cb37874bb9aea641d3aab3692eac74a58db8a8dd5d55fb925e373c9f97a4dc15de950e728e3260550
        e769854adac93d60adbf19be41923fc4bf5a60a14be2810e2277e9cb83579e53
        """

    private func makeKey(exponent: [UInt8] = [1, 0, 1], firstExponent: String = RSAPrivateKeyTests.firstExponent) throws
        -> RSAPrivateKey
    {
        let numbers = try RSAPrivateKey.Numbers(
            modulus: bytes(RSAPrivateKeyTests.modulus), exponent: exponent,
            firstPrime: Secret(bytes(RSAPrivateKeyTests.firstPrime)),
            secondPrime: Secret(bytes(RSAPrivateKeyTests.secondPrime)), firstExponent: Secret(bytes(firstExponent)),
            secondExponent: Secret(bytes(RSAPrivateKeyTests.secondExponent)),
            coefficient: Secret(bytes(RSAPrivateKeyTests.coefficient)))
        return try RSAPrivateKey(numbers, random: Secret((0..<256).map { UInt8(truncatingIfNeeded: $0 * 7 + 3) }))
    }

    @Test func `signatures verify, differ with the entropy and hold for one message`() throws {
        let key = try makeKey()
        let digest = HashAlgorithm.sha256.hash([1, 2, 3])
        let signature = try key.signPSS(.sha256, digest: digest, entropy: Secret([UInt8](repeating: 5, count: 48)))
        #expect(key.publicKey.isValidPSS(signature, .sha256, digest: digest, saltByteCount: 32))
        let other = HashAlgorithm.sha256.hash([1])
        #expect(!key.publicKey.isValidPSS(signature, .sha256, digest: other, saltByteCount: 32))
        // The same salt and another blinding give the same signature, as they must.
        let blinded = [UInt8](repeating: 5, count: 32) + [UInt8](repeating: 9, count: 16)
        #expect(try key.signPSS(.sha256, digest: digest, entropy: Secret(blinded)) == signature)
        #expect(
            try key.signPSS(.sha256, digest: digest, entropy: Secret([UInt8](repeating: 6, count: 48))) != signature)
    }

    @Test func `a key whose exponent is wrong signs nothing`() throws {
        let key = try makeKey(firstExponent: RSAPrivateKeyTests.secondExponent)
        let digest = HashAlgorithm.sha384.hash([1])
        #expect(throws: CryptoError.signingFailed) {
            try key.signPSS(.sha384, digest: digest, entropy: Secret([UInt8](repeating: 5, count: 64)))
        }
    }

    @Test func `numbers that do not belong together are no key`() throws {
        let numbers = try RSAPrivateKey.Numbers(
            modulus: bytes(RSAPrivateKeyTests.modulus), exponent: [3],
            firstPrime: Secret(bytes(RSAPrivateKeyTests.firstPrime)),
            secondPrime: Secret(bytes(RSAPrivateKeyTests.coefficient)),
            firstExponent: Secret(bytes(RSAPrivateKeyTests.firstExponent)),
            secondExponent: Secret(bytes(RSAPrivateKeyTests.secondExponent)),
            coefficient: Secret(bytes(RSAPrivateKeyTests.coefficient)))
        #expect(throws: CryptoError.invalidPrivateKey) {
            try RSAPrivateKey(numbers, random: Secret([UInt8](repeating: 7, count: 256)))
        }
    }
}
