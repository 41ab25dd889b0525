import Testing

@testable import Crypto

@Suite struct ConstantTimeTests {
    @Test func `equal bytes are equal and a change anywhere shows`() {
        for count in 0..<40 {
            let first = (0..<count).map { UInt8($0) }
            #expect(ConstantTime.isEqual(first, first))
            #expect(!ConstantTime.isEqual(first, first + [0]))
            for index in 0..<count {
                var second = first
                second[index] ^= 0x80
                #expect(!ConstantTime.isEqual(first, second))
            }
        }
    }

    @Test func `digits are those of base 16`() {
        let digits = (0..<16).map { ConstantTime.hexDigit(UInt8($0)) }
        #expect(String(decoding: digits, as: UTF8.self) == "0123456789abcdef")
    }
}
