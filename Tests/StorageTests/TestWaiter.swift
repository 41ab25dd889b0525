import Runtime

/// Tells a test that a waiting task would go on.
final class TestWaiter: Waiter, @unchecked Sendable {
    private let body: () -> Void

    init(_ body: @escaping () -> Void) {
        self.body = body
    }

    func resume() { body() }
}
