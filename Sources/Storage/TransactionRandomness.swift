import Bytes
import Crypto
import Runtime

/// Where the random bytes of transactions come from: the entropy door, or a seed.
///
/// Unchecked: it belongs to the commit worker and to the transaction that runs there.
final class TransactionRandomness: @unchecked Sendable {
    /// Bytes drawn at once: a system call for each identifier was 5 % of a transaction.
    private static let drawByteCount = 512

    private let seeded: DeterministicRandom?
    private let entropy: any Entropy
    /// Drawn and not handed out: those before `drawn.count - left` are erased.
    private var drawn: [UInt8] = []
    private var left = 0

    init(seed: UInt64?, entropy: any Entropy) {
        seeded = seed.map { DeterministicRandom(seed: $0) }
        self.entropy = entropy
    }

    /// - Parameter counter: which call of the transaction this is, so that no two answers are the same.
    func bytes(_ count: Int, purpose: StaticString, number: UInt64, counter: UInt64) -> [UInt8] {
        guard let seeded else { return draw(count) }
        var writer = ByteWriter(capacity: 32)
        writer.append(purpose)
        writer.appendBigEndian(counter)
        return seeded.bytes(count, purpose: writer.bytes, number: number)
    }

    private func draw(_ count: Int) -> [UInt8] {
        guard count <= Self.drawByteCount / 8 else { return entropy.bytes(count) }
        if left < count {
            drawn = entropy.bytes(Self.drawByteCount)
            left = drawn.count
        }
        let start = drawn.count - left
        let bytes = Array(drawn[start..<start + count])
        // What was handed out is nowhere in memory that its owner does not know of.
        for index in start..<start + count { drawn[index] = 0 }
        left -= count
        return bytes
    }
}
