/// Eight AES blocks as eight slices: slice *i* has bit *i* of all 128 bytes. The first lane of every slice holds blocks
/// 0 to 3, the second blocks 4 to 7.
struct AESSlices {
    /// One slice.
    typealias Lanes = SIMD2<UInt64>

    var q0 = Lanes.zero
    var q1 = Lanes.zero
    var q2 = Lanes.zero
    var q3 = Lanes.zero
    var q4 = Lanes.zero
    var q5 = Lanes.zero
    var q6 = Lanes.zero
    var q7 = Lanes.zero

    /// `word` for both lanes.
    @inline(__always)
    static func both(_ word: UInt32) -> Lanes { Lanes(repeating: UInt64(word)) }

    @inline(__always)
    private static func all(_ word: UInt64) -> Lanes { Lanes(repeating: word) }

    /// Puts the four little-endian words of block `index` (and 4 + `index`), before the transposition.
    @inline(__always)
    mutating func insert(_ w0: Lanes, _ w1: Lanes, _ w2: Lanes, _ w3: Lanes, at index: Int) {
        let low = AESSlices.spread(w0) | AESSlices.spread(w2) &<< AESSlices.all(8)
        let high = AESSlices.spread(w1) | AESSlices.spread(w3) &<< AESSlices.all(8)
        switch index {
        case 0: (q0, q4) = (low, high)
        case 1: (q1, q5) = (low, high)
        case 2: (q2, q6) = (low, high)
        default: (q3, q7) = (low, high)
        }
    }

    /// The two little-endian halves of block `index` (and 4 + `index`), after the transposition back.
    @inline(__always)
    func extract(at index: Int) -> (low: Lanes, high: Lanes) {
        let (a, b) =
            switch index {
            case 0: (q0, q4)
            case 1: (q1, q5)
            case 2: (q2, q6)
            default: (q3, q7)
            }
        let eight = AESSlices.all(8)
        return (
            AESSlices.gather(a) | AESSlices.gather(b) &<< AESSlices.all(32),
            AESSlices.gather(a &>> eight) | AESSlices.gather(b &>> eight) &<< AESSlices.all(32)
        )
    }

    /// The four bytes of a word in every other byte of 64 bits.
    @inline(__always)
    private static func spread(_ word: Lanes) -> Lanes {
        let pairs = (word | word &<< all(16)) & all(0x0000_ffff_0000_ffff)
        return (pairs | pairs &<< all(8)) & all(0x00ff_00ff_00ff_00ff)
    }

    /// The opposite of ``spread(_:)``.
    @inline(__always)
    private static func gather(_ word: Lanes) -> Lanes {
        let bytes = word & all(0x00ff_00ff_00ff_00ff)
        let pairs = (bytes | bytes &>> all(8)) & all(0x0000_ffff_0000_ffff)
        return (pairs | pairs &>> all(16)) & all(0xffff_ffff)
    }

    /// Bytes to slices, and slices to bytes.
    @inline(__always)
    mutating func transpose() {
        AESSlices.exchange(&q0, &q1, 0x5555_5555_5555_5555, 1)
        AESSlices.exchange(&q2, &q3, 0x5555_5555_5555_5555, 1)
        AESSlices.exchange(&q4, &q5, 0x5555_5555_5555_5555, 1)
        AESSlices.exchange(&q6, &q7, 0x5555_5555_5555_5555, 1)
        AESSlices.exchange(&q0, &q2, 0x3333_3333_3333_3333, 2)
        AESSlices.exchange(&q1, &q3, 0x3333_3333_3333_3333, 2)
        AESSlices.exchange(&q4, &q6, 0x3333_3333_3333_3333, 2)
        AESSlices.exchange(&q5, &q7, 0x3333_3333_3333_3333, 2)
        AESSlices.exchange(&q0, &q4, 0x0f0f_0f0f_0f0f_0f0f, 4)
        AESSlices.exchange(&q1, &q5, 0x0f0f_0f0f_0f0f_0f0f, 4)
        AESSlices.exchange(&q2, &q6, 0x0f0f_0f0f_0f0f_0f0f, 4)
        AESSlices.exchange(&q3, &q7, 0x0f0f_0f0f_0f0f_0f0f, 4)
    }

    /// Swaps the upper groups of `one` with the lower groups of `other`, each `shift` bits wide.
    @inline(__always)
    private static func exchange(_ one: inout Lanes, _ other: inout Lanes, _ mask: UInt64, _ shift: UInt64) {
        let low = all(mask)
        let high = all(~mask)
        let count = all(shift)
        let a = one
        let b = other
        one = (a & low) | (b & low) &<< count
        other = (a & high) &>> count | (b & high)
    }

    @inline(__always)
    mutating func shiftRows() {
        q0 = AESSlices.shifted(q0)
        q1 = AESSlices.shifted(q1)
        q2 = AESSlices.shifted(q2)
        q3 = AESSlices.shifted(q3)
        q4 = AESSlices.shifted(q4)
        q5 = AESSlices.shifted(q5)
        q6 = AESSlices.shifted(q6)
        q7 = AESSlices.shifted(q7)
    }

    @inline(__always)
    private static func shifted(_ x: Lanes) -> Lanes {
        var result = x & all(0x0000_0000_0000_ffff)
        result |= (x & all(0x0000_0000_fff0_0000)) &>> all(4)
        result |= (x & all(0x0000_0000_000f_0000)) &<< all(12)
        result |= (x & all(0x0000_ff00_0000_0000)) &>> all(8)
        result |= (x & all(0x0000_00ff_0000_0000)) &<< all(8)
        result |= (x & all(0xf000_0000_0000_0000)) &>> all(12)
        result |= (x & all(0x0fff_0000_0000_0000)) &<< all(4)
        return result
    }

    @inline(__always)
    mutating func mixColumns() {
        let r0 = AESSlices.nextRow(q0)
        let r1 = AESSlices.nextRow(q1)
        let r2 = AESSlices.nextRow(q2)
        let r3 = AESSlices.nextRow(q3)
        let r4 = AESSlices.nextRow(q4)
        let r5 = AESSlices.nextRow(q5)
        let r6 = AESSlices.nextRow(q6)
        let r7 = AESSlices.nextRow(q7)
        let s0 = q0 ^ r0
        let s1 = q1 ^ r1
        let s2 = q2 ^ r2
        let s3 = q3 ^ r3
        let s4 = q4 ^ r4
        let s5 = q5 ^ r5
        let s6 = q6 ^ r6
        let s7 = q7 ^ r7
        q0 = s7 ^ r0 ^ AESSlices.half(s0)
        q1 = s0 ^ s7 ^ r1 ^ AESSlices.half(s1)
        q2 = s1 ^ r2 ^ AESSlices.half(s2)
        q3 = s2 ^ s7 ^ r3 ^ AESSlices.half(s3)
        q4 = s3 ^ s7 ^ r4 ^ AESSlices.half(s4)
        q5 = s4 ^ r5 ^ AESSlices.half(s5)
        q6 = s5 ^ r6 ^ AESSlices.half(s6)
        q7 = s6 ^ r7 ^ AESSlices.half(s7)
    }

    // Rotations are sums: written with | the compiler takes them for scalar rotations.

    @inline(__always)
    private static func nextRow(_ x: Lanes) -> Lanes { x &>> all(16) &+ x &<< all(48) }

    @inline(__always)
    private static func half(_ x: Lanes) -> Lanes { x &>> all(32) &+ x &<< all(32) }
}
