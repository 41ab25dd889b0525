package import Billing
import Fields
import Runtime
package import Storage

/// Collecting invoices: one open payment for each, whoever wants to pay it and how.
extension PaymentEngine {
    /// Charges a saved method for what an invoice still needs.
    ///
    /// A session in which the buyer could pay it is expired first, and its outcome followed when it turns out paid or
    /// processing. The payment it returns is completed, failed, or processing while the gateway has not told.
    ///
    /// - Parameters:
    ///   - method: Which of the customer's methods; nil for the subscription's, or the customer's default.
    ///   - gateway: The gateway whose saved method is charged, where `method` is nil.
    /// - Throws: `payment_in_flight` while another payment of the invoice may take money; `payment_method_required`;
    ///   `invalid_state` when the invoice needs no payment; `not_found`.
    package func collect(
        invoice: InvoiceID, application: ApplicationID, method: PaymentMethodID? = nil, gateway: String? = nil,
        by act: Act, first: @escaping Gate = { _ in }
    ) async throws -> Payment {
        let wish = Wish(
            invoice: invoice, application: application, method: method, gateway: gateway, isScheduled: false)
        guard let payment = try await collect(wish, by: act, first: first) else { throw Self.inFlight }
        return payment
    }

    /// Makes the automatic try that is due now, if it still is.
    ///
    /// - Returns: nil when nothing is to be tried any more.
    func collectDue(_ invoice: InvoiceID, application: ApplicationID) async throws -> Payment? {
        let wish = Wish(invoice: invoice, application: application, method: nil, gateway: nil, isScheduled: true)
        return try await collect(wish, by: .system, first: { _ in })
    }

    /// A collection that began in somebody's transaction; its call leaves once that is durable.
    package struct BegunCollection: Sendable {
        fileprivate let wish: Wish
        fileprivate let step: Step
    }

    /// Begins the automatic try of an invoice that is due now, in the transaction that makes it due: so nobody else
    /// begins it, and after a crash the due work of the payment brings it to its end.
    ///
    /// - Returns: What ``goOn(_:by:)`` brings to its end; nil when nothing is to be tried now.
    /// - Throws: `payment_in_flight` while another payment of the invoice may take money; `not_found`.
    package func beginDue(
        _ invoice: InvoiceID, application: ApplicationID, by act: Act, in transaction: Transaction
    ) throws -> BegunCollection? {
        let wish = Wish(invoice: invoice, application: application, method: nil, gateway: nil, isScheduled: true)
        return try begin(wish, by: act, in: transaction).map { BegunCollection(wish: wish, step: $0) }
    }

    /// Makes the calls of a collection whose beginning is durable.
    ///
    /// - Returns: The payment: completed, failed, or processing while the gateway has not told; nil when a session that
    ///   cannot be expired is waited out.
    package func goOn(_ begun: BegunCollection, by act: Act) async throws -> Payment? {
        try await goOn(begun.wish, begun.step, by: act)
    }

    /// What is to be collected, and with what.
    fileprivate struct Wish: Sendable {
        let invoice: InvoiceID
        let application: ApplicationID
        let method: PaymentMethodID?
        let gateway: String?
        /// Made by the schedule rather than by somebody.
        let isScheduled: Bool
    }

    /// What is to be done once the beginning is durable.
    fileprivate enum Step: Sendable {
        case charge(Payment, Call)
        /// A session in which the buyer could pay is claimed, and to be expired.
        case expire(Payment, Int64)
    }

    /// - Returns: nil when there is nothing to try.
    private func collect(_ wish: Wish, by act: Act, first: @escaping Gate) async throws -> Payment? {
        let step = try await store.transact { [self] transaction -> Step? in
            try first(transaction)
            try transaction.keepTime(of: wish.application)
            return try begin(wish, by: act, in: transaction)
        }
        guard let step else { return nil }
        return try await goOn(wish, step, by: act)
    }

    private func goOn(_ wish: Wish, _ step: Step, by act: Act) async throws -> Payment? {
        guard case .expire(let payment, let number) = step else { return try await finish(step, by: act) }
        let call = try await prepare(payment.hash, number)
        let outcome = call.session.isEmpty ? .expired : await call.adapter.cancel(call.session, call.order)
        // A session that cannot be expired lives out its time: money that comes in it is welcome.
        let known: ExpiryOutcome = outcome == .impossible ? .inProgress : outcome
        let next = try await store.transact(for: wish.application) { [self] transaction -> Step? in
            guard let before = transaction.get(Payment.self, Key(payment.hash)) else { return nil }
            var after = before
            try after.claimEnded(
                number, known, decision: "The invoice is collected from a saved method.", now: transaction.now)
            if outcome == .impossible { after.waitOut(number) }
            if after != before {
                after = Self.save(after, before: before, "payment.claim_ended", ledger, by: act, in: transaction)
            }
            guard after.status == .pending, after.currentAttempt == nil else {
                if outcome == .impossible { waitOut(after, wish, by: act, in: transaction) }
                return nil
            }
            return try begin(wish, by: act, in: transaction)
        }
        if let next {
            guard case .expire = next else { return try await finish(next, by: act) }
            throw Self.inFlight
        }
        if outcome != .impossible { _ = try await look(payment.hash, attempt: number, by: act) }
        let followed = try await load(payment.hash)
        guard followed.status == .completed else { throw Self.inFlight }
        return followed
    }

    private static let inFlight = Refusal(
        .paymentInFlight, "A payment of this invoice is going on; wait for its outcome.")

    private func finish(_ step: Step, by act: Act) async throws -> Payment {
        switch step {
        case .charge(let payment, let call):
            try await charge(payment.hash, call, by: act)
            return try await load(payment.hash)
        case .expire(let payment, _):
            return payment
        }
    }

    /// Re-reads the invoice, takes its place of the open payment, and begins the charge.
    ///
    /// - Returns: nil when the schedule has nothing to try, or no method to try it with.
    private func begin(_ wish: Wish, by act: Act, in transaction: Transaction) throws -> Step? {
        guard let invoice = transaction.get(Invoice.self, Key(wish.invoice)), invoice.application == wish.application
        else { throw Refusal.notFound("invoice") }
        try Holds.check(invoice.mode, in: transaction)
        if wish.isScheduled {
            guard let due = invoice.attemptDueAt, due <= transaction.now else { return nil }
        }
        guard invoice.isPayable, invoice.amountDue.isPositive else {
            throw Refusal(
                .invalidState, "An invoice that is \(invoice.status.rawValue) needs no payment; it must be open.")
        }
        if let open = Payments.open(of: invoice.id, in: transaction) {
            guard !open.holdsDebt else { throw Self.inFlight }
            var claimed = open
            if let current = open.currentAttempt {
                try claimed.claim(current.number, now: transaction.now)
                _ = Self.save(claimed, before: open, "payment.claim", ledger, by: act, in: transaction)
                return .expire(open, current.number)
            }
            try claimed.cancel(.replaced, now: transaction.now)
            _ = Self.save(claimed, before: open, "payment.replace", ledger, by: act, in: transaction)
        }
        var payment = Payments(ledger).payment(of: invoice, isAutomatic: true, in: transaction)
        if wish.isScheduled {
            payment.hash = freeHash(of: invoice, in: transaction)
        }
        guard let method = try method(wish, payment, invoice, in: transaction) else {
            Invoices(ledger).methodMissing(invoice, by: act, in: transaction)
            return nil
        }
        let created = ledger.save(payment, before: nil, action: "payment.create", by: act, in: transaction)
        _ = try Invoices(ledger).attach(created, isScheduled: wish.isScheduled, by: act, in: transaction)
        payment = created
        let call = try begin(&payment, with: method, in: transaction)
        return .charge(Self.save(payment, before: created, "payment.charge", ledger, by: act, in: transaction), call)
    }

    /// The hash of the next automatic try. One that is taken, as by a try that was not counted, leads to the next.
    private func freeHash(of invoice: Invoice, in snapshot: Snapshot) -> PaymentHash {
        var number = invoice.attemptCount + 1
        while true {
            let hash = PaymentDerivation(invoice, try: number).hash(ledger.vault)
            if snapshot.get(Payment.self, Key(hash)) == nil { return hash }
            number += 1
        }
    }

    /// The method to charge; nil when a scheduled try finds none.
    private func method(
        _ wish: Wish, _ payment: Payment, _ invoice: Invoice, in snapshot: Snapshot
    ) throws -> PaymentMethod? {
        let all = chargeable(of: payment, named: wish.method, in: snapshot)
        if let id = wish.method {
            guard let named = all.first(where: { $0.id == id }) else {
                throw Refusal.invalid(
                    "payment_method_id", "not_found", "This customer has no such method that can be charged.")
            }
            return named
        }
        var found: PaymentMethod?
        if let gateway = wish.gateway {
            found = all.first { $0.gateway == gateway }
        } else if invoice.subscription == nil {
            found = all.first { $0.isDefault }
        } else if let usual = Subscriptions(ledger).method(for: invoice, in: snapshot) {
            // One whose gateway takes nothing now gives way to one at another.
            found = all.first { $0.id == usual.id } ?? all.first
        }
        guard found == nil, !wish.isScheduled else { return found }
        throw Refusal(
            .paymentMethodRequired, "There is no saved method to charge; the invoice can be paid on its page.")
    }

    /// Automatic collection waits until a session that cannot be expired is over.
    private func waitOut(_ payment: Payment, _ wish: Wish, by act: Act, in transaction: Transaction) {
        guard wish.isScheduled, let before = transaction.get(Invoice.self, Key(wish.invoice)) else { return }
        var after = before
        after.nextPaymentAttempt = payment.expiresAt.adding(seconds: 60)
        guard after != before else { return }
        ledger.save(after, before: before, action: "invoice.collection_waits", by: act, in: transaction)
    }
}

extension Payment {
    /// A session that cannot be expired goes on waiting for its buyer.
    mutating func waitOut(_ number: Int64) {
        guard let index = attempts.firstIndex(where: { $0.number == number && $0.isOpen }) else { return }
        attempts[index].nextLookAt = nil
    }
}
