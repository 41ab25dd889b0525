import Testing

@testable import Crypto

@Suite struct HashFunctionTests {
    /// The example message of 896 bits (FIPS 180-4).
    static let longer = """
        abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno\
        ijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu
        """

    private func check<Hash: HashFunction>(
        _ hash: Hash.Type, empty: String, abc: String, longer: String, lengths: String
    ) throws {
        #expect(try Hash.value(of: []).bytes == bytes(empty))
        #expect(try Hash.value(of: Array("abc".utf8)).bytes == bytes(abc))
        #expect(try Hash.value(of: Array(HashFunctionTests.longer.utf8)).bytes == bytes(longer))
        // The hash of the hashes of 300 messages, one of each length from 0 on, absorbed in two pieces.
        var all = Hash()
        for count in 0..<300 {
            let message = (0..<count).map { UInt8(($0 * 7 + count) % 251) }
            var one = Hash()
            one.update(message[..<(count / 3)])
            one.update(message[(count / 3)...])
            all.update(one.finish())
        }
        #expect(try all.finish().bytes == bytes(lengths))
        #expect(Hash.value(of: []).byteCount == Hash.digestByteCount)
    }

    @Test func `SHA-1 of messages of every length is the published one`() throws {
        try check(
            SHA1.self,
            empty: "da39a3ee5e6b4b0d3255bfef95601890afd80709",
            abc: "a9993e364706816aba3e25717850c26c9cd0d89d",
            longer: "a49b2446a02c645bf419f995b67091253a04a259",
            lengths: "3c49db8fcbdc31c3e5fc6c5e19140b6735c72b55")
    }

    @Test func `SHA-256 of messages of every length is the published one`() throws {
        try check(
            SHA256.self,
            empty: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            abc: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            longer: "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1",
            lengths: "85a7b6ba443a050fc9fdf1b87b574d54a8573461c1cd4289890e21947a70fc31")
    }

    @Test func `SHA-384 of messages of every length is the published one`() throws {
        try check(
            SHA384.self,
            empty: "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b",
            abc: "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
            longer: "09330c33f71147e83d192fc782cd1b4753111b173b3b05d22fa08086e3b0f712fcc7c71a557e2db966c3e9fa91746039",
            lengths: "b2d7dad6b70621992dd92a3d0265536ad320be3561526a09063517cc4d852ecfeccd8346a104369102a60bedd470e376")
    }

    @Test func `SHA-512 of messages of every length is the published one`() throws {
        try check(
            SHA512.self,
            empty: """
                cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f\
                63b931bd47417a81a538327af927da3e
                """,
            abc: """
                ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd\
                454d4423643ce80e2a9ac94fa54ca49f
                """,
            longer: """
                8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018501d289e4900f7e4331b99dec4b5433a\
                c7d329eeb6dd26545e96e55b874be909
                """,
            lengths: """
                6a178d799d507dd0b0acc247b164e89899ac80606999e05f885c6877368810c3f79ebf85871cd789de1cf249b3592e90\
                9c7e9290f9b3a110f5731cbf1e047298
                """)
    }

    @Test func `a million letters hash to the published value`() throws {
        let message = [UInt8](repeating: 0x61, count: 1_000_000)
        #expect(
            try SHA384.value(of: message).bytes
                == bytes(
                    "9d0e1809716474cb086e834e310a4a1ced149e9c00f248527972cec5704c2a5b07b8b3dc38ecc4ebae97ddd87f3d8985"))
    }

    @Test func `values compare by their bytes`() {
        let value = SHA384.value(of: [1])
        #expect(value == SHA384.value(of: [1]))
        #expect(value != SHA384.value(of: [2]))
        #expect(value.isEqual(to: value.bytes))
        #expect(!value.isEqual(to: Array(value.bytes.dropLast())))
        #expect(SHA256.value(of: [1]) == HashValue(SHA256.digest(of: [1])))
    }

    @Test(arguments: [HashAlgorithm.sha256, .sha384, .sha512])
    func `an algorithm chosen at run time says its length`(algorithm: HashAlgorithm) {
        #expect(algorithm.hash([1, 2, 3]).byteCount == algorithm.byteCount)
    }
}
