import Crypto
import Runtime

/// Bytes that follow from a seed, one piece after another: for runs that must repeat.
final class SeedEntropy: Entropy {
    private let random: DeterministicRandom
    private let count = Guarded<UInt64>(0)

    init(seed: UInt64) {
        random = DeterministicRandom(seed: seed)
    }

    func bytes(_ count: Int) -> [UInt8] {
        let number = self.count.withLock { number -> UInt64 in
            number += 1
            return number
        }
        return random.bytes(count, purpose: Array("entropy".utf8), number: number)
    }
}
