import Runtime

/// Many tasks at once, and all of their answers.
enum Parallel {
    static func run<Value: Sendable>(
        _ count: Int, _ doors: Doors, _ body: @escaping @Sendable (Int) async -> Value
    ) async -> [Value] {
        let values = Guarded<[Value]>([])
        let signal = WakeSignal()
        for number in 0..<count {
            doors.scheduler.spawn(on: 0) {
                let value = await body(number)
                values.withLock { $0.append(value) }
                signal.notify()
            }
        }
        while values.withLock({ $0.count }) < count { await signal.wait(until: nil, on: doors.scheduler) }
        return values.withLock { $0 }
    }
}
