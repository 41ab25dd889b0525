import Billing
import Runtime
import Storage

/// Bounds how long a request waits for others.
enum Patience {
    /// A request that needs a gateway is answered within 20 seconds; this leaves some for the rest.
    private static let seconds = 18

    /// What `work` answers, or when that takes too long, the object as it now stands. The work goes on to its end.
    ///
    /// - Throws: what either throws; `unavailable` when not even the first transaction has come about.
    static func wait(
        _ context: RequestContext, for work: @escaping @Sendable () async throws -> [UInt8],
        else recover: (IdempotencyRecord) throws -> [UInt8]
    ) async throws -> [UInt8] {
        if let body = try await race(context.doors, seconds: seconds, work) { return body }
        guard let gate = context.gateKeeper, let trace = try context.store.readSync({ gate.trace(in: $0) }) else {
            throw Refusal(.unavailable, "The server is busy; try again in a moment.", retryAfterSeconds: 5)
        }
        return try recover(trace)
    }

    /// What `work` answers within so many seconds, else nil. The work goes on to its end.
    static func race<Answer: Sendable>(
        _ doors: Doors, seconds: Int, _ work: @escaping @Sendable () async throws -> Answer
    ) async throws -> Answer? {
        let slot = Slot<Answer>()
        let scheduler = doors.scheduler
        let deadline = doors.clock.instant().adding(seconds: seconds)
        scheduler.spawn(on: scheduler.currentLoop) {
            do {
                let answer = try await work()
                slot.finish(.success(answer))
            } catch {
                slot.finish(.failure(error))
            }
        }
        while true {
            if let result = slot.result { return try result.get() }
            guard await slot.done.wait(until: deadline, on: scheduler) else { break }
        }
        return try slot.result?.get()
    }

    /// Where the work leaves its result.
    private final class Slot<Answer: Sendable>: Sendable {
        private let outcome = Guarded<Result<Answer, any Error>?>(nil)
        let done = WakeSignal()

        func finish(_ result: Result<Answer, any Error>) {
            outcome.withLock { $0 = result }
            done.notify()
        }

        var result: Result<Answer, any Error>? { outcome.withLock { $0 } }
    }
}
