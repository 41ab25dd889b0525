import Testing

@testable import Crypto

@Suite struct Ed25519Tests {
    /// The keys and messages of RFC 8032 section 7.1, tests 1 to 3.
    @Test(arguments: [
        (
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
            """
            e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155
            5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b
            """
        ),
        (
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
            """
            92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da
            085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00
            """
        ),
        (
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
            """
            6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac
            18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a
            """
        ),
    ])
    func `published signatures are valid and changed ones are not`(key: String, message: String, signature: String)
        throws
    {
        let publicKey = try Ed25519.PublicKey(bytes(key))
        let message = try bytes(message)
        let signature = try bytes(signature)
        #expect(publicKey.isValid(signature, message: message))
        #expect(!publicKey.isValid(signature, message: message + [0]))
        #expect(!publicKey.isValid(Array(signature.dropLast()), message: message))
        for position in [0, 31, 32, 63] {
            var changed = signature
            changed[position] ^= 1
            #expect(!publicKey.isValid(changed, message: message))
        }
    }

    @Test func `a number that is not below the order is refused`() throws {
        let key = try Ed25519.PublicKey(bytes("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"))
        // The order in place of the number, and the neutral point.
        let order = try bytes("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
        #expect(!key.isValid([1] + [UInt8](repeating: 0, count: 31) + order, message: []))
    }

    @Test(arguments: [
        "0200000000000000000000000000000000000000000000000000000000000000",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "00", "",
    ])
    func `bytes that are no point in its one form are no key`(key: String) throws {
        let key = try bytes(key)
        #expect(throws: CryptoError.invalidPublicKey) { try Ed25519.PublicKey(key) }
    }

    @Test func `the order times the base point is the neutral point`() {
        let order: [UInt64] = [0x5812_631a_5cf5_d3ed, 0x14de_f9de_a2f7_9cd6, 0, 0x1000_0000_0000_0000]
        var result = EdwardsPoint.neutral
        for bit in (0..<253).reversed() {
            result = result.doubled
            if (order[bit / 64] >> UInt64(bit % 64)) & 1 == 1 { result = result.adding(.base) }
        }
        #expect(result.words[0] == 1)
        #expect(result.words[1] | result.words[2] | result.words[3] == 0)
    }
}
