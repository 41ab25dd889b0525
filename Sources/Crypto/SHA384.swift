/// SHA-384 (FIPS 180-4 section 6.5): SHA-512 from another beginning, cut to 48 bytes.
public struct SHA384: HashFunction {
    public static var blockByteCount: Int { 128 }
    public static var digestByteCount: Int { 48 }

    private var hash = SHA512(
        state: [
            0xcbbb_9d5d_c105_9ed8, 0x629a_292a_367c_d507, 0x9159_015a_3070_dd17, 0x152f_ecd8_f70e_5939,
            0x6733_2667_ffc0_0b31, 0x8eb4_4a87_6858_1511, 0xdb0c_2e0d_64f9_8fa7, 0x47b5_481d_befa_4fa4,
        ])

    public init() {}

    public mutating func update(_ bytes: RawSpan) { hash.update(bytes) }

    public func finish() -> HashValue {
        var words = hash.finalWords()
        words[6] = 0
        words[7] = 0
        return HashValue(bigEndian: words, byteCount: 48)
    }
}
