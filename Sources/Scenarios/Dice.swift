/// Seeded choices: the same seed makes the same ones in every run.
package struct Dice: Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `sides` - 1.
    package mutating func roll(_ sides: Int) -> Int {
        Int(next() % UInt64(max(1, sides)))
    }

    /// True `percent` times in a hundred.
    package mutating func chance(_ percent: Int) -> Bool { roll(100) < percent }

    /// One element, or nil of none.
    package mutating func pick<Element>(_ elements: [Element]) -> Element? {
        elements.isEmpty ? nil : elements[roll(elements.count)]
    }
}
