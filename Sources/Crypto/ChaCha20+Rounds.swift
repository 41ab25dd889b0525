/// The twenty rounds (RFC 8439 sections 2.1 to 2.3).
///
/// The sixteen words are separate variables, so that they stay in registers; the compiler makes vectors of
/// rows by itself, while the library's vector rotations come apart into scalar ones.
extension ChaCha20 {
    /// Ten double rounds, without the addition of the initial state.
    static func permute(_ state: inout InlineArray<16, UInt32>) {
        var x0 = state[0]
        var x1 = state[1]
        var x2 = state[2]
        var x3 = state[3]
        var x4 = state[4]
        var x5 = state[5]
        var x6 = state[6]
        var x7 = state[7]
        var x8 = state[8]
        var x9 = state[9]
        var x10 = state[10]
        var x11 = state[11]
        var x12 = state[12]
        var x13 = state[13]
        var x14 = state[14]
        var x15 = state[15]
        for _ in 0..<10 {
            quarterRound(&x0, &x4, &x8, &x12)
            quarterRound(&x1, &x5, &x9, &x13)
            quarterRound(&x2, &x6, &x10, &x14)
            quarterRound(&x3, &x7, &x11, &x15)
            quarterRound(&x0, &x5, &x10, &x15)
            quarterRound(&x1, &x6, &x11, &x12)
            quarterRound(&x2, &x7, &x8, &x13)
            quarterRound(&x3, &x4, &x9, &x14)
        }
        state[0] = x0
        state[1] = x1
        state[2] = x2
        state[3] = x3
        state[4] = x4
        state[5] = x5
        state[6] = x6
        state[7] = x7
        state[8] = x8
        state[9] = x9
        state[10] = x10
        state[11] = x11
        state[12] = x12
        state[13] = x13
        state[14] = x14
        state[15] = x15
    }

    @inline(__always)
    private static func quarterRound(
        _ a: inout UInt32, _ b: inout UInt32, _ c: inout UInt32, _ d: inout UInt32
    ) {
        a = a &+ b
        d ^= a
        d = (d &<< 16) | (d &>> 16)
        c = c &+ d
        b ^= c
        b = (b &<< 12) | (b &>> 20)
        a = a &+ b
        d ^= a
        d = (d &<< 8) | (d &>> 24)
        c = c &+ d
        b ^= c
        b = (b &<< 7) | (b &>> 25)
    }
}
