import Synchronization

/// About how many signatures the replay memory holds. A transaction that runs again counts twice, so this may be a
/// little high, never low.
final class ReplayCount: Sendable {
    /// Signatures remembered at most while keys without a rate limit are in use.
    static let limit = 2_000_000

    private let count: Atomic<Int>

    init(_ count: Int) {
        self.count = Atomic(count)
    }

    func note(_ change: Int) {
        count.add(change, ordering: .relaxed)
    }

    var isFull: Bool { count.load(ordering: .relaxed) >= Self.limit }
}
