import Runtime

/// A transaction on its way from the loop to the commit worker, the log worker, and back.
///
/// One of them has it at a time, and each hands it on under the lock of the store's state or through the waiter.
class PendingTransaction: @unchecked Sendable {
    /// Continues the task that called `transact`.
    var waiter: (any Waiter)?

    /// Runs the body; its outcome is kept.
    func run(in transaction: Transaction) {}
    /// Replaces the outcome.
    func fail(_ error: StoreError) {}
    /// Whether the body threw.
    var hasFailed: Bool { true }
}

/// The same with its answer.
final class TypedTransaction<Answer: Sendable>: PendingTransaction, @unchecked Sendable {
    private let body: @Sendable (Transaction) throws -> Answer
    private var outcome: Result<Answer, any Error> = .failure(StoreError.closed)

    init(_ body: @escaping @Sendable (Transaction) throws -> Answer) {
        self.body = body
    }

    override func run(in transaction: Transaction) {
        outcome = Result { try body(transaction) }
    }

    override func fail(_ error: StoreError) {
        outcome = .failure(error)
    }

    override var hasFailed: Bool {
        if case .failure = outcome { true } else { false }
    }

    func answer() throws -> Answer {
        try outcome.get()
    }
}
