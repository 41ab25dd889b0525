/// The encoded messages of RSA signatures (RFC 8017 section 9).
enum RSAPadding {
    /// EMSA-PKCS1-v1_5 (section 9.2) of at least 256 bytes: 0, 1, many 255, 0, the DigestInfo.
    static func pkcs1(_ algorithm: HashAlgorithm, digest: HashValue, byteCount: Int) -> [UInt8] {
        // SEQUENCE { SEQUENCE { OID 2.16.840.1.101.3.4.2.n, NULL }, OCTET STRING }, section 9.2, note 1.
        let last: UInt8 =
            switch algorithm {
            case .sha256: 1
            case .sha384: 2
            case .sha512: 3
            }
        let size = UInt8(algorithm.byteCount)
        let info: [UInt8] = [
            0x30, 17 + size, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, last, 0x05, 0x00,
            0x04, size,
        ]
        let padding = [UInt8](repeating: 0xff, count: byteCount - 3 - info.count - digest.byteCount)
        return [0, 1] + padding + [0] + info + digest.bytes
    }

    /// EMSA-PSS-VERIFY (section 9.1.2).
    ///
    /// - Parameters:
    ///   - message: As many bytes as `bitCount` bits need.
    ///   - bitCount: One less than the modulus has.
    static func isPSS(
        _ message: [UInt8], _ algorithm: HashAlgorithm, digest: HashValue, saltByteCount: Int, bitCount: Int
    ) -> Bool {
        let hashCount = algorithm.byteCount
        guard digest.byteCount == hashCount, saltByteCount >= 0,
            message.count >= hashCount + saltByteCount + 2, message.last == 0xbc
        else { return false }
        let maskedCount = message.count - hashCount - 1
        let hash = Array(message[maskedCount..<(maskedCount + hashCount)])
        let unused = 8 * message.count - bitCount
        guard Int(message[0]) >> (8 - unused) == 0 else { return false }
        var block = mask(algorithm, seed: hash, count: maskedCount)
        for index in 0..<maskedCount { block[index] ^= message[index] }
        block[0] &= 0xff >> UInt8(unused)
        let saltStart = maskedCount - saltByteCount
        guard block[..<(saltStart - 1)].allSatisfy({ $0 == 0 }), block[saltStart - 1] == 1 else { return false }
        return self.hash(algorithm, digest: digest, salt: block[saltStart...]).isEqual(to: hash)
    }

    /// EMSA-PSS-ENCODE (section 9.1.1) with `salt`.
    static func pss(_ algorithm: HashAlgorithm, digest: HashValue, salt: [UInt8], bitCount: Int) -> [UInt8] {
        let byteCount = (bitCount + 7) >> 3
        let maskedCount = byteCount - algorithm.byteCount - 1
        precondition(maskedCount > salt.count, "the modulus is too short for this hash and salt")
        let hash = hash(algorithm, digest: digest, salt: salt[...]).bytes
        var block = [UInt8](repeating: 0, count: maskedCount - salt.count - 1) + [1] + salt
        let mask = mask(algorithm, seed: hash, count: maskedCount)
        for index in 0..<maskedCount { block[index] ^= mask[index] }
        block[0] &= 0xff >> UInt8(8 * byteCount - bitCount)
        return block + hash + [0xbc]
    }

    /// The hash of eight zeros, the message's hash and the salt.
    private static func hash(_ algorithm: HashAlgorithm, digest: HashValue, salt: ArraySlice<UInt8>) -> HashValue {
        algorithm.hash([UInt8](repeating: 0, count: 8) + digest.bytes + salt)
    }

    /// MGF1 (appendix B.2.1).
    private static func mask(_ algorithm: HashAlgorithm, seed: [UInt8], count: Int) -> [UInt8] {
        var output: [UInt8] = []
        var number: UInt32 = 0
        while output.count < count {
            let place: [UInt8] = [
                UInt8(truncatingIfNeeded: number &>> 24), UInt8(truncatingIfNeeded: number &>> 16),
                UInt8(truncatingIfNeeded: number &>> 8), UInt8(truncatingIfNeeded: number),
            ]
            algorithm.hash(seed + place).append(to: &output)
            number &+= 1
        }
        output.removeLast(output.count - count)
        return output
    }
}
