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

/// A sequence of numbers that is the same in every run.
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        // SplitMix64.
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}
