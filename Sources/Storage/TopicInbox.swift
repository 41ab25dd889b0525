import Runtime

/// Collects what durable transactions told of some topics, until somebody takes it.
package final class TopicInbox: Sendable {
    private let topics = Guarded<Set<StoreTopic>>([])

    package init() {}

    func put(_ heard: [StoreTopic]) {
        topics.withLock { $0.formUnion(heard) }
    }

    /// What was told since the last call, each once, in no order.
    package func take() -> Set<StoreTopic> {
        topics.withLock { topics in
            defer { topics.removeAll(keepingCapacity: true) }
            return topics
        }
    }
}
