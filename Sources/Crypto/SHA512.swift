/// SHA-512 (FIPS 180-4 section 6.4), absorbing bytes piece by piece.
public struct SHA512: HashFunction {
    public static var blockByteCount: Int { 128 }
    public static var digestByteCount: Int { 64 }

    private var state: InlineArray<8, UInt64>
    private var block = InlineArray<128, UInt8>(repeating: 0)
    /// Bytes absorbed so far, those waiting in `block` included.
    private var byteCount: UInt64 = 0

    public init() {
        self.init(
            state: [
                0x6a09_e667_f3bc_c908, 0xbb67_ae85_84ca_a73b, 0x3c6e_f372_fe94_f82b, 0xa54f_f53a_5f1d_36f1,
                0x510e_527f_ade6_82d1, 0x9b05_688c_2b3e_6c1f, 0x1f83_d9ab_fb41_bd6b, 0x5be0_cd19_137e_2179,
            ])
    }

    /// Begins with `state`, for SHA-384.
    init(state: InlineArray<8, UInt64>) { self.state = state }

    public mutating func update(_ bytes: RawSpan) {
        let count = bytes.byteCount
        let waiting = Int(truncatingIfNeeded: byteCount & 127)
        byteCount &+= UInt64(count)
        var offset = 0
        if waiting > 0 {
            let space = 128 &- waiting
            guard count >= space else { return copy(bytes, into: &block, at: waiting) }
            copy(bytes.extracting(0..<space), into: &block, at: waiting)
            SHA512.compress(&state, block.span.raw, from: 0, to: 128)
            offset = space
        }
        let end = offset &+ ((count &- offset) & ~127)
        SHA512.compress(&state, bytes, from: offset, to: end)
        if end < count { copy(bytes.extracting(end..<count), into: &block, at: 0) }
    }

    public func finish() -> HashValue { HashValue(bigEndian: finalWords(), byteCount: 64) }

    /// The eight words of the hash of everything absorbed.
    func finalWords() -> InlineArray<8, UInt64> {
        var state = state
        var block = block
        // One bit, zeros, and the count of bits in the last sixteen bytes (section 5.1.2).
        var used = Int(truncatingIfNeeded: byteCount & 127)
        block[used] = 0x80
        used &+= 1
        if used > 112 {
            while used < 128 {
                block[used] = 0
                used &+= 1
            }
            SHA512.compress(&state, block.span.raw, from: 0, to: 128)
            used = 0
        }
        while used < 119 {
            block[used] = 0
            used &+= 1
        }
        // 64 bits of bytes are 67 bits of bits.
        block[119] = UInt8(truncatingIfNeeded: byteCount &>> 61)
        let bitCount = byteCount &<< 3
        for index in 0..<8 {
            block[120 &+ index] = UInt8(truncatingIfNeeded: bitCount &>> UInt64(56 &- 8 &* index))
        }
        SHA512.compress(&state, block.span.raw, from: 0, to: 128)
        return state
    }
}
