/// A call to a ``FarGateway``.
package enum FarCall: Sendable, Equatable {
    case start, capture, prepare, charge, status, cancel, refund, refundStatus
}

/// What happens to a call on its way.
package enum FarFate: Sendable, Equatable {
    /// It is done and answered, after so many milliseconds.
    case answered(after: Int)
    /// It never left, provably.
    case unsent
    /// It is done at once; the answer is lost.
    case answerLost
    /// It gets lost on its way, and nobody knows.
    case vanished
    /// It is done, but only so many milliseconds later; the answer is lost at once.
    case delayed(by: Int)
}
