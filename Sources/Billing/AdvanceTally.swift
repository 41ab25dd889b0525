import Runtime

/// What ran while a clock moved and nobody was told of yet: it outlives an answer that left before the step was over.
package final class AdvanceTally: Sendable {
    private let counts = Guarded<[Int]>([])

    package init() {}

    /// Notes `count` items more of the source at `index`.
    func add(_ count: Int, of index: Int) {
        guard count > 0 else { return }
        counts.withLock { counts in
            while counts.count <= index { counts.append(0) }
            counts[index] += count
        }
    }

    /// The counts by source; they begin at zero again.
    func take() -> [Int] {
        counts.withLock { counts in
            defer { counts = [] }
            return counts
        }
    }

    /// The counts by source so far.
    var current: [Int] { counts.withLock { $0 } }
}
