import JSON
import Testing

@testable import Crypto

@Suite(.enabled(if: WycheproofFile.areThere, "no Wycheproof vectors beside the repository"))
struct WycheproofCurveTests {
    @Test func `X25519 agrees with its vectors`() throws {
        let vectors = try WycheproofFile("x25519_test.json").sample(oneOf: 8)
        for (_, vector) in vectors {
            let shared = try vector.bytes("shared")
            // Acceptable are points of low order and of the twist, and numbers past the modulus: only a result of zero
            // is refused, as TLS demands.
            let isRefused = shared.allSatisfy { $0 == 0 }
            let result: [UInt8]?
            do throws(CryptoError) {
                result = try X25519.sharedSecret(
                    privateKey: Secret(vector.bytesOrNone("private")), publicKey: vector.bytesOrNone("public")
                ).revealed()
            } catch { result = nil }
            #expect(result == (isRefused ? nil : shared), vector.label)
            #expect(!isRefused || !vector.isValid, vector.label)
        }
        #expect(vectors.count == (WycheproofFile.isLong ? 518 : 65))
    }
}
