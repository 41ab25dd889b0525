/// The curve P-256 (FIPS 186-5, SEC 2 "secp256r1").
public enum P256: ShortCurve {
    typealias Field = P256Field
    typealias Scalar = P256Scalar

    static var b: P256Field {
        P256Field(
            value: Limbs256(
                0xd89c_df62_29c4_bddf, 0xacf0_05cd_7884_3090, 0xe5a2_20ab_f721_2ed6, 0xdc30_061d_0487_4834))
    }
    static var generatorX: P256Field {
        P256Field(
            value: Limbs256(
                0x79e7_30d4_18a9_143c, 0x75ba_95fc_5fed_b601, 0x79fb_732b_7762_2510, 0x1890_5f76_a537_55c6))
    }
    static var generatorY: P256Field {
        P256Field(
            value: Limbs256(
                0xddf2_5357_ce95_560a, 0x8b4a_b8e4_ba19_e45c, 0xd2e8_8688_dd21_f325, 0x8571_ff18_2588_5d85))
    }

    static let oddMultiples = OddMultiples<P256>.ofGenerator()
}
