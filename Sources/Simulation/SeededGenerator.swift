/// A small repeatable source of choices (SplitMix64). It is predictable by design and never protects anything.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Generators of one seed with different purposes are independent, so that a new choice in one part of the world
    /// does not shift those of another.
    package init(seed: UInt64, purpose: UInt64 = 0) {
        state = seed
        state = next() ^ (purpose &* 0xd6e8_feb8_6659_fd93)
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to, not including, `bound` (at least 1).
    package mutating func below(_ bound: Int) -> Int {
        precondition(bound >= 1, "nothing to choose from")
        return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// A number within `range`.
    package mutating func number(in range: ClosedRange<UInt64>) -> UInt64 {
        let (count, overflow) = (range.upperBound - range.lowerBound).addingReportingOverflow(1)
        return overflow ? next() : range.lowerBound + next().multipliedFullWidth(by: count).high
    }

    /// True `chance` times in a million. A chance of zero draws nothing, so that faults that are off leave the rest
    /// of a run as it was.
    package mutating func happens(perMillion chance: Int) -> Bool {
        chance > 0 && below(1_000_000) < chance
    }
}
