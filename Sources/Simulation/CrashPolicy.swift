/// What a loss of power leaves of that which was not synced. What was synced is always kept.
package enum CrashPolicy: Sendable, Equatable {
    /// Each block is lost, kept, or torn at sectors of 512 bytes; each size and directory change lost or kept.
    case seeded(UInt64)
    case loseAll
    case keepAll
    /// The n-th unsynced thing is kept when bit n is set; those beyond 64 are lost.
    case subset(UInt64)
}

/// The choices of one crash, in a fixed order.
struct CrashChoices {
    enum Outcome { case lost, kept, torn }

    private let policy: CrashPolicy
    var generator: SeededGenerator
    /// How many choices were made.
    private var count = 0
    /// Some crashes lose nearly all, some nearly nothing: in 16ths.
    private let keepShare: Int

    init(_ policy: CrashPolicy) {
        self.policy = policy
        if case .seeded(let seed) = policy {
            generator = SeededGenerator(seed: seed, purpose: 4)
        } else {
            generator = SeededGenerator(seed: 0)
        }
        keepShare = generator.below(17)
    }

    mutating func next() -> Outcome {
        defer { count += 1 }
        switch policy {
        case .loseAll: return .lost
        case .keepAll: return .kept
        case .subset(let mask): return count < 64 && mask >> UInt64(count) & 1 == 1 ? .kept : .lost
        case .seeded:
            if generator.below(4) == 0 { return .torn }
            return generator.below(16) < keepShare ? .kept : .lost
        }
    }

    /// Whether a directory change is kept; it cannot be torn.
    mutating func nextEntry() -> Bool {
        switch next() {
        case .lost: false
        case .kept: true
        case .torn: generator.below(2) == 0
        }
    }
}
