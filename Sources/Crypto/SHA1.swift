/// SHA-1 (FIPS 180-4 section 6.1), for one-time passwords (RFC 6238) and nothing else: collisions are known, so it
/// must not stand behind a signature or a fingerprint. HMAC with it is not known to be broken.
public struct SHA1: HashFunction {
    public static var blockByteCount: Int { 64 }
    public static var digestByteCount: Int { 20 }

    private var state: InlineArray<5, UInt32> = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0]
    private var block = InlineArray<64, UInt8>(repeating: 0)
    /// Bytes absorbed so far, those waiting in `block` included.
    private var byteCount: UInt64 = 0

    public init() {}

    public mutating func update(_ bytes: RawSpan) {
        var offset = 0
        while offset < bytes.byteCount {
            let waiting = Int(truncatingIfNeeded: byteCount & 63)
            let step = min(64 &- waiting, bytes.byteCount &- offset)
            copy(bytes.extracting(offset..<(offset &+ step)), into: &block, at: waiting)
            byteCount &+= UInt64(step)
            offset &+= step
            if waiting &+ step == 64 { SHA1.compress(&state, block.span.raw) }
        }
    }

    public func finish() -> HashValue {
        var state = state
        var block = block
        // One bit, zeros, and the count of bits in the last eight bytes (section 5.1.1).
        let used = Int(truncatingIfNeeded: byteCount & 63)
        block[used] = 0x80
        for index in (used &+ 1)..<64 { block[index] = 0 }
        if used >= 56 {
            SHA1.compress(&state, block.span.raw)
            for index in 0..<56 { block[index] = 0 }
        }
        let bitCount = byteCount &<< 3
        for index in 0..<8 {
            block[56 &+ index] = UInt8(truncatingIfNeeded: bitCount &>> UInt64(56 &- 8 &* index))
        }
        SHA1.compress(&state, block.span.raw)
        return HashValue(
            bigEndian: [
                UInt64(state[0]) &<< 32 | UInt64(state[1]), UInt64(state[2]) &<< 32 | UInt64(state[3]),
                UInt64(state[4]) &<< 32, 0, 0, 0, 0, 0,
            ], byteCount: 20)
    }

    private static func compress(_ state: inout InlineArray<5, UInt32>, _ block: RawSpan) {
        var words = InlineArray<80, UInt32>(repeating: 0)
        for index in 0..<16 { words[index] = block.bigEndian32(at: 4 &* index) }
        for index in 16..<80 {
            let word = words[index &- 3] ^ words[index &- 8] ^ words[index &- 14] ^ words[index &- 16]
            words[index] = (word &<< 1) | (word &>> 31)
        }
        var a = state[0]
        var b = state[1]
        var c = state[2]
        var d = state[3]
        var e = state[4]
        for index in 0..<80 {
            let mixed: UInt32
            // The round's number is no secret.
            switch index {
            case 0..<20: mixed = (d ^ (b & (c ^ d))) &+ 0x5a82_7999
            case 20..<40: mixed = (b ^ c ^ d) &+ 0x6ed9_eba1
            case 40..<60: mixed = ((b & c) | (d & (b | c))) &+ 0x8f1b_bcdc
            default: mixed = (b ^ c ^ d) &+ 0xca62_c1d6
            }
            let next = ((a &<< 5) | (a &>> 27)) &+ mixed &+ e &+ words[index]
            e = d
            d = c
            c = (b &<< 30) | (b &>> 2)
            b = a
            a = next
        }
        state[0] &+= a
        state[1] &+= b
        state[2] &+= c
        state[3] &+= d
        state[4] &+= e
    }
}
