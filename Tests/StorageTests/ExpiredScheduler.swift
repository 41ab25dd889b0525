import Runtime

/// A scheduler whose waits end at once, as if their deadline had passed.
struct ExpiredScheduler: Scheduler {
    private let world: TestWorld

    init(_ world: TestWorld) {
        self.world = world
    }

    var loopCount: Int { 1 }
    var currentLoop: Int { 0 }

    func spawn(on loop: Int, _ body: @escaping @Sendable () async -> Void) {}

    func suspend(until deadline: Instant?, _ register: (any Waiter) -> Void) async -> Bool { false }

    func startWorker(
        _ name: StaticString, priority: WorkerPriority, _ step: @escaping @Sendable () -> WorkerStep
    ) -> any Worker {
        world.startWorker(name, priority: priority, step)
    }
}
