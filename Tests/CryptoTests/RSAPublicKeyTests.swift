import Testing

@testable import Crypto

@Suite struct RSAPublicKeyTests {
    struct Vector: Sendable {
        var bitCount: Int
        var exponent: String
        var modulus: String
        /// Over "a message" with SHA-384.
        var pkcs1: String
        /// Over "a message" with SHA-256, 32 bytes of salt.
        var pss: String
    }

    /// Made with OpenSSL; the encoded message of PSS is as long as the modulus, one byte shorter, and in between.
    static let vectors = [
        Vector(
            bitCount: 2048, exponent: "010001",
            modulus: """
                ade50d082da942a132992e62b47db4a8b446c648dcc399dface0d8223c37081bdc976f00e737c284db7bbc8b92bc99c4
                1add7c7e828984739b10ff6295e8713a32ed0da352f70f8c9cde13b7871117bdeb639b1ba5c7c5f3b47942e47d35a6c8
                c149aee4df95eef112050f98bf2f57ab05ab2c34c81be7c01b375ae4506e8ac28b53ee62efea7dd371619a32f5378193
                64fd715c68445f6aecc81f2cf508baf1ed57faacdfff5a335ee0b152e48392f72dcff3d7ae8928a96c522c8bc3ee7966
                2d87244f6316b21ec77e1e8723646e391dd6d68058186c7c3248acd1ff5ff3619245441bf6b6b27ff708927b2fc8f0f0
                757853094433cc251d7e41438fe542c5
                """,
            pkcs1: """
                27f6629d70e2779cdc09368567414e92e42a58a8716c1242e558cbf5ecb63510fbd7e6d48167579cff4803db7906e500
                95417eeb9d120762bf40da157113aa9f85eabef44d759646e4c1804e52eb207b6acfa182a0930ea1c2b0682b84c331a2
                435c6bc691f2df31a31f2750ee7161cb3dc75987f1aeb2d5478c32133de4f5ca90390256e9c4f2bfa7ce86623d04206f
                77722e4c316411dfdb3c6aef02f7b5c8a6fbfed8c87e30328835201f2dbd3aac95694af5e16cbcf3a1d84eaed9144a6b
                9b0093453f714974a0ea48382a1ded8b1febbd4b7550e6c87c2b419e4e7112dd0a91efa86b7d54cc05e86ee5a6bdfb72
                4cabeaa046fbd383cd5ad3af47d7078f
                """,
            pss: """
                866709515677d979531ec00faf8e748775c4f70d5bbaa7e44f940c60c8f8094fff755e26f6081d6a82177d770688a4ff
                3f8fc553091beed61f98fa013bfafecc7ca5ccf4463a4a561030f66e360166dbf164f81ecce419828d8637ea23c4badc
                13de3b6fa04056c6aa2a050613d09583bdec9550c687d7f984f9dbe84886434643d1c10968c7a10e23b40e4681397944
                17e42c10ad3d27c0882feb3b85593ee457d6111cf4c166a262517c549d53268a6be759cb0c8158fd606df1d1f725cace
                c66cab5406fc79d60b474ad91b231ae2d5753d5541d378b4cd682a56eb444d13c42d73a97e1e3b05acf4c2c5d9eab54f
                5a16d1cdd93849552ca9a8ea62465b11
                """),
        Vector(
            bitCount: 2049, exponent: "000003",
            modulus: """
                016b9b1388c874c51a0ca0eeb58d57fee0887210f4e86a7b7bfe30527280cfef84a7ae54e63563261fa6bf9e0d1e8e91
                8dc5ea83d17caaba947bfbcedd132401234d361ac75269ff47a69f553a1c5fb05f24d38b2282e19e18351b4ba4da4ae3
                da6d5fc71258eddceecf65cdee5a474103d8608dc3fcffe8611ad5207dc81bf891b09a389ef6d4c397daf1e5dcf41ef4
                b60ae77cb2e345e8f7b4969fb399daca68ce9e257973b68b8832822235894b166c9fd8bbd86be25c9632e6dc881939a0
                792bb972de773a3782b80ba827b0b97983bfe05a48c2e1ad024d04f9ace0c3b42ecd3b5bed5ad65ef45a337ff03e7992
                029e0347207ba650a2a03c47efbdd3b475
                """,
            pkcs1: """
                0143f57743015b88d41cb1d03a8e5fc5a26b3867e37091849c61982601a195726d9bd1d023f242de3bd6801d96ca1913
                9a0aa82df3e23bf2e19778a996b38c2b49252a553474f5589cfaea545f47703b4fbeb318ac06d128d2328f2d9b668681
                ce382a22962a77b7872b1cb64adbe904b658c5205c3d57b7b0a5881caec30a3947f0fe7671676e38039c82ef1d5713bc
                a3cf4a1b751e4766741bc2262dab4a68606c4d95f9f22d1df66c03d2b12ab5faef7f0e036e5e066c0e4ec43cfbb5f1d2
                5181e84f8732f19d383020e3c908c749d9b4333cd24f6f3af4239832cd874182db03fae2ff282abf335578227f56ec58
                640a804dc5f66fa37a33fe747830411349
                """,
            pss: """
                004d4e5c3eab86f7670caebda22bf2503047fc6e76a242d386de9fa706b4271ac0931f37d58bfaccc86866d8daf7b8ac
                a0763636d2cd4af9dbb8de03c63fe96c6343808bfca13e2be8251a8685640e01c86d1f2288a26956bc1d85cbb1be1979
                f58022ab79a48f14d6bd4501008a92b33f6c059c4ffba030544bf219c6b670a0bed870a486e17427f01d6b5d537e1557
                c616894a05fc1afc9dcdfbc44c019c4fee5e8dab34df10a102539b5d18553ec58304be658423279606f760e9d0eb3844
                ef1ebe7d2b93d329a976ea11796510b7a5fe99d811c0091d954b9421d7319c661c96030055a472692e6963499476ad58
                5f261b8942832c3614044eb4484d7e2999
                """),
        Vector(
            bitCount: 2055, exponent: "010001",
            modulus: """
                71553ae4c03f7127e32589e66ecef3848b3349c18e51dbc69e6c9ff2050c5ee8f26cb4d872b40dc89dd21b62db88dc90
                1a4a0c754db1508e957d29cc212112b0f1ea6e4acaa6ddefecfd962d4336c1a3412018c84fc96a39137d88546da2b57a
                84a1479d099c46e27e7eeaa7273a009f747cf51e3ed6bce32add3a55d2b82ee0144f348e07f882f3f484fd7940c3f6a2
                dc9fcf06218ef89d47ff36b81a7746b943983faeb943807fb0fd0d3164dfdea0cc037c2caf49eb9d62a343293dc77846
                c6e586703143bf3d20aba45193cb7c22a7bec5a42fb3d870b2c841d54a57c7fe34281a5e142b63024482c022b68f3f79
                bdaff24ed06fc82e51b43c3ffa6f35a703
                """,
            pkcs1: """
                2185d595b96f990a2022c7b13a09a3beaf327c9c4e81d31a11a4b900333f3490484931392ba4ed89555e5826385db7c2
                af1ba78ee1286dc3f435fc057593a601b871e2214a5599aede1a3d7b7e66ff04d057875988d54ed99e6268f29724fdd4
                467ec6958d815a9932ea227b391761a4eb5aba7c7990838136f692d330c9213f495f67dec314394c0e6c9979a9f78081
                a80a5c0b6a81d23e037bc5ed4b150c7d70360c8d496b34c2556239d96ed519a8c8a5bdf619a4d43f3585822cfc0f8b8e
                24347e9e3a629961af0bdb19986a05c2bc49c4797606638757377e0654489a80acd6dfcc001e2de0543e7695ff6d04f8
                3ed65d79e4ad16e8e148bfe2c968231b38
                """,
            pss: """
                27cb8b821e2cdb3555cedbbe70b01a000ff98cc36e3a3c5832d4e8ed7dcbf5f62b0de177b721199c0108972ac55112f9
                a19ecb21fc817ce8d12678784f1389141eac009d283e403d22e59774e288fd3281e7643b2ae3d94dbedb4e93d14993e6
                678ecc19b44d830994ae9e1c49e2a6565c25e96aa4bbe3327ceb0aac23c092ca9e8674a34103f9cd8cd1896a15a18e01
                309b7e497c420df2e969769c90d158ee5c9b03bc64ba7a91998f938a97a80893b24a774b22effcfaa6a903fb13456933
                1f355e27bd42b7d88ce48fbe0fe292eab968cabe5cca7cb73972283c60cdd103049e1d35aae29d042c5c9ca16039c52b
                9954064218452b55a54a25b4c4ac08a911
                """),
    ]

    @Test(arguments: vectors) func `signatures of another implementation are valid`(vector: Vector) throws {
        let key = try RSAPublicKey(modulus: bytes(vector.modulus), exponent: bytes(vector.exponent))
        #expect(key.bitCount == vector.bitCount)
        #expect(key.byteCount == (vector.bitCount + 7) / 8)
        let message = Array("a message".utf8)
        let pkcs1 = try bytes(vector.pkcs1)
        let pss = try bytes(vector.pss)
        let sha256 = HashAlgorithm.sha256.hash(message)
        let sha384 = HashAlgorithm.sha384.hash(message)
        #expect(key.isValidPKCS1(pkcs1, .sha384, digest: sha384))
        #expect(key.isValidPSS(pss, .sha256, digest: sha256, saltByteCount: 32))
        #expect(!key.isValidPSS(pss, .sha256, digest: sha256, saltByteCount: 31))
        #expect(!key.isValidPSS(pss, .sha256, digest: HashAlgorithm.sha256.hash([1]), saltByteCount: 32))
        #expect(!key.isValidPSS(pss, .sha256, digest: sha256, saltByteCount: 1 << 40))
        #expect(!key.isValidPSS(pss, .sha256, digest: sha384, saltByteCount: 32))
        #expect(!key.isValidPKCS1(pss, .sha256, digest: sha256))
        #expect(!key.isValidPKCS1(pkcs1, .sha256, digest: sha256))
        #expect(!key.isValidPKCS1([0] + pkcs1, .sha384, digest: sha384))
        #expect(!key.isValidPKCS1(Array(pkcs1.dropLast()), .sha384, digest: sha384))
        #expect(!key.isValidPKCS1([], .sha384, digest: sha384))
        for position in [0, 100, pss.count - 1] {
            var changed = pss
            changed[position] ^= 4
            #expect(!key.isValidPSS(changed, .sha256, digest: sha256, saltByteCount: 32))
        }
        // A signature that is not below the modulus.
        #expect(!key.isValidPKCS1([UInt8](repeating: 0xff, count: key.byteCount), .sha384, digest: sha384))
    }

    @Test(arguments: [
        (2047, 3), (8200, 3), (2048, 1), (2048, 4), (2048, 0), (0, 3), (2048, -1), (512, 65537),
    ])
    func `keys outside the limits are refused`(bitCount: Int, exponent: Int) {
        var modulus = [UInt8](repeating: 0xff, count: (bitCount + 7) / 8)
        if bitCount % 8 != 0 { modulus[0] = 0x7f }
        let exponentBytes =
            exponent < 0
            ? [UInt8](repeating: 1, count: 9)
            : (0..<8).reversed().map { UInt8(truncatingIfNeeded: exponent >> (8 * $0)) }
        #expect(throws: CryptoError.invalidPublicKey) {
            try RSAPublicKey(modulus: modulus, exponent: exponentBytes)
        }
    }

    @Test func `an even modulus is refused`() {
        let modulus = [UInt8](repeating: 0xfe, count: 256)
        #expect(throws: CryptoError.invalidPublicKey) { try RSAPublicKey(modulus: modulus, exponent: [3]) }
    }

    @Test func `zeros before a modulus do not count`() throws {
        let modulus = [UInt8](repeating: 0xff, count: 256)
        #expect(try RSAPublicKey(modulus: [0, 0] + modulus, exponent: [0, 1, 0, 1]).bitCount == 2048)
    }

    @Test func `an encoded message is recognised, and no other`() {
        let digest = HashAlgorithm.sha256.hash([1])
        let encoded = RSAPadding.pss(.sha256, digest: digest, salt: [1, 2, 3], bitCount: 2047)
        #expect(RSAPadding.isPSS(encoded, .sha256, digest: digest, saltByteCount: 3, bitCount: 2047))
        for bit in stride(from: 0, to: 8 * encoded.count, by: 5) {
            var changed = encoded
            changed[bit / 8] ^= 0x80 >> UInt8(bit % 8)
            #expect(!RSAPadding.isPSS(changed, .sha256, digest: digest, saltByteCount: 3, bitCount: 2047))
        }
    }

    @Test func `products modulo a number are those of long division`() {
        let modulus = MontgomeryModulus([0xffff_ffff_ffff_fff1, 0x7fff_ffff_ffff_ffff])
        var one = modulus.product([5, 0], modulus.radixSquare)
        for _ in 0..<3 { one = modulus.product(one, one) }
        // 5^8.
        #expect(modulus.leaving(one) == [390_625, 0])
        #expect(modulus.exceeds([0, 1]) && !modulus.exceeds(modulus.words))
        #expect(MontgomeryModulus.bytes([0x0102], count: 3) == [0, 1, 2])
    }
}
