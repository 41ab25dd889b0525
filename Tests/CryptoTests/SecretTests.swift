import Testing

@testable import Crypto

@Suite struct SecretTests {
    @Test func `a secret holds its bytes and prints none of them`() {
        let secret = Secret([1, 2, 3])
        #expect(secret.byteCount == 3)
        #expect(secret.revealed() == [1, 2, 3])
        #expect(secret.description == "<redacted>")
        let same = secret.duplicate()
        let isSame = secret.isEqual(to: same)
        #expect(isSame)
        let other = Secret([1, 2, 4])
        let isOther = secret.isEqual(to: other)
        #expect(!isOther)
    }

    @Test func `an empty secret is a secret`() {
        let secret = Secret([])
        #expect(secret.byteCount == 0)
        #expect(secret.revealed() == [])
    }

    @Test func `taking bytes over leaves other owners of the array alone`() {
        let original: [UInt8] = [1, 2, 3]
        let secret = Secret(original)
        #expect(original == [1, 2, 3])
        #expect(secret.revealed() == original)
    }

    @Test func `wiping overwrites every byte of any length`() {
        for count in 0..<40 {
            var bytes = [UInt8](repeating: 0xff, count: count)
            Memory.wipe(&bytes)
            #expect(bytes == [UInt8](repeating: 0, count: count))
        }
    }
}
