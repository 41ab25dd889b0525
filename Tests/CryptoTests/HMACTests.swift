import Testing

@testable import Crypto

@Suite struct HMACTests {
    /// RFC 4231 section 4.3 (test case 2) and RFC 2202 section 3 (test case 2).
    @Test func `a short key and message give the published tags`() throws {
        let key = Array("Jefe".utf8)
        let message = Array("what do ya want for nothing?".utf8)
        #expect(
            try HMAC<SHA1>(key: key).authenticate(message).bytes
                == bytes("effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"))
        #expect(
            try HMAC<SHA384>(key: key).authenticate(message).bytes
                == bytes(
                    "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649"))
        #expect(
            try HMAC<SHA512>(key: key).authenticate(message).bytes
                == bytes(
                    """
                    164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554
                    9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737
                    """))
    }

    @Test(arguments: [0, 1, 63, 64, 65, 128, 129, 200])
    func `over SHA-256 it is what HMACKey gives`(count: Int) {
        let key = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 3) }
        #expect(HMAC<SHA256>(key: key).authenticate([1, 2, 3]).bytes == HMACKey(key).authenticate([1, 2, 3]).bytes)
    }

    /// RFC 6238 appendix B: the truncated tag is the one-time password.
    @Test func `a one-time password is the published one`() {
        let mac = HMAC<SHA1>(key: Array("12345678901234567890".utf8)).authenticate([0, 0, 0, 0, 0, 0, 0, 1]).bytes
        let offset = Int(mac[19] & 15)
        let word = mac[offset..<(offset + 4)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7fff_ffff
        #expect(word % 100_000_000 == 94_287_082)
    }

    @Test func `a key that absorbed nothing serves many messages and tells nothing`() {
        let mac = HMAC<SHA512>(key: [1])
        #expect(mac.authenticate([2]) == mac.authenticate([2]))
        #expect("\(mac)" == "<redacted>")
    }
}
