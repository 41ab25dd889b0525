import Bytes
import Crypto
import Runtime

/// Where the random bytes of transactions come from: the entropy door, or a seed.
struct TransactionRandomness: Sendable {
    private let seeded: DeterministicRandom?
    private let entropy: any Entropy

    init(seed: UInt64?, entropy: any Entropy) {
        seeded = seed.map { DeterministicRandom(seed: $0) }
        self.entropy = entropy
    }

    /// - Parameter counter: which call of the transaction this is, so that no two answers are the same.
    func bytes(_ count: Int, purpose: StaticString, number: UInt64, counter: UInt64) -> [UInt8] {
        guard let seeded else { return entropy.bytes(count) }
        var writer = ByteWriter(capacity: 32)
        writer.append(purpose)
        writer.appendBigEndian(counter)
        return seeded.bytes(count, purpose: writer.bytes, number: number)
    }
}
