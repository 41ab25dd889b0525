import Crypto

/// Bytes that are the same in every run.
enum Randomness {
    /// `count` bytes out of a counter and `seed`.
    static func bytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        DeterministicRandom(seed: seed).bytes(count, purpose: Array("tests".utf8), number: 1)
    }

    /// A source of random bytes for keys and signatures.
    static func source(_ seed: UInt64) -> (Int) -> [UInt8] { { bytes($0, seed: seed) } }
}
