/// A multiple of edwards25519's base point: an integer modulo the order of its group (RFC 8032 section 5.1), in
/// Montgomery form.
struct Ed25519Scalar: PrimeField {
    var value: Limbs256

    static var modulus: Limbs256 {
        Limbs256(
            0x5812_631a_5cf5_d3ed, 0x14de_f9de_a2f7_9cd6, 0x0000_0000_0000_0000, 0x1000_0000_0000_0000)
    }
    static var modulusInverse: UInt64 { 0xd2b5_1da3_1254_7e1b }
    static var radix: Limbs256 {
        Limbs256(
            0xd6ec_3174_8d98_951d, 0xc6ef_5bf4_737d_cf70, 0xffff_ffff_ffff_fffe, 0x0fff_ffff_ffff_ffff)
    }
    static var radixSquare: Limbs256 {
        Limbs256(
            0xa406_11e3_449c_0f01, 0xd00e_1ba7_6885_9347, 0xceec_73d2_17f5_be65, 0x0399_411b_7c30_9a3d)
    }

    /// The 64 bytes of a hash, least significant first, modulo the order.
    init(reducing hash: HashValue) {
        let bytes = hash.span
        let low = Ed25519Scalar(reducing: Ed25519Scalar.limbs(bytes, at: 0))
        let high = Ed25519Scalar(reducing: Ed25519Scalar.limbs(bytes, at: 32))
        // The form of 2^256 is the square of the radix.
        self = high * Ed25519Scalar(value: Ed25519Scalar.radixSquare) + low
    }

    init(value: Limbs256) { self.value = value }

    /// 32 bytes, least significant first.
    static func limbs(_ bytes: RawSpan, at offset: Int) -> Limbs256 {
        Limbs256(
            bytes.littleEndian64(at: offset), bytes.littleEndian64(at: offset &+ 8),
            bytes.littleEndian64(at: offset &+ 16), bytes.littleEndian64(at: offset &+ 24))
    }
}
