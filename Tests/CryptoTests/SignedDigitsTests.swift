import Testing

@testable import Crypto

@Suite struct SignedDigitsTests {
    @Test(arguments: [2, 3, 5, 7, 8]) func `digits add up to their number`(width: Int) {
        var state: UInt64 = 7
        for round in 0..<200 {
            var words = (0..<2).map { _ -> UInt64 in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return state
            }
            if round == 0 { words = [~0, ~0] }
            if round == 1 { words = [0, 0] }
            let digits = SignedDigits.of(words, width: width)
            // Modulo 2^128, from the highest digit down.
            var sum: UInt128 = 0
            for digit in digits.reversed() {
                sum = sum &+ sum &+ UInt128(truncatingIfNeeded: Int64(digit))
                #expect(digit == 0 || (digit & 1 == 1 && abs(Int(digit)) < 1 << (width - 1)))
            }
            #expect(sum.low == words[0] && sum.high == words[1])
        }
    }
}
