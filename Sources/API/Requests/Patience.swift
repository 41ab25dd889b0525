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
        let slot = Slot()
        let scheduler = context.doors.scheduler
        let deadline = context.doors.clock.instant().adding(seconds: seconds)
        scheduler.spawn(on: scheduler.currentLoop) {
            do {
                let body = try await work()
                slot.finish(.success(body))
            } catch {
                slot.finish(.failure(error))
            }
        }
        while true {
            if let result = slot.result { return try result.get() }
            guard await slot.done.wait(until: deadline, on: scheduler) else { break }
        }
        if let result = slot.result { return try result.get() }
        guard let gate = context.gateKeeper, let trace = try context.store.readSync({ gate.trace(in: $0) }) else {
            throw Refusal(.unavailable, "The server is busy; try again in a moment.", retryAfterSeconds: 5)
        }
        return try recover(trace)
    }

    /// Where the work leaves its result.
    private final class Slot: Sendable {
        private let outcome = Guarded<Result<[UInt8], any Error>?>(nil)
        let done = WakeSignal()

        func finish(_ result: Result<[UInt8], any Error>) {
            outcome.withLock { $0 = result }
            done.notify()
        }

        var result: Result<[UInt8], any Error>? { outcome.withLock { $0 } }
    }
}
