import Bytes
import Runtime

/// Where the random bytes of transactions come from: the entropy door, or a seed.
struct TransactionRandomness: Sendable {
    let seed: UInt64?
    let entropy: any Entropy

    func bytes(_ count: Int, purpose: StaticString, number: UInt64, counter: UInt64) -> [UInt8] {
        guard let seed else { return entropy.bytes(count) }
        var result: [UInt8] = []
        var block: UInt32 = 0
        while result.count < count {
            var input = ByteWriter(capacity: 96)
            input.appendBigEndian(seed)
            input.appendBigEndian(number)
            input.appendBigEndian(counter)
            input.appendBigEndian(block)
            input.append(purpose)
            var word = XXH64.hash(input.bytes, seed: seed)
            for _ in 0..<8 {
                result.append(UInt8(truncatingIfNeeded: word))
                word >>= 8
            }
            block += 1
        }
        return Array(result.prefix(count))
    }
}
