import Runtime

/// How many exchanges with each origin are under way on one loop, and who waits for a turn. Only code on that loop
/// touches it; that is the proof for `@unchecked`.
final class OriginQueue: @unchecked Sendable {
    private final class Waiter: @unchecked Sendable {
        let signal = WakeSignal()
        var hasTurn = false
    }

    private struct Origin {
        var openCount = 0
        var waiters: [Waiter] = []
    }

    private var origins: [String: Origin] = [:]

    init() {}

    /// Exchanges under way with `origin`.
    func openCount(_ origin: String) -> Int { origins[origin]?.openCount ?? 0 }

    /// Waits for a turn, in order; after a return `leave` must follow.
    /// - Throws: `notSent(.busy)` when too many wait already, `notSent(.deadlinePassed)`.
    func enter(
        _ origin: String, limits: ClientLimits, deadline: Instant, on scheduler: any Scheduler
    ) async throws(ClientError) {
        var entry = origins[origin] ?? Origin()
        if entry.openCount < limits.connectionsPerOrigin {
            entry.openCount += 1
            origins[origin] = entry
            return
        }
        guard entry.waiters.count < limits.waitersPerOrigin else { throw .notSent(.busy) }
        let waiter = Waiter()
        entry.waiters.append(waiter)
        origins[origin] = entry
        await waiter.signal.wait(until: deadline, on: scheduler)
        // The turn may have come in the same moment as the deadline; then it is taken, and given back by the caller.
        if waiter.hasTurn { return }
        origins[origin]?.waiters.removeAll { $0 === waiter }
        throw .notSent(.deadlinePassed)
    }

    /// Gives the turn to whoever has waited longest.
    func leave(_ origin: String) {
        guard var entry = origins[origin] else { return }
        if entry.waiters.isEmpty {
            entry.openCount -= 1
            origins[origin] = entry.openCount == 0 ? nil : entry
            return
        }
        let waiter = entry.waiters.removeFirst()
        origins[origin] = entry
        waiter.hasTurn = true
        waiter.signal.notify()
    }
}
