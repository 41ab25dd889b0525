import HTTP
import Runtime

/// A merchant's server for webhooks: it outlives crashes of ours, and answers as it was told.
package final class Receiver: Sendable {
    private struct State {
        /// Event ids that were answered 200, in order.
        var accepted: [String] = []
        var requestCount = 0
        /// Status and delay in milliseconds, by the number of requests before.
        var answer: @Sendable (Int) -> (status: Int, delay: Int) = { _ in (200, 0) }
    }

    private let state = Guarded(State())

    package init() {}

    package func setAnswer(_ answer: @escaping @Sendable (Int) -> (status: Int, delay: Int)) {
        state.withLock { $0.answer = answer }
    }

    /// The ids of events that were accepted, as often as they were.
    package var accepted: [String] { state.withLock { $0.accepted } }

    func receive(_ request: Request, _ doors: Doors) async -> Response {
        let (status, delay) = state.withLock { state -> (Int, Int) in
            state.requestCount += 1
            return state.answer(state.requestCount - 1)
        }
        if delay > 0 { await doors.scheduler.sleep(until: doors.clock.instant().adding(milliseconds: delay)) }
        if status == 200, let id = request.headers["x-event-id"] {
            state.withLock { $0.accepted.append(id) }
        }
        return Response(status: status)
    }
}
