import Billing
import Runtime
import Storage

/// In this module a refusal is the domain's; HTTP's own, for requests its parser refuses, never reaches a handler.
typealias Refusal = Billing.Refusal

/// The edge: what every error becomes.
enum Failures {
    /// The refusal that answers `error`. Errors that nobody outside can act on are logged and become
    /// `internal_error`.
    static func refusal(for error: any Error, requestID: String, log: any LogSink) -> Refusal {
        if let refusal = error as? Refusal { return refusal }
        if error is WorkPoolFull {
            return Refusal(.unavailable, "The server is busy; try again in a second.", retryAfterSeconds: 1)
        }
        if let store = error as? StoreError {
            switch store {
            case .busy:
                return Refusal(.unavailable, "The server is busy; try again in a second.", retryAfterSeconds: 1)
            case .outcomeUnknown, .closed:
                return Refusal(
                    .unavailable,
                    "The server is stopping; whether this took effect is known after its restart. Repeat the request "
                        + "with the same Idempotency-Key.",
                    retryAfterSeconds: 5)
            case .storageFull:
                return Refusal(
                    .storageFull, "The server's volume is full: nothing was changed. Reads go on.",
                    retryAfterSeconds: 30)
            case .snapshotTooOld:
                return Refusal(
                    .unavailable, "Reading took too long; ask for less at once, or try again.", retryAfterSeconds: 1)
            case .uniqueConflict:
                return Refusal(.alreadyExists, "Another object of this application has the same unique value.")
            default: break
            }
        }
        log.write(.error, "request_failed", [("request_id", requestID), ("error", "\(error)")])
        return Refusal(.internalError, "Something went wrong here; the log of the server names this request's id.")
    }
}
