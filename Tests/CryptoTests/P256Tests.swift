import Testing

@testable import Crypto

@Suite struct P256Tests {
    /// RFC 6979 appendix A.2.5.
    static let key = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"

    /// Computed with another implementation.
    @Test(arguments: [
        (
            "0000000000000000000000000000000000000000000000000000000000000001",
            """
            046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296
            4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5
            """
        ),
        (
            "0000000000000000000000000000000000000000000000000000000000000002",
            """
            047cf27b188d034f7e8a52380304b51ac3c08969e277f21b35a60b48fc47669978
            07775510db8ed040293d9ac69f7430dbba7dade63ce982299e04b79d227873d1
            """
        ),
        (
            "000000000000000000000000000000000000000000000000000000000000000f",
            """
            04f0454dc6971abae7adfb378999888265ae03af92de3a0ef163668c63e59b9d5f
            b5b93ee3592e2d1f4e6594e51f9643e62a3b21ce75b5fa3f47e59cde0d034f36
            """
        ),
        (
            "0000000000000000000000000000000000000000000000000000000000000010",
            """
            0476a94d138a6b41858b821c629836315fcd28392eff6ca038a5eb4787e1277c6e
            a985fe61341f260e6cb0a1b5e11e87208599a0040fc78baa0e9ddd724b8c5110
            """
        ),
        (
            "0000000000000000000000000000000000000000000000010000000000000000",
            """
            040fa822bc2811aaa58492592e326e25de29493baaad651f7e90e75cb48e14db63
            bff44ae8f5dba80d6f4ad4bcb3df188b34b1a65050fe82f5e41124545f462ee7
            """
        ),
        (
            "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721",
            """
            0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6
            7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299
            """
        ),
        (
            "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550",
            """
            046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296
            b01cbd1c01e58065711814b583f061e9d431cca994cea1313449bf97c840ae0a
            """
        ),
        (
            "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254f",
            """
            047cf27b188d034f7e8a52380304b51ac3c08969e277f21b35a60b48fc47669978
            f888aaee24712fc0d6c26539608bcf244582521ac3167dd661fb4862dd878c2e
            """
        ),
    ])
    func `a private key has its public key`(scalar: String, point: String) throws {
        let key = try P256.PrivateKey(Secret(bytes(scalar)))
        #expect(try key.publicKey.bytes == bytes(point))
        #expect(try P256.PublicKey(bytes(point)) == key.publicKey)
    }

    /// RFC 6979 appendix A.2.5, with SHA-256.
    @Test(arguments: [
        (
            "sample", "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
            "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
        ),
        (
            "test", "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367",
            "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083"
        ),
    ])
    func `without entropy a signature is the published one`(message: String, r: String, s: String) throws {
        let key = try P256.PrivateKey(Secret(bytes(P256Tests.key)))
        let digest = SHA256.value(of: Array(message.utf8))
        let none: [UInt8] = []
        let signature = try key.sign(digest: digest, entropy: none.span.raw)
        #expect(try signature.bytes(.p1363) == bytes(r + s))
    }

    @Test func `with entropy signatures differ and verify, in both encodings, for this message alone`() throws {
        let key = try P256.PrivateKey(Secret(bytes(P256Tests.key)))
        let digest = SHA384.value(of: [1, 2, 3])
        let entropy = [UInt8](repeating: 5, count: 32)
        let signature = try key.sign(digest: digest, entropy: entropy.span.raw)
        let none: [UInt8] = []
        #expect(try key.sign(digest: digest, entropy: none.span.raw) != signature)
        #expect(key.publicKey.isValid(signature.bytes(.der), .der, digest: digest))
        #expect(key.publicKey.isValid(signature.bytes(.p1363), .p1363, digest: digest))
        #expect(!key.publicKey.isValid(signature.bytes(.p1363), .der, digest: digest))
        #expect(!key.publicKey.isValid(signature.bytes(.der), .der, digest: SHA384.value(of: [1, 2])))
    }

    @Test func `two sides agree on a secret`() throws {
        let one = try P256.PrivateKey(random: Secret((0..<48).map { UInt8($0) }))
        let other = try P256.PrivateKey(random: Secret((0..<48).map { UInt8(255 - $0) }))
        let secret = one.sharedSecret(with: other.publicKey)
        let same = secret.isEqual(to: other.sharedSecret(with: one.publicKey))
        #expect(same)
        #expect(secret.byteCount == 32)
    }

    /// Computed with whole-number arithmetic: the random number modulo the order.
    @Test func `random bytes are reduced by the order`() throws {
        let key = try P256.PrivateKey(random: Secret([UInt8](repeating: 0xff, count: 48)))
        let expected = "431905529c0166ce652e96b7ccca0a99679b73e19ad16947f01cf013fc632550"
        let bytesOfKey = try Secret(bytes(expected))
        let same = ConstantTime.isEqual(key.bytes, bytesOfKey.bytes)
        #expect(same)
    }

    @Test(arguments: [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    ])
    func `numbers out of range are no private keys`(scalar: String) throws {
        let secret = try Secret(bytes(scalar))
        #expect(throws: CryptoError.invalidPrivateKey) { _ = try P256.PrivateKey(secret) }
    }

    @Test func `points that are not on the curve are no public keys`() throws {
        let good = try P256.PrivateKey(Secret(bytes(P256Tests.key))).publicKey.bytes
        for position in [0, 1, 33, 64] {
            var changed = good
            changed[position] ^= 1
            #expect(throws: CryptoError.invalidPublicKey) { try P256.PublicKey(changed) }
        }
        let prime = try bytes("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff")
        let bad: [[UInt8]] = [
            [], [0], [4], Array(good.dropLast()), good + [0], [2] + Array(good[1...32]), [4] + prime + prime,
        ]
        for bad in bad {
            #expect(throws: CryptoError.invalidPublicKey) { try P256.PublicKey(bad) }
        }
    }

    @Test func `the order times the generator is the neutral point, and sums with it are right`() {
        let generator = ProjectivePoint<P256>.generator
        #expect(P256.baseTable.multiply(P256Scalar.modulus).z.isZero)
        #expect(generator.multiplied(by: P256Scalar.modulus).z.isZero)
        let sum = generator.adding(.neutral).affine
        #expect(sum.x == P256.generatorX && sum.y == P256.generatorY)
        #expect(ProjectivePoint<P256>.neutral.doubled.z.isZero)
        let negative = ProjectivePoint<P256>(x: generator.x, y: .zero - generator.y, z: .one)
        #expect(generator.adding(negative).z.isZero)
        let twice = generator.adding(generator).affine
        let doubled = generator.doubled.affine
        #expect(twice.x == doubled.x && twice.y == doubled.y)
    }

    @Test func `field arithmetic is whole at the edges`() {
        let highest = P256Field.zero - .one
        #expect((highest * highest).number.w0 == 1)
        #expect((highest + .one).isZero)
        #expect((highest + highest) == .zero - P256Field.one.doubled)
        #expect(highest.inverse == highest)
        #expect(P256Field.zero.inverse.isZero)
        let top = Limbs256(~0, ~0, ~0, ~0)
        #expect(P256Scalar(reducing: top) == P256Scalar(value: P256Scalar.radixSquare) - .one)
    }
}
