import Billing
import Fields
import Gateways
import Runtime

/// Notes what notices bring about, and can fail as often as told.
final class RecordedActions: NoticeActions {
    private let calls = Guarded<[String]>([])
    private let failures = Guarded(0)

    var all: [String] { calls.withLock { $0 } }

    func fail(times: Int) { failures.withLock { $0 = times } }

    func look(_ hash: PaymentHash, attempt: Int64, by act: Act) async throws -> Settlement {
        try note("look \(hash.value) \(attempt) \(act.actor)")
        return .completed
    }

    func dispute(charge: String, payment: PaymentHash, by act: Act) async throws {
        try note("dispute \(payment.value)")
    }

    func lookRefunds(charge: String, payment: PaymentHash, by act: Act) async throws {
        try note("refunds \(charge) \(payment.value)")
    }

    func lookSetup(
        _ hash: PaymentHash, session: String?, application: ApplicationID, by act: Act
    ) async throws -> Bool { false }

    func lookMethod(digest: Blob, gateway: String, application: ApplicationID, by act: Act) async throws -> Bool {
        try note("method \(gateway)")
        return true
    }

    private func note(_ call: String) throws {
        let fails = failures.withLock { left in
            guard left > 0 else { return false }
            left -= 1
            return true
        }
        guard !fails else { throw Refusal(.unavailable, "Not now.") }
        calls.withLock { $0.append(call) }
    }
}
