/// SplitMix64: the same numbers in every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// Changes, removes, inserts or repeats something somewhere in `bytes`.
    mutating func mutate(_ bytes: inout [UInt8]) {
        let interesting: [UInt8] = [0, 9, 10, 13, 32, 35, 44, 48, 49, 57, 58, 59, 97, 127, 128, 255]
        let index = Int(next() % UInt64(bytes.count + 1))
        let byte = next() % 2 == 0 ? interesting[Int(next() % 16)] : UInt8(truncatingIfNeeded: next())
        switch next() % 4 {
        case 0 where index < bytes.count: bytes[index] = byte
        case 1 where index < bytes.count: bytes.remove(at: index)
        case 2:
            let end = min(bytes.count, index + Int(next() % 12))
            bytes.insert(contentsOf: bytes[index..<end], at: index)
        default: bytes.insert(byte, at: index)
        }
    }
}
