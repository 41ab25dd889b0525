package import Billing
import Runtime
import Storage

/// Payments that buyers make on an invoice's page.
extension PaymentEngine {
    /// The payment in which a buyer can pay an invoice: the open one, or a new one. One that is being confirmed is
    /// answered as it stands.
    ///
    /// - Parameters:
    ///   - gateways: The gateways the choice is narrowed to, in order; empty for the application's.
    ///   - returnURL: Where the buyer goes afterwards; nil for where the subscription says.
    /// - Throws: `invalid_state` when the invoice needs no payment; `not_found`; `payment_in_flight` when a session over
    ///   another amount could not be expired; `unavailable` while the application is held.
    package func hostedPayment(
        for invoice: InvoiceID, application: ApplicationID, gateways: [String] = [], returnURL: String? = nil,
        locale: String? = nil, by act: Act, first: @escaping Gate = { _ in }
    ) async throws -> Payment {
        var gate = first
        for _ in 0..<Self.replacementLimit {
            let pass = gate
            let found = try await store.transact { [self] transaction -> Hosted in
                try pass(transaction)
                try transaction.keepTime(of: application)
                return try hosted(
                    invoice, application, Hosting(gateways: gateways, returnURL: returnURL, locale: locale), by: act,
                    in: transaction)
            }
            gate = { _ in }
            switch found {
            case .ready(let payment): return payment
            case .outdated(let payment):
                _ = try await cancel(payment.hash, application: application, reason: .replaced, by: act)
            }
        }
        throw Refusal(.paymentInFlight, "Another payment of this invoice is being opened; wait a moment.")
    }

    private static let replacementLimit = 3

    private struct Hosting: Sendable {
        let gateways: [String]
        let returnURL: String?
        let locale: String?
    }

    private enum Hosted: Sendable {
        case ready(Payment)
        /// Its amount is not what the invoice needs any more.
        case outdated(Payment)
    }

    private func hosted(
        _ id: InvoiceID, _ application: ApplicationID, _ hosting: Hosting, by act: Act, in transaction: Transaction
    ) throws -> Hosted {
        guard let invoice = transaction.get(Invoice.self, Key(id)), invoice.application == application else {
            throw Refusal.notFound("invoice")
        }
        if let open = Payments.open(of: id, in: transaction) {
            let isPayable = transaction.now < open.expiresAt && open.amount == invoice.amountDue
            guard open.holdsDebt || isPayable else { return .outdated(open) }
            var changed = open
            if !open.holdsDebt, open.currentAttempt == nil {
                changed.allowedGateways = hosting.gateways
                changed.returnURL = hosting.returnURL ?? open.returnURL
                changed.locale = hosting.locale ?? open.locale
            }
            if changed != open {
                changed = Self.save(changed, before: open, "payment.update", ledger, by: act, in: transaction)
            }
            return .ready(ledger.dressed(changed, in: transaction))
        }
        guard invoice.isPayable, invoice.amountDue.isPositive else {
            throw Refusal(
                .invalidState, "An invoice that is \(invoice.status.rawValue) needs no payment; it must be open.")
        }
        try Holds.check(invoice.mode, in: transaction)
        try Holds.check(invoice.mode, in: transaction)
        let subscription = invoice.subscription.flatMap { transaction.get(Subscription.self, Key($0)) }
        var payment = Payments(ledger).payment(of: invoice, isAutomatic: false, in: transaction)
        payment.allowedGateways = hosting.gateways
        payment.returnURL = hosting.returnURL ?? subscription?.returnURL
        payment.locale = hosting.locale
        payment.savesMethod = invoice.collection == .automatic && subscription.map { $0.status != .cancelled } ?? false
        payment = ledger.save(payment, before: nil, action: "payment.create", by: act, in: transaction)
        _ = try Invoices(ledger).attach(payment, isScheduled: false, by: act, in: transaction)
        return .ready(ledger.dressed(payment, in: transaction))
    }
}
