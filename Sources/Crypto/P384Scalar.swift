/// A multiple of P-384's generator: an integer modulo the order of the group, in Montgomery form (SEC 2, FIPS 186-5).
struct P384Scalar: PrimeField {
    var value: Limbs384

    static var modulus: Limbs384 {
        Limbs384(
            0xecec_196a_ccc5_2973, 0x581a_0db2_48b0_a77a, 0xc763_4d81_f437_2ddf, 0xffff_ffff_ffff_ffff,
            0xffff_ffff_ffff_ffff, 0xffff_ffff_ffff_ffff)
    }
    static var modulusInverse: UInt64 { 0x6ed4_6089_e88f_dc45 }
    static var radix: Limbs384 {
        Limbs384(
            0x1313_e695_333a_d68d, 0xa7e5_f24d_b74f_5885, 0x389c_b27e_0bc8_d220, 0x0000_0000_0000_0000,
            0x0000_0000_0000_0000, 0x0000_0000_0000_0000)
    }
    static var radixSquare: Limbs384 {
        Limbs384(
            0x2d31_9b24_19b4_09a9, 0xff3d_81e5_df1a_a419, 0xbc3e_483a_fcb8_2947, 0xd40d_4917_4aab_1cc5,
            0x3fb0_5b7a_2826_6895, 0x0c84_ee01_2b39_bf21)
    }
}
