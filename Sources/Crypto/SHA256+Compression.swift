/// The SHA-256 compression function (FIPS 180-4 section 6.2.2), rounds unrolled so that state and message schedule
/// live in registers and on the stack.
extension SHA256 {
    /// The eight words of the hash value.
    struct State: Sendable {
        var a: UInt32 = 0x6a09_e667
        var b: UInt32 = 0xbb67_ae85
        var c: UInt32 = 0x3c6e_f372
        var d: UInt32 = 0xa54f_f53a
        var e: UInt32 = 0x510e_527f
        var f: UInt32 = 0x9b05_688c
        var g: UInt32 = 0x1f83_d9ab
        var h: UInt32 = 0x5be0_cd19

        /// The words as bytes, most significant first.
        var digest: Digest {
            Digest(
                UInt64(a) &<< 32 | UInt64(b), UInt64(c) &<< 32 | UInt64(d), UInt64(e) &<< 32 | UInt64(f),
                UInt64(g) &<< 32 | UInt64(h))
        }
    }

    /// Absorbs the 64-byte blocks of `bytes` from `start` up to `end`, whose distance is a multiple of 64.
    static func compress(_ state: inout State, _ bytes: RawSpan, from start: Int, to end: Int) {
        precondition(start >= 0 && end <= bytes.byteCount, "blocks outside the bytes")
        var offset = start
        while offset &+ 64 <= end {
            compress(&state, bytes, at: offset)
            offset &+= 64
        }
    }

    @inline(__always)
    private static func compress(_ state: inout State, _ bytes: RawSpan, at offset: Int) {
        var a = state.a
        var b = state.b
        var c = state.c
        var d = state.d
        var e = state.e
        var f = state.f
        var g = state.g
        var h = state.h
        var changed = b ^ c
        var w0 = bytes.uncheckedBigEndian32(at: offset)
        var w1 = bytes.uncheckedBigEndian32(at: offset &+ 4)
        var w2 = bytes.uncheckedBigEndian32(at: offset &+ 8)
        var w3 = bytes.uncheckedBigEndian32(at: offset &+ 12)
        var w4 = bytes.uncheckedBigEndian32(at: offset &+ 16)
        var w5 = bytes.uncheckedBigEndian32(at: offset &+ 20)
        var w6 = bytes.uncheckedBigEndian32(at: offset &+ 24)
        var w7 = bytes.uncheckedBigEndian32(at: offset &+ 28)
        var w8 = bytes.uncheckedBigEndian32(at: offset &+ 32)
        var w9 = bytes.uncheckedBigEndian32(at: offset &+ 36)
        var w10 = bytes.uncheckedBigEndian32(at: offset &+ 40)
        var w11 = bytes.uncheckedBigEndian32(at: offset &+ 44)
        var w12 = bytes.uncheckedBigEndian32(at: offset &+ 48)
        var w13 = bytes.uncheckedBigEndian32(at: offset &+ 52)
        var w14 = bytes.uncheckedBigEndian32(at: offset &+ 56)
        var w15 = bytes.uncheckedBigEndian32(at: offset &+ 60)

        round(a, b, c, &d, e, f, g, &h, w0 &+ 0x428a_2f98, &changed)
        round(h, a, b, &c, d, e, f, &g, w1 &+ 0x7137_4491, &changed)
        round(g, h, a, &b, c, d, e, &f, w2 &+ 0xb5c0_fbcf, &changed)
        round(f, g, h, &a, b, c, d, &e, w3 &+ 0xe9b5_dba5, &changed)
        round(e, f, g, &h, a, b, c, &d, w4 &+ 0x3956_c25b, &changed)
        round(d, e, f, &g, h, a, b, &c, w5 &+ 0x59f1_11f1, &changed)
        round(c, d, e, &f, g, h, a, &b, w6 &+ 0x923f_82a4, &changed)
        round(b, c, d, &e, f, g, h, &a, w7 &+ 0xab1c_5ed5, &changed)
        round(a, b, c, &d, e, f, g, &h, w8 &+ 0xd807_aa98, &changed)
        round(h, a, b, &c, d, e, f, &g, w9 &+ 0x1283_5b01, &changed)
        round(g, h, a, &b, c, d, e, &f, w10 &+ 0x2431_85be, &changed)
        round(f, g, h, &a, b, c, d, &e, w11 &+ 0x550c_7dc3, &changed)
        round(e, f, g, &h, a, b, c, &d, w12 &+ 0x72be_5d74, &changed)
        round(d, e, f, &g, h, a, b, &c, w13 &+ 0x80de_b1fe, &changed)
        round(c, d, e, &f, g, h, a, &b, w14 &+ 0x9bdc_06a7, &changed)
        round(b, c, d, &e, f, g, h, &a, w15 &+ 0xc19b_f174, &changed)
        extend(&w0, w1, w9, w14)
        round(a, b, c, &d, e, f, g, &h, w0 &+ 0xe49b_69c1, &changed)
        extend(&w1, w2, w10, w15)
        round(h, a, b, &c, d, e, f, &g, w1 &+ 0xefbe_4786, &changed)
        extend(&w2, w3, w11, w0)
        round(g, h, a, &b, c, d, e, &f, w2 &+ 0x0fc1_9dc6, &changed)
        extend(&w3, w4, w12, w1)
        round(f, g, h, &a, b, c, d, &e, w3 &+ 0x240c_a1cc, &changed)
        extend(&w4, w5, w13, w2)
        round(e, f, g, &h, a, b, c, &d, w4 &+ 0x2de9_2c6f, &changed)
        extend(&w5, w6, w14, w3)
        round(d, e, f, &g, h, a, b, &c, w5 &+ 0x4a74_84aa, &changed)
        extend(&w6, w7, w15, w4)
        round(c, d, e, &f, g, h, a, &b, w6 &+ 0x5cb0_a9dc, &changed)
        extend(&w7, w8, w0, w5)
        round(b, c, d, &e, f, g, h, &a, w7 &+ 0x76f9_88da, &changed)
        extend(&w8, w9, w1, w6)
        round(a, b, c, &d, e, f, g, &h, w8 &+ 0x983e_5152, &changed)
        extend(&w9, w10, w2, w7)
        round(h, a, b, &c, d, e, f, &g, w9 &+ 0xa831_c66d, &changed)
        extend(&w10, w11, w3, w8)
        round(g, h, a, &b, c, d, e, &f, w10 &+ 0xb003_27c8, &changed)
        extend(&w11, w12, w4, w9)
        round(f, g, h, &a, b, c, d, &e, w11 &+ 0xbf59_7fc7, &changed)
        extend(&w12, w13, w5, w10)
        round(e, f, g, &h, a, b, c, &d, w12 &+ 0xc6e0_0bf3, &changed)
        extend(&w13, w14, w6, w11)
        round(d, e, f, &g, h, a, b, &c, w13 &+ 0xd5a7_9147, &changed)
        extend(&w14, w15, w7, w12)
        round(c, d, e, &f, g, h, a, &b, w14 &+ 0x06ca_6351, &changed)
        extend(&w15, w0, w8, w13)
        round(b, c, d, &e, f, g, h, &a, w15 &+ 0x1429_2967, &changed)
        extend(&w0, w1, w9, w14)
        round(a, b, c, &d, e, f, g, &h, w0 &+ 0x27b7_0a85, &changed)
        extend(&w1, w2, w10, w15)
        round(h, a, b, &c, d, e, f, &g, w1 &+ 0x2e1b_2138, &changed)
        extend(&w2, w3, w11, w0)
        round(g, h, a, &b, c, d, e, &f, w2 &+ 0x4d2c_6dfc, &changed)
        extend(&w3, w4, w12, w1)
        round(f, g, h, &a, b, c, d, &e, w3 &+ 0x5338_0d13, &changed)
        extend(&w4, w5, w13, w2)
        round(e, f, g, &h, a, b, c, &d, w4 &+ 0x650a_7354, &changed)
        extend(&w5, w6, w14, w3)
        round(d, e, f, &g, h, a, b, &c, w5 &+ 0x766a_0abb, &changed)
        extend(&w6, w7, w15, w4)
        round(c, d, e, &f, g, h, a, &b, w6 &+ 0x81c2_c92e, &changed)
        extend(&w7, w8, w0, w5)
        round(b, c, d, &e, f, g, h, &a, w7 &+ 0x9272_2c85, &changed)
        extend(&w8, w9, w1, w6)
        round(a, b, c, &d, e, f, g, &h, w8 &+ 0xa2bf_e8a1, &changed)
        extend(&w9, w10, w2, w7)
        round(h, a, b, &c, d, e, f, &g, w9 &+ 0xa81a_664b, &changed)
        extend(&w10, w11, w3, w8)
        round(g, h, a, &b, c, d, e, &f, w10 &+ 0xc24b_8b70, &changed)
        extend(&w11, w12, w4, w9)
        round(f, g, h, &a, b, c, d, &e, w11 &+ 0xc76c_51a3, &changed)
        extend(&w12, w13, w5, w10)
        round(e, f, g, &h, a, b, c, &d, w12 &+ 0xd192_e819, &changed)
        extend(&w13, w14, w6, w11)
        round(d, e, f, &g, h, a, b, &c, w13 &+ 0xd699_0624, &changed)
        extend(&w14, w15, w7, w12)
        round(c, d, e, &f, g, h, a, &b, w14 &+ 0xf40e_3585, &changed)
        extend(&w15, w0, w8, w13)
        round(b, c, d, &e, f, g, h, &a, w15 &+ 0x106a_a070, &changed)
        extend(&w0, w1, w9, w14)
        round(a, b, c, &d, e, f, g, &h, w0 &+ 0x19a4_c116, &changed)
        extend(&w1, w2, w10, w15)
        round(h, a, b, &c, d, e, f, &g, w1 &+ 0x1e37_6c08, &changed)
        extend(&w2, w3, w11, w0)
        round(g, h, a, &b, c, d, e, &f, w2 &+ 0x2748_774c, &changed)
        extend(&w3, w4, w12, w1)
        round(f, g, h, &a, b, c, d, &e, w3 &+ 0x34b0_bcb5, &changed)
        extend(&w4, w5, w13, w2)
        round(e, f, g, &h, a, b, c, &d, w4 &+ 0x391c_0cb3, &changed)
        extend(&w5, w6, w14, w3)
        round(d, e, f, &g, h, a, b, &c, w5 &+ 0x4ed8_aa4a, &changed)
        extend(&w6, w7, w15, w4)
        round(c, d, e, &f, g, h, a, &b, w6 &+ 0x5b9c_ca4f, &changed)
        extend(&w7, w8, w0, w5)
        round(b, c, d, &e, f, g, h, &a, w7 &+ 0x682e_6ff3, &changed)
        extend(&w8, w9, w1, w6)
        round(a, b, c, &d, e, f, g, &h, w8 &+ 0x748f_82ee, &changed)
        extend(&w9, w10, w2, w7)
        round(h, a, b, &c, d, e, f, &g, w9 &+ 0x78a5_636f, &changed)
        extend(&w10, w11, w3, w8)
        round(g, h, a, &b, c, d, e, &f, w10 &+ 0x84c8_7814, &changed)
        extend(&w11, w12, w4, w9)
        round(f, g, h, &a, b, c, d, &e, w11 &+ 0x8cc7_0208, &changed)
        extend(&w12, w13, w5, w10)
        round(e, f, g, &h, a, b, c, &d, w12 &+ 0x90be_fffa, &changed)
        extend(&w13, w14, w6, w11)
        round(d, e, f, &g, h, a, b, &c, w13 &+ 0xa450_6ceb, &changed)
        extend(&w14, w15, w7, w12)
        round(c, d, e, &f, g, h, a, &b, w14 &+ 0xbef9_a3f7, &changed)
        extend(&w15, w0, w8, w13)
        round(b, c, d, &e, f, g, h, &a, w15 &+ 0xc671_78f2, &changed)

        state.a &+= a
        state.b &+= b
        state.c &+= c
        state.d &+= d
        state.e &+= e
        state.f &+= f
        state.g &+= g
        state.h &+= h
    }

    /// One round; `addend` is the round's constant plus its message word.
    @inline(__always)
    private static func round(
        _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: inout UInt32, _ e: UInt32, _ f: UInt32, _ g: UInt32,
        _ h: inout UInt32, _ addend: UInt32, _ changed: inout UInt32
    ) {
        // Rotations by 6, 11 and 25, and by 2, 13 and 22, nested: fewer copies than the sum of three rotations.
        var sigma1 = e ^ ((e &>> 14) | (e &<< 18))
        sigma1 = e ^ ((sigma1 &>> 5) | (sigma1 &<< 27))
        sigma1 = (sigma1 &>> 6) | (sigma1 &<< 26)
        let choice = g ^ (e & (f ^ g))
        let sum = h &+ addend &+ sigma1 &+ choice
        var sigma0 = a ^ ((a &>> 9) | (a &<< 23))
        sigma0 = a ^ ((sigma0 &>> 11) | (sigma0 &<< 21))
        sigma0 = (sigma0 &>> 2) | (sigma0 &<< 30)
        // The majority of a, b, c is b, unless a differs from b and b from c; b ^ c was the last round's a ^ b.
        let change = a ^ b
        let majority = b ^ (changed & change)
        changed = change
        d = d &+ sum
        h = sum &+ sigma0 &+ majority
    }

    /// Turns the message word of 16 rounds ago into that of this round.
    @inline(__always)
    private static func extend(_ word: inout UInt32, _ second: UInt32, _ tenth: UInt32, _ fifteenth: UInt32) {
        let sigma0 = ((second &>> 7) | (second &<< 25)) ^ ((second &>> 18) | (second &<< 14)) ^ (second &>> 3)
        let sigma1 =
            ((fifteenth &>> 17) | (fifteenth &<< 15)) ^ ((fifteenth &>> 19) | (fifteenth &<< 13)) ^ (fifteenth &>> 10)
        word = word &+ sigma0 &+ tenth &+ sigma1
    }
}
