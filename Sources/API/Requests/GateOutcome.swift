import Billing

/// Why a request with a known `Idempotency-Key` is not executed again.
enum GateOutcome: Error {
    /// The first one was answered: send the same.
    case answered(IdempotencyRecord)
    /// The first one was interrupted after its first transaction: answer the object as it now stands.
    case interrupted(IdempotencyRecord)
}
