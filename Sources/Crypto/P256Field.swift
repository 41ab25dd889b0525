/// A coordinate of P-256: an integer modulo its prime, in Montgomery form (SEC 2, FIPS 186-5).
struct P256Field: PrimeField {
    var value: Limbs256

    static var modulus: Limbs256 {
        Limbs256(
            0xffff_ffff_ffff_ffff, 0x0000_0000_ffff_ffff, 0x0000_0000_0000_0000, 0xffff_ffff_0000_0001)
    }
    static var modulusInverse: UInt64 { 0x0000_0000_0000_0001 }
    static var radix: Limbs256 {
        Limbs256(
            0x0000_0000_0000_0001, 0xffff_ffff_0000_0000, 0xffff_ffff_ffff_ffff, 0x0000_0000_ffff_fffe)
    }
    static var radixSquare: Limbs256 {
        Limbs256(
            0x0000_0000_0000_0003, 0xffff_fffb_ffff_ffff, 0xffff_ffff_ffff_fffe, 0x0000_0004_ffff_fffd)
    }
}
