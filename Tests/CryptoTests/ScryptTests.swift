import Testing

@testable import Crypto

@Suite struct ScryptTests {
    /// RFC 7914 section 12, cases 1 to 3, in full at the lowest cost and one block at the higher ones.
    static let vectors: [(password: String, salt: String, parameters: Scrypt.Parameters, hash: String)] = [
        (
            "", "", Scrypt.Parameters(costLog2: 4, blockSize: 1, parallelism: 1),
            """
            77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442
            fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906
            """
        ),
        (
            "password", "NaCl", Scrypt.Parameters(costLog2: 10, blockSize: 8, parallelism: 16),
            """
            fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162
            2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640
            """
        ),
        (
            "pleaseletmein", "SodiumChloride", Scrypt.Parameters(costLog2: 14, blockSize: 8, parallelism: 1),
            """
            7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2
            d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887
            """
        ),
    ]

    @Test(arguments: vectors)
    func `a published password has its published hash`(
        password: String, salt: String, parameters: Scrypt.Parameters, hash: String
    ) throws {
        let derived = try Scrypt.derive(
            password: Array(password.utf8), salt: Array(salt.utf8), parameters: parameters, count: 64)
        #expect(try derived == bytes(hash))
    }

    @Test(arguments: [
        (0, 8, 1), (21, 1, 1), (10, 0, 1), (10, 33, 1), (10, 8, 0), (10, 8, 17), (17, 8, 1), (-1, 8, 1),
        (Int.max, 8, 1), (10, Int.max, 1), (10, 8, Int.max), (Int.min, Int.min, Int.min),
    ])
    func `parameters outside the limits are refused before any work`(cost: Int, size: Int, parallelism: Int) {
        let parameters = Scrypt.Parameters(costLog2: cost, blockSize: size, parallelism: parallelism)
        #expect(throws: CryptoError.invalidParameters) {
            try Scrypt.derive(password: [1], salt: [2], parameters: parameters)
        }
    }

    @Test func `the parameters for passwords are within the limits`() {
        #expect(Scrypt.Parameters.password.isAcceptable)
        #expect(Scrypt.Parameters.password.memoryByteCount == 32 << 20)
    }
}
