import Bytes
import Testing

@Suite struct XXH64Tests {
    @Test(
        arguments: [
            ("", 0xef46_db37_51d8_e999), ("a", 0xd24e_c4f1_a98c_6e5b), ("abc", 0x44bc_2cf5_ad77_0999),
            ("message digest", 0x066e_d728_fcee_b3be), ("abcdefghijklmnopqrstuvwxyz", 0xcfe1_f278_fa89_835c),
            ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 0xaaa4_6907_d304_7814),
            (
                "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
                0xe04a_477f_19ee_145d
            ),
            ("xxhash", 0x32dd_3895_2c4b_c720), ("The quick brown fox jumps over the lazy dog", 0x0b24_2d36_1fda_71bc),
        ] as [(String, UInt64)])
    func `published hashes are met`(text: String, hash: UInt64) {
        #expect(XXH64.hash(Array(text.utf8)) == hash)
    }

    /// The sanity buffer of the reference implementation: the top byte of a generator multiplied by a prime each step.
    static let sanityBuffer: [UInt8] = {
        var generator: UInt64 = 2_654_435_761
        return (0..<222).map { _ in
            defer { generator = generator &* 11_400_714_785_074_694_797 }
            return UInt8(truncatingIfNeeded: generator >> 56)
        }
    }()

    @Test(
        arguments: [
            (0, 0, 0xef46_db37_51d8_e999), (0, 2_654_435_761, 0xac75_fda2_929b_17ef),
            (1, 0, 0xe934_a84a_db05_2768), (1, 2_654_435_761, 0x5014_6076_43a9_b4c3),
            (4, 0, 0x9136_a0dc_a574_57ee), (14, 0, 0x8282_dcc4_994e_35c8),
            (14, 2_654_435_761, 0xc3bd_6bf6_3deb_6df0),
            (222, 0, 0xb641_ae8c_b691_c174), (222, 2_654_435_761, 0x20cb_8ab7_ae10_c14a),
        ] as [(Int, UInt64, UInt64)])
    func `the sanity checks of the reference hold`(count: Int, seed: UInt64, hash: UInt64) {
        #expect(XXH64.hash(Array(Self.sanityBuffer[..<count]), seed: seed) == hash)
        #expect(XXH64.hash(Self.sanityBuffer.span.extracting(0..<count), seed: seed) == hash)
    }

    @Test func `every length has a hash of its own`() {
        let hashes = Set((0...222).map { XXH64.hash(Array(Self.sanityBuffer[..<$0])) })
        #expect(hashes.count == 223)
    }
}
