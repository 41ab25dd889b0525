/// The Salsa20/8 core (RFC 7914 section 3).
enum Salsa20 {
    /// Replaces the sixteen words by their hash: eight rounds, then the addition of the input.
    static func core8(_ state: inout InlineArray<16, UInt32>) {
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
        for _ in 0..<4 {
            quarterRound(&x0, &x4, &x8, &x12)
            quarterRound(&x5, &x9, &x13, &x1)
            quarterRound(&x10, &x14, &x2, &x6)
            quarterRound(&x15, &x3, &x7, &x11)
            quarterRound(&x0, &x1, &x2, &x3)
            quarterRound(&x5, &x6, &x7, &x4)
            quarterRound(&x10, &x11, &x8, &x9)
            quarterRound(&x15, &x12, &x13, &x14)
        }
        state[0] &+= x0
        state[1] &+= x1
        state[2] &+= x2
        state[3] &+= x3
        state[4] &+= x4
        state[5] &+= x5
        state[6] &+= x6
        state[7] &+= x7
        state[8] &+= x8
        state[9] &+= x9
        state[10] &+= x10
        state[11] &+= x11
        state[12] &+= x12
        state[13] &+= x13
        state[14] &+= x14
        state[15] &+= x15
    }

    @inline(__always)
    private static func quarterRound(_ a: inout UInt32, _ b: inout UInt32, _ c: inout UInt32, _ d: inout UInt32) {
        let forB = a &+ d
        b ^= (forB &<< 7) | (forB &>> 25)
        let forC = b &+ a
        c ^= (forC &<< 9) | (forC &>> 23)
        let forD = c &+ b
        d ^= (forD &<< 13) | (forD &>> 19)
        let forA = d &+ c
        a ^= (forA &<< 18) | (forA &>> 14)
    }
}
