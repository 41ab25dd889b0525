/// A coordinate of P-384: an integer modulo its prime, in Montgomery form (SEC 2, FIPS 186-5).
struct P384Field: PrimeField {
    var value: Limbs384

    static var modulus: Limbs384 {
        Limbs384(
            0x0000_0000_ffff_ffff, 0xffff_ffff_0000_0000, 0xffff_ffff_ffff_fffe, 0xffff_ffff_ffff_ffff,
            0xffff_ffff_ffff_ffff, 0xffff_ffff_ffff_ffff)
    }
    static var modulusInverse: UInt64 { 0x0000_0001_0000_0001 }
    static var radix: Limbs384 {
        Limbs384(
            0xffff_ffff_0000_0001, 0x0000_0000_ffff_ffff, 0x0000_0000_0000_0001, 0x0000_0000_0000_0000,
            0x0000_0000_0000_0000, 0x0000_0000_0000_0000)
    }
    static var radixSquare: Limbs384 {
        Limbs384(
            0xffff_fffe_0000_0001, 0x0000_0002_0000_0000, 0xffff_fffe_0000_0000, 0x0000_0002_0000_0000,
            0x0000_0000_0000_0001, 0x0000_0000_0000_0000)
    }
}
