@testable import Storage

/// A transaction that a test submitted without waiting for it.
final class Ticket<Answer: Sendable> {
    private let pending: TypedTransaction<Answer>
    /// Why it did not get into the queue.
    private(set) var refusal: StoreError?
    private(set) var isAnswered = false

    init(
        _ store: Store, onAnswer: @escaping () -> Void = {},
        _ body: @escaping @Sendable (Transaction) throws -> Answer
    ) {
        pending = TypedTransaction(body)
        pending.waiter = TestWaiter { [weak self] in
            self?.isAnswered = true
            onAnswer()
        }
        refusal = store.core.enqueue(pending)
    }

    /// What the transaction answered, or threw.
    func answer() throws -> Answer { try pending.answer() }
}
