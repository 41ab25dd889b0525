/// Counts of values in a few fixed classes, and their sum: the form in which metrics show a distribution.
package struct StoreHistogram: Sendable, Equatable {
    /// The largest value of each class, ascending; one more class holds everything above.
    package let upperBounds: [UInt64]
    /// How many values each class has, not those of the classes before; one more than `upperBounds`.
    package private(set) var counts: [UInt64]
    /// All values together; wraps around.
    package private(set) var sum: UInt64 = 0

    /// - Parameter upperBounds: Ascending.
    init(upperBounds: [UInt64]) {
        self.upperBounds = upperBounds
        counts = Array(repeating: 0, count: upperBounds.count + 1)
    }

    /// How many values there are.
    package var total: UInt64 { counts.reduce(0, +) }

    mutating func add(_ value: UInt64) {
        counts[upperBounds.firstIndex { value <= $0 } ?? upperBounds.count] += 1
        sum &+= value
    }
}
