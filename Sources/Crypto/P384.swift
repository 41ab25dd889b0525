/// The curve P-384 (FIPS 186-5, SEC 2 "secp384r1").
public enum P384: ShortCurve {
    typealias Field = P384Field
    typealias Scalar = P384Scalar

    static var b: P384Field {
        P384Field(
            value: Limbs384(
                0x0811_8871_9d41_2dcc, 0xf729_add8_7a4c_32ec, 0x77f2_209b_1920_022e, 0xe337_4bee_9493_8ae2,
                0xb62b_21f4_1f02_2094, 0xcd08_114b_604f_bff9))
    }
    static var generatorX: P384Field {
        P384Field(
            value: Limbs384(
                0x3dd0_7566_49c0_b528, 0x20e3_78e2_a0d6_ce38, 0x879c_3afc_541b_4d6e, 0x6454_8684_59a3_0eff,
                0x812f_f723_614e_de2b, 0x4d3a_adc2_299e_1513))
    }
    static var generatorY: P384Field {
        P384Field(
            value: Limbs384(
                0x2304_3dad_4b03_a4fe, 0xa1bf_a8bf_7bb4_a9ac, 0x8bad_e756_2e83_b050, 0xc6c3_5219_68f4_ffd9,
                0xdd80_0226_3969_a840, 0x2b78_abc2_5a15_c5e9))
    }

    static let oddMultiples = OddMultiples<P384>.ofGenerator()
}
