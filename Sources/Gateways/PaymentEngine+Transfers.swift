package import Billing
import Runtime
import Storage

/// Bank transfers: no gateway tells of them, so the merchant does.
extension PaymentEngine {
    /// What the page of attempt `number` shows; nil when it is no bank transfer.
    package func transfer(_ hash: PaymentHash, attempt number: Int64) async throws -> BankTransfer? {
        let payment = try await load(hash)
        guard let attempt = payment.attempt(number), let reference = attempt.gatewayReference else { return nil }
        let key = Key(payment.application, attempt.gateway)
        guard let configuration = try await store.read({ $0.get(GatewayConfiguration.self, key) }),
            configuration.adapter == ManualGateway.adapterName
        else { return nil }
        let state: BankTransfer.State =
            attempt.chargeReference != nil ? .received : attempt.status == .requiresAction ? .awaited : .withdrawn
        return BankTransfer(
            payment: hash, attempt: number, amount: payment.amount, reference: TransferReference.spaced(reference),
            instructions: configuration.instructions ?? "", state: state, expiresAt: payment.expiresAt)
    }

    /// The merchant found the money of a bank transfer on their account. Money that comes after the payment was settled
    /// another way is recorded all the same, and is to be sent back: its refund waits for ``recordRefund``.
    ///
    /// - Parameter reference: The bank's name of the transfer; nil for the reference the buyer was given.
    /// - Throws: `not_found`; `invalid_state` when the payment has no bank transfer, or another one was received;
    ///   `payment_in_flight` while a gateway is still deciding about it.
    package func markReceived(
        _ hash: PaymentHash, application: ApplicationID, reference: String?, by act: Act,
        first: @escaping Gate = { _ in }
    ) async throws -> Payment {
        let begun = try await change(
            hash, application: application, "payment.receive", by: act, first: first
        ) { payment, transaction -> (attempt: Attempt, reference: String)? in
            let transfers = payment.attempts.filter { attempt in
                Self.isManual(attempt.gateway, of: payment.application, in: transaction)
                    && attempt.gatewayReference != nil
            }
            guard let attempt = transfers.last(where: \.isOpen) ?? transfers.last else {
                throw Refusal(.invalidState, "The buyer of this payment was not told to make a bank transfer.")
            }
            let name = reference ?? attempt.gatewayReference ?? ""
            guard (1...140).contains(name.utf8.count) else {
                throw Refusal.invalid("reference", "invalid_length", "A reference has 1 to 140 bytes.")
            }
            if transfers.contains(where: { $0.chargeReference == name }) { return nil }
            guard transfers.allSatisfy({ $0.chargeReference == nil }) else {
                throw Refusal(
                    .invalidState, "A transfer of this payment was received before; send the second one back yourself.")
            }
            guard !payment.isInFlight else {
                throw Refusal(
                    .paymentInFlight, "A gateway is still deciding about this payment; wait for its outcome first.")
            }
            return (attempt, name)
        }
        guard let (attempt, name) = begun.answer else { return begun.payment }
        let charge = Charge(reference: name, amount: begun.payment.amount, method: ManualGateway.method)
        _ = try await record(hash, attempt.number, .succeeded(charge), by: act)
        return try await load(hash)
    }

    /// The merchant sent the money of a refund back by hand, or will not: `isDone` tells.
    ///
    /// - Parameter reference: The bank's name of the transfer.
    /// - Throws: `not_found`; `invalid_state` for a refund that a gateway makes, or that is settled.
    package func recordRefund(
        _ hash: PaymentHash, refund id: RefundID, application: ApplicationID, isDone: Bool, reference: String?,
        by act: Act, first: @escaping Gate = { _ in }
    ) async throws -> Payment {
        try await change(hash, application: application, "payment.refund_recorded", by: act, first: first) {
            payment, transaction in
            guard let refund = payment.refunds.first(where: { $0.id == id }) else { throw Refusal.notFound("refund") }
            guard let attempt = payment.attempt(refund.attempt),
                Self.isManual(attempt.gateway, of: payment.application, in: transaction)
            else { throw Refusal(.invalidState, "A gateway makes this refund; it says itself what became of it.") }
            guard refund.status == .pending else {
                throw Refusal(.invalidState, "This refund is \(refund.status.rawValue) already.")
            }
            let name = reference ?? refund.callKey
            guard (1...140).contains(name.utf8.count) else {
                throw Refusal.invalid("reference", "invalid_length", "A reference has 1 to 140 bytes.")
            }
            let withdrawn = Failure("refund_withdrawn", "The merchant did not send the money back.", .gateway)
            _ = try payment.settleRefund(
                id, isDone ? .succeeded(reference: name) : .failed(withdrawn), now: transaction.now)
        }.payment
    }

    private static func isManual(_ gateway: String, of application: ApplicationID, in snapshot: Snapshot) -> Bool {
        let configuration = snapshot.get(GatewayConfiguration.self, Key(application, gateway))
        return configuration?.adapter == ManualGateway.adapterName
    }
}
