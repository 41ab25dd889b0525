package import Billing

/// What a notice of a gateway can bring about.
package protocol NoticeActions: Sendable {
    /// Reads a session's state at its gateway and records it.
    func look(_ hash: PaymentHash, attempt: Int64, by act: Act) async throws -> Settlement
    /// Records that a charge was disputed.
    func dispute(charge: String, payment: PaymentHash, by act: Act) async throws
}
