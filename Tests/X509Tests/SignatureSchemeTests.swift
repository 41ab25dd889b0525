import Crypto
import Testing
import X509

@Suite struct SignatureSchemeTests {
    @Test func `schemes have the numbers of the registry`() {
        #expect(SignatureScheme(rawValue: 0x0403) == .ecdsaP256SHA256)
        #expect(SignatureScheme(rawValue: 0x0804)?.hash == .sha256)
        #expect(SignatureScheme(rawValue: 0x0201) == nil)
    }

    @Test func `PKCS 1 version 1_5 signs no TLS 1_3 handshake`() {
        #expect(SignatureScheme.allCases.filter(\.isAllowedInTLS13).count == 9)
        #expect(!SignatureScheme.rsaPKCS1SHA256.isAllowedInTLS13)
    }
}
