import Runtime
import Testing

@testable import Storage

/// Random bytes of transactions.
@Suite struct RandomnessTests {
    /// Bytes that never repeat, and how often it was asked.
    private final class CountingEntropy: Entropy, @unchecked Sendable {
        var callCount = 0
        private var next: UInt32 = 0

        func bytes(_ count: Int) -> [UInt8] {
            callCount += 1
            return (0..<count).map { index in
                if index % 4 == 0 { next += 1 }
                return UInt8(truncatingIfNeeded: next >> UInt32(8 * (index % 4)))
            }
        }
    }

    @Test func `no byte is handed out twice, and the system is asked rarely`() {
        let entropy = CountingEntropy()
        let randomness = TransactionRandomness(seed: nil, entropy: entropy)
        var seen: Set<[UInt8]> = []
        for number in 0..<1000 as Range<UInt64> {
            let bytes = randomness.bytes(16, purpose: "test", number: number, counter: 1)
            #expect(bytes.count == 16 && seen.insert(bytes).inserted)
        }
        #expect(entropy.callCount == 32)
        #expect(randomness.bytes(1024, purpose: "test", number: 1, counter: 1).count == 1024)
        #expect(randomness.bytes(0, purpose: "test", number: 1, counter: 1).isEmpty)
        #expect(entropy.callCount == 33)
    }

    @Test func `with a seed the bytes follow from purpose, transaction and call`() {
        let entropy = CountingEntropy()
        let randomness = TransactionRandomness(seed: 5, entropy: entropy)
        let bytes = randomness.bytes(16, purpose: "a", number: 1, counter: 1)
        #expect(
            bytes == TransactionRandomness(seed: 5, entropy: entropy).bytes(16, purpose: "a", number: 1, counter: 1))
        #expect(bytes != randomness.bytes(16, purpose: "b", number: 1, counter: 1))
        #expect(bytes != randomness.bytes(16, purpose: "a", number: 2, counter: 1))
        #expect(bytes != randomness.bytes(16, purpose: "a", number: 1, counter: 2))
        #expect(entropy.callCount == 0)
    }
}
