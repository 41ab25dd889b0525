import Synchronization

/// Answers by class, and refusals worth an operator's attention.
final class RequestCounters: Sendable {
    private let succeeded = Atomic<UInt64>(0)
    private let refused = Atomic<UInt64>(0)
    private let failed = Atomic<UInt64>(0)
    let rateLimited = Atomic<UInt64>(0)
    let wrongCredentials = Atomic<UInt64>(0)

    func note(status: Int) {
        switch status {
        case ..<400: succeeded.add(1, ordering: .relaxed)
        case 400..<500: refused.add(1, ordering: .relaxed)
        default: failed.add(1, ordering: .relaxed)
        }
        if status == 429 { rateLimited.add(1, ordering: .relaxed) }
        if status == 401 { wrongCredentials.add(1, ordering: .relaxed) }
    }

    /// Answers with a status below 400, from 400 to 499, and from 500.
    var classes: (succeeded: UInt64, refused: UInt64, failed: UInt64) {
        (succeeded.load(ordering: .relaxed), refused.load(ordering: .relaxed), failed.load(ordering: .relaxed))
    }
}
