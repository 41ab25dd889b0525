/// The SHA-512 compression function (FIPS 180-4 section 6.4.2), rounds unrolled so that the state lives in registers.
extension SHA512 {
    /// Absorbs the 128-byte blocks of `bytes` from `start` up to `end`, whose distance is a multiple of 128.
    static func compress(_ state: inout InlineArray<8, UInt64>, _ bytes: RawSpan, from start: Int, to end: Int) {
        precondition(start >= 0 && end <= bytes.byteCount, "blocks outside the bytes")
        var offset = start
        while offset &+ 128 <= end {
            compress(&state, bytes, at: offset)
            offset &+= 128
        }
    }

    @inline(__always)
    private static func compress(_ state: inout InlineArray<8, UInt64>, _ bytes: RawSpan, at offset: Int) {
        var a = state[0]
        var b = state[1]
        var c = state[2]
        var d = state[3]
        var e = state[4]
        var f = state[5]
        var g = state[6]
        var h = state[7]
        var changed = b ^ c
        var w0 = bytes.uncheckedBigEndian64(at: offset)
        var w1 = bytes.uncheckedBigEndian64(at: offset &+ 8)
        var w2 = bytes.uncheckedBigEndian64(at: offset &+ 16)
        var w3 = bytes.uncheckedBigEndian64(at: offset &+ 24)
        var w4 = bytes.uncheckedBigEndian64(at: offset &+ 32)
        var w5 = bytes.uncheckedBigEndian64(at: offset &+ 40)
        var w6 = bytes.uncheckedBigEndian64(at: offset &+ 48)
        var w7 = bytes.uncheckedBigEndian64(at: offset &+ 56)
        var w8 = bytes.uncheckedBigEndian64(at: offset &+ 64)
        var w9 = bytes.uncheckedBigEndian64(at: offset &+ 72)
        var w10 = bytes.uncheckedBigEndian64(at: offset &+ 80)
        var w11 = bytes.uncheckedBigEndian64(at: offset &+ 88)
        var w12 = bytes.uncheckedBigEndian64(at: offset &+ 96)
        var w13 = bytes.uncheckedBigEndian64(at: offset &+ 104)
        var w14 = bytes.uncheckedBigEndian64(at: offset &+ 112)
        var w15 = bytes.uncheckedBigEndian64(at: offset &+ 120)

        round(a, b, c, &d, e, f, g, &h, w0 &+ 0x428a_2f98_d728_ae22, &changed)
        round(h, a, b, &c, d, e, f, &g, w1 &+ 0x7137_4491_23ef_65cd, &changed)
        round(g, h, a, &b, c, d, e, &f, w2 &+ 0xb5c0_fbcf_ec4d_3b2f, &changed)
        round(f, g, h, &a, b, c, d, &e, w3 &+ 0xe9b5_dba5_8189_dbbc, &changed)
        round(e, f, g, &h, a, b, c, &d, w4 &+ 0x3956_c25b_f348_b538, &changed)
        round(d, e, f, &g, h, a, b, &c, w5 &+ 0x59f1_11f1_b605_d019, &changed)
        round(c, d, e, &f, g, h, a, &b, w6 &+ 0x923f_82a4_af19_4f9b, &changed)
        round(b, c, d, &e, f, g, h, &a, w7 &+ 0xab1c_5ed5_da6d_8118, &changed)
        round(a, b, c, &d, e, f, g, &h, w8 &+ 0xd807_aa98_a303_0242, &changed)
        round(h, a, b, &c, d, e, f, &g, w9 &+ 0x1283_5b01_4570_6fbe, &changed)
        round(g, h, a, &b, c, d, e, &f, w10 &+ 0x2431_85be_4ee4_b28c, &changed)
        round(f, g, h, &a, b, c, d, &e, w11 &+ 0x550c_7dc3_d5ff_b4e2, &changed)
        round(e, f, g, &h, a, b, c, &d, w12 &+ 0x72be_5d74_f27b_896f, &changed)
        round(d, e, f, &g, h, a, b, &c, w13 &+ 0x80de_b1fe_3b16_96b1, &changed)
        round(c, d, e, &f, g, h, a, &b, w14 &+ 0x9bdc_06a7_25c7_1235, &changed)
        round(b, c, d, &e, f, g, h, &a, w15 &+ 0xc19b_f174_cf69_2694, &changed)
        extend(&w0, w1, w9, w14)
        round(a, b, c, &d, e, f, g, &h, w0 &+ 0xe49b_69c1_9ef1_4ad2, &changed)
        extend(&w1, w2, w10, w15)
        round(h, a, b, &c, d, e, f, &g, w1 &+ 0xefbe_4786_384f_25e3, &changed)
        extend(&w2, w3, w11, w0)
        round(g, h, a, &b, c, d, e, &f, w2 &+ 0x0fc1_9dc6_8b8c_d5b5, &changed)
        extend(&w3, w4, w12, w1)
        round(f, g, h, &a, b, c, d, &e, w3 &+ 0x240c_a1cc_77ac_9c65, &changed)
        extend(&w4, w5, w13, w2)
        round(e, f, g, &h, a, b, c, &d, w4 &+ 0x2de9_2c6f_592b_0275, &changed)
        extend(&w5, w6, w14, w3)
        round(d, e, f, &g, h, a, b, &c, w5 &+ 0x4a74_84aa_6ea6_e483, &changed)
        extend(&w6, w7, w15, w4)
        round(c, d, e, &f, g, h, a, &b, w6 &+ 0x5cb0_a9dc_bd41_fbd4, &changed)
        extend(&w7, w8, w0, w5)
        round(b, c, d, &e, f, g, h, &a, w7 &+ 0x76f9_88da_8311_53b5, &changed)
        extend(&w8, w9, w1, w6)
        round(a, b, c, &d, e, f, g, &h, w8 &+ 0x983e_5152_ee66_dfab, &changed)
        extend(&w9, w10, w2, w7)
        round(h, a, b, &c, d, e, f, &g, w9 &+ 0xa831_c66d_2db4_3210, &changed)
        extend(&w10, w11, w3, w8)
        round(g, h, a, &b, c, d, e, &f, w10 &+ 0xb003_27c8_98fb_213f, &changed)
        extend(&w11, w12, w4, w9)
        round(f, g, h, &a, b, c, d, &e, w11 &+ 0xbf59_7fc7_beef_0ee4, &changed)
        extend(&w12, w13, w5, w10)
        round(e, f, g, &h, a, b, c, &d, w12 &+ 0xc6e0_0bf3_3da8_8fc2, &changed)
        extend(&w13, w14, w6, w11)
        round(d, e, f, &g, h, a, b, &c, w13 &+ 0xd5a7_9147_930a_a725, &changed)
        extend(&w14, w15, w7, w12)
        round(c, d, e, &f, g, h, a, &b, w14 &+ 0x06ca_6351_e003_826f, &changed)
        extend(&w15, w0, w8, w13)
        round(b, c, d, &e, f, g, h, &a, w15 &+ 0x1429_2967_0a0e_6e70, &changed)
        extend(&w0, w1, w9, w14)
        round(a, b, c, &d, e, f, g, &h, w0 &+ 0x27b7_0a85_46d2_2ffc, &changed)
        extend(&w1, w2, w10, w15)
        round(h, a, b, &c, d, e, f, &g, w1 &+ 0x2e1b_2138_5c26_c926, &changed)
        extend(&w2, w3, w11, w0)
        round(g, h, a, &b, c, d, e, &f, w2 &+ 0x4d2c_6dfc_5ac4_2aed, &changed)
        extend(&w3, w4, w12, w1)
        round(f, g, h, &a, b, c, d, &e, w3 &+ 0x5338_0d13_9d95_b3df, &changed)
        extend(&w4, w5, w13, w2)
        round(e, f, g, &h, a, b, c, &d, w4 &+ 0x650a_7354_8baf_63de, &changed)
        extend(&w5, w6, w14, w3)
        round(d, e, f, &g, h, a, b, &c, w5 &+ 0x766a_0abb_3c77_b2a8, &changed)
        extend(&w6, w7, w15, w4)
        round(c, d, e, &f, g, h, a, &b, w6 &+ 0x81c2_c92e_47ed_aee6, &changed)
        extend(&w7, w8, w0, w5)
        round(b, c, d, &e, f, g, h, &a, w7 &+ 0x9272_2c85_1482_353b, &changed)
        extend(&w8, w9, w1, w6)
        round(a, b, c, &d, e, f, g, &h, w8 &+ 0xa2bf_e8a1_4cf1_0364, &changed)
        extend(&w9, w10, w2, w7)
        round(h, a, b, &c, d, e, f, &g, w9 &+ 0xa81a_664b_bc42_3001, &changed)
        extend(&w10, w11, w3, w8)
        round(g, h, a, &b, c, d, e, &f, w10 &+ 0xc24b_8b70_d0f8_9791, &changed)
        extend(&w11, w12, w4, w9)
        round(f, g, h, &a, b, c, d, &e, w11 &+ 0xc76c_51a3_0654_be30, &changed)
        extend(&w12, w13, w5, w10)
        round(e, f, g, &h, a, b, c, &d, w12 &+ 0xd192_e819_d6ef_5218, &changed)
        extend(&w13, w14, w6, w11)
        round(d, e, f, &g, h, a, b, &c, w13 &+ 0xd699_0624_5565_a910, &changed)
        extend(&w14, w15, w7, w12)
        round(c, d, e, &f, g, h, a, &b, w14 &+ 0xf40e_3585_5771_202a, &changed)
        extend(&w15, w0, w8, w13)
        round(b, c, d, &e, f, g, h, &a, w15 &+ 0x106a_a070_32bb_d1b8, &changed)
        extend(&w0, w1, w9, w14)
        round(a, b, c, &d, e, f, g, &h, w0 &+ 0x19a4_c116_b8d2_d0c8, &changed)
        extend(&w1, w2, w10, w15)
        round(h, a, b, &c, d, e, f, &g, w1 &+ 0x1e37_6c08_5141_ab53, &changed)
        extend(&w2, w3, w11, w0)
        round(g, h, a, &b, c, d, e, &f, w2 &+ 0x2748_774c_df8e_eb99, &changed)
        extend(&w3, w4, w12, w1)
        round(f, g, h, &a, b, c, d, &e, w3 &+ 0x34b0_bcb5_e19b_48a8, &changed)
        extend(&w4, w5, w13, w2)
        round(e, f, g, &h, a, b, c, &d, w4 &+ 0x391c_0cb3_c5c9_5a63, &changed)
        extend(&w5, w6, w14, w3)
        round(d, e, f, &g, h, a, b, &c, w5 &+ 0x4ed8_aa4a_e341_8acb, &changed)
        extend(&w6, w7, w15, w4)
        round(c, d, e, &f, g, h, a, &b, w6 &+ 0x5b9c_ca4f_7763_e373, &changed)
        extend(&w7, w8, w0, w5)
        round(b, c, d, &e, f, g, h, &a, w7 &+ 0x682e_6ff3_d6b2_b8a3, &changed)
        extend(&w8, w9, w1, w6)
        round(a, b, c, &d, e, f, g, &h, w8 &+ 0x748f_82ee_5def_b2fc, &changed)
        extend(&w9, w10, w2, w7)
        round(h, a, b, &c, d, e, f, &g, w9 &+ 0x78a5_636f_4317_2f60, &changed)
        extend(&w10, w11, w3, w8)
        round(g, h, a, &b, c, d, e, &f, w10 &+ 0x84c8_7814_a1f0_ab72, &changed)
        extend(&w11, w12, w4, w9)
        round(f, g, h, &a, b, c, d, &e, w11 &+ 0x8cc7_0208_1a64_39ec, &changed)
        extend(&w12, w13, w5, w10)
        round(e, f, g, &h, a, b, c, &d, w12 &+ 0x90be_fffa_2363_1e28, &changed)
        extend(&w13, w14, w6, w11)
        round(d, e, f, &g, h, a, b, &c, w13 &+ 0xa450_6ceb_de82_bde9, &changed)
        extend(&w14, w15, w7, w12)
        round(c, d, e, &f, g, h, a, &b, w14 &+ 0xbef9_a3f7_b2c6_7915, &changed)
        extend(&w15, w0, w8, w13)
        round(b, c, d, &e, f, g, h, &a, w15 &+ 0xc671_78f2_e372_532b, &changed)
        extend(&w0, w1, w9, w14)
        round(a, b, c, &d, e, f, g, &h, w0 &+ 0xca27_3ece_ea26_619c, &changed)
        extend(&w1, w2, w10, w15)
        round(h, a, b, &c, d, e, f, &g, w1 &+ 0xd186_b8c7_21c0_c207, &changed)
        extend(&w2, w3, w11, w0)
        round(g, h, a, &b, c, d, e, &f, w2 &+ 0xeada_7dd6_cde0_eb1e, &changed)
        extend(&w3, w4, w12, w1)
        round(f, g, h, &a, b, c, d, &e, w3 &+ 0xf57d_4f7f_ee6e_d178, &changed)
        extend(&w4, w5, w13, w2)
        round(e, f, g, &h, a, b, c, &d, w4 &+ 0x06f0_67aa_7217_6fba, &changed)
        extend(&w5, w6, w14, w3)
        round(d, e, f, &g, h, a, b, &c, w5 &+ 0x0a63_7dc5_a2c8_98a6, &changed)
        extend(&w6, w7, w15, w4)
        round(c, d, e, &f, g, h, a, &b, w6 &+ 0x113f_9804_bef9_0dae, &changed)
        extend(&w7, w8, w0, w5)
        round(b, c, d, &e, f, g, h, &a, w7 &+ 0x1b71_0b35_131c_471b, &changed)
        extend(&w8, w9, w1, w6)
        round(a, b, c, &d, e, f, g, &h, w8 &+ 0x28db_77f5_2304_7d84, &changed)
        extend(&w9, w10, w2, w7)
        round(h, a, b, &c, d, e, f, &g, w9 &+ 0x32ca_ab7b_40c7_2493, &changed)
        extend(&w10, w11, w3, w8)
        round(g, h, a, &b, c, d, e, &f, w10 &+ 0x3c9e_be0a_15c9_bebc, &changed)
        extend(&w11, w12, w4, w9)
        round(f, g, h, &a, b, c, d, &e, w11 &+ 0x431d_67c4_9c10_0d4c, &changed)
        extend(&w12, w13, w5, w10)
        round(e, f, g, &h, a, b, c, &d, w12 &+ 0x4cc5_d4be_cb3e_42b6, &changed)
        extend(&w13, w14, w6, w11)
        round(d, e, f, &g, h, a, b, &c, w13 &+ 0x597f_299c_fc65_7e2a, &changed)
        extend(&w14, w15, w7, w12)
        round(c, d, e, &f, g, h, a, &b, w14 &+ 0x5fcb_6fab_3ad6_faec, &changed)
        extend(&w15, w0, w8, w13)
        round(b, c, d, &e, f, g, h, &a, w15 &+ 0x6c44_198c_4a47_5817, &changed)

        state[0] &+= a
        state[1] &+= b
        state[2] &+= c
        state[3] &+= d
        state[4] &+= e
        state[5] &+= f
        state[6] &+= g
        state[7] &+= h
    }

    /// One round; `addend` is the round's constant plus its message word.
    @inline(__always)
    private static func round(
        _ a: UInt64, _ b: UInt64, _ c: UInt64, _ d: inout UInt64, _ e: UInt64, _ f: UInt64, _ g: UInt64,
        _ h: inout UInt64, _ addend: UInt64, _ changed: inout UInt64
    ) {
        // Rotations by 14, 18 and 41, and by 28, 34 and 39, nested as in SHA-256.
        var sigma1 = e ^ ((e &>> 23) | (e &<< 41))
        sigma1 = e ^ ((sigma1 &>> 4) | (sigma1 &<< 60))
        sigma1 = (sigma1 &>> 14) | (sigma1 &<< 50)
        let choice = g ^ (e & (f ^ g))
        let sum = h &+ addend &+ sigma1 &+ choice
        var sigma0 = a ^ ((a &>> 5) | (a &<< 59))
        sigma0 = a ^ ((sigma0 &>> 6) | (sigma0 &<< 58))
        sigma0 = (sigma0 &>> 28) | (sigma0 &<< 36)
        // The majority of a, b, c is b, unless a differs from b and b from c; b ^ c was the last round's a ^ b.
        let change = a ^ b
        let majority = b ^ (changed & change)
        changed = change
        d = d &+ sum
        h = sum &+ sigma0 &+ majority
    }

    /// Turns the message word of 16 rounds ago into that of this round.
    @inline(__always)
    private static func extend(_ word: inout UInt64, _ second: UInt64, _ tenth: UInt64, _ fifteenth: UInt64) {
        let sigma0 = ((second &>> 1) | (second &<< 63)) ^ ((second &>> 8) | (second &<< 56)) ^ (second &>> 7)
        let sigma1 =
            ((fifteenth &>> 19) | (fifteenth &<< 45)) ^ ((fifteenth &>> 61) | (fifteenth &<< 3)) ^ (fifteenth &>> 6)
        word = word &+ sigma0 &+ tenth &+ sigma1
    }
}
