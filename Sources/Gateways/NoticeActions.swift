package import Billing
package import Fields

/// What a notice of a gateway can bring about.
package protocol NoticeActions: Sendable {
    /// Reads a session's state at its gateway and records it.
    func look(_ hash: PaymentHash, attempt: Int64, by act: Act) async throws -> Settlement
    /// Records that a charge was disputed.
    func dispute(charge: String, payment: PaymentHash, by act: Act) async throws
    /// Reads every refund of a charge at its gateway and records what is new.
    func lookRefunds(charge: String, payment: PaymentHash, by act: Act) async throws
    /// Reads a session in which a method is saved, and keeps what the customer left there.
    ///
    /// - Parameter hash: Of the steps of the page on which it is saved.
    /// - Returns: whether this application has such a page.
    func lookSetup(
        _ hash: PaymentHash, session: String?, application: ApplicationID, by act: Act
    ) async throws -> Bool
    /// Reads a saved method at its gateway and records what it looks like now.
    ///
    /// - Returns: whether this application has such a method.
    func lookMethod(digest: Blob, gateway: String, application: ApplicationID, by act: Act) async throws -> Bool
}
