/// A multiple of P-256's generator: an integer modulo the order of the group, in Montgomery form (SEC 2, FIPS 186-5).
struct P256Scalar: PrimeField {
    var value: Limbs256

    static var modulus: Limbs256 {
        Limbs256(
            0xf3b9_cac2_fc63_2551, 0xbce6_faad_a717_9e84, 0xffff_ffff_ffff_ffff, 0xffff_ffff_0000_0000)
    }
    static var modulusInverse: UInt64 { 0xccd1_c8aa_ee00_bc4f }
    static var radix: Limbs256 {
        Limbs256(
            0x0c46_353d_039c_daaf, 0x4319_0552_58e8_617b, 0x0000_0000_0000_0000, 0x0000_0000_ffff_ffff)
    }
    static var radixSquare: Limbs256 {
        Limbs256(
            0x8324_4c95_be79_eea2, 0x4699_799c_49bd_6fa6, 0x2845_b239_2b6b_ec59, 0x66e1_2d94_f3d9_5620)
    }
}
