import Fields
import Runtime
package import Storage

/// A refund that was recorded in a transaction and whose call is to leave.
package struct RefundRequest: Sendable, Equatable {
    package let payment: PaymentHash
    package let refund: RefundID
}

/// What came of crediting an invoice.
package struct CreditOutcome: Sendable {
    package let note: CreditNote
    /// The invoice with what the note took off it.
    package let invoice: Invoice
    /// The refunds to be sent; due work sends them if nobody else does.
    package let refunds: [RefundRequest]
}

/// Credit notes.
extension Invoices {
    /// Notes one invoice may have.
    static let noteLimit = 100

    /// One line's part of a note.
    struct CreditedLine {
        let position: Int
        let amount: Money
    }

    /// Credits the whole invoice, or lines of it. What is still due is reduced first; what was paid goes to the balance,
    /// or back to where it came from.
    ///
    /// - Throws: `invalid_state`, `payment_in_flight`, `validation_failed`, `not_found`.
    package func credit(
        _ id: InvoiceID, _ input: CreditInput, application: Application, by act: Act, in transaction: Transaction
    ) throws(Refusal) -> CreditOutcome {
        let invoice = try find(id, application: application.id, in: transaction)
        switch invoice.status {
        case .open, .paid, .uncollectible: break
        case .draft, .void: throw refusal(invoice, "be credited", allowed: "open, paid or uncollectible")
        }
        try refuseInFlight(invoice, in: transaction)
        let left = remainders(of: invoice, in: transaction)
        var lines: [CreditedLine] = []
        if input.lines.isEmpty {
            for (position, amount) in left.enumerated() where !amount.isZero {
                lines.append(CreditedLine(position: position, amount: amount))
            }
        } else {
            lines = try chosen(input.lines, of: invoice, left)
        }
        return try note(
            lines, of: invoice, destination: input.destination ?? .balance, reason: input.reason, by: act,
            in: transaction)
    }

    private func chosen(
        _ inputs: [CreditLineInput], of invoice: Invoice, _ left: [Money]
    ) throws(Refusal) -> [CreditedLine] {
        var issues = InputIssues()
        var lines: [CreditedLine] = []
        for (index, input) in inputs.enumerated() {
            let field = "lines[\(index)]"
            guard let position = Int(exactly: input.line), left.indices.contains(position) else {
                issues.add("\(field).line", "not_found", "The invoice has \(left.count) lines, counted from 0.")
                continue
            }
            guard left[position].isPositive, !lines.contains(where: { $0.position == position }) else {
                issues.add("\(field).line", "out_of_range", "Nothing is left to credit of this line.")
                continue
            }
            var amount = left[position]
            if let given = input.amount {
                amount = given.money(in: amount.currency, field: "\(field).amount", &issues) ?? amount
                if left[position].isLess(than: amount) {
                    issues.add("\(field).amount", "out_of_range", "At most \(left[position]) is left of this line.")
                }
            }
            lines.append(CreditedLine(position: position, amount: amount))
        }
        guard issues.issues.isEmpty else { throw .invalid(issues.issues) }
        return lines
    }

    /// What earlier notes left of each line.
    func remainders(of invoice: Invoice, in snapshot: Snapshot) -> [Money] {
        var units = invoice.lines.map(\.amount.units)
        for note in Self.notes(of: invoice.id, in: snapshot) {
            for (position, line) in zip(note.positions, note.lines) where units.indices.contains(Int(position)) {
                units[Int(position)] -= line.amount.units
            }
        }
        return units.map { Money($0, invoice.total.currency) }
    }

    /// The credit notes of an invoice, oldest first.
    package static func notes(of invoice: InvoiceID, in snapshot: Snapshot) -> [CreditNote] {
        var notes: [CreditNote] = []
        snapshot.scan(CreditNote.byInvoice, prefix: Key(invoice), limit: noteLimit) { note, _ in
            notes.append(note)
            return true
        }
        return notes
    }

    /// Writes a note over `lines` and moves its money.
    func note(
        _ lines: [CreditedLine], of before: Invoice, destination: CreditDestination, reason: String?, by act: Act,
        in transaction: Transaction
    ) throws(Refusal) -> CreditOutcome {
        let currency = before.total.currency
        let earlier = Self.notes(of: before.id, in: transaction)
        guard earlier.count < Self.noteLimit else {
            throw Refusal(.invalidState, "An invoice has at most \(Self.noteLimit) credit notes.")
        }
        var units: Int64 = 0
        for line in lines { units += line.amount.units }
        let left = before.total.units - earlier.reduce(0) { $0 + $1.amount.units }
        guard units > 0 else { throw Refusal(.invalidState, "Nothing is left to credit of this invoice.") }
        guard units <= left else {
            throw .invalid("lines", "out_of_range", "At most \(Money(left, currency)) is left of this invoice.")
        }
        try checkWorth(lines, of: before, units, in: transaction)
        let isOpen = before.status == .open || before.status == .uncollectible
        let off = isOpen ? min(units, before.amountDue.units) : 0
        let (refunded, refunds) =
            destination == .refund
            ? try refund(units - off, of: before, earlier, reason: reason, by: act, in: transaction) : (0, [])
        let now = ledger.now(of: before.application, in: transaction)
        var note = CreditNote()
        note.id = CreditNoteID(in: transaction, purpose: "credit note")
        note.application = before.application
        note.number = nextNumber(\.creditNotes, "CN", of: before.application, at: now, in: transaction)
        note.invoice = before.id
        note.customer = before.customer
        note.amount = Money(units, currency)
        note.amountOffDue = Money(off, currency)
        note.amountRefunded = Money(refunded, currency)
        note.destination = destination
        note.refunds = refunds.map(\.refund)
        note.reason = reason
        note.createdAt = now
        var returned: Int64 = 0
        for line in lines {
            var credited = before.lines[line.position]
            credited.amount = line.amount
            note.lines.append(credited)
            note.positions.append(Int64(line.position))
            if credited.type == .subscription || credited.type == .proration { returned += line.amount.units }
        }
        let saved = ledger.save(note, mode: before.mode, by: act.because(reason), in: transaction)
        try credit.move(
            Money(units - off - refunded, currency), of: before.customer, for: .creditNote,
            objectID: note.id.description, mode: before.mode, by: act, in: transaction)
        var after = before
        after.credited = Money(before.credited.units + off, currency)
        after.periodReturned = Money(before.periodReturned.units + max(0, returned), currency)
        let invoice = settle(after, before: before, action: "invoice.credit", by: act, in: transaction)
        return CreditOutcome(note: saved, invoice: invoice, refunds: refunds)
    }

    /// Refuses to give back more than was paid for the period: changes of plan may have given part of it back already.
    private func checkWorth(
        _ lines: [CreditedLine], of invoice: Invoice, _ units: Int64, in snapshot: Snapshot
    ) throws(Refusal) {
        guard let id = invoice.subscription, let subscription = snapshot.get(Subscription.self, Key(id)) else { return }
        var time: Int64 = 0
        for line in lines {
            let type = invoice.lines[line.position].type
            if type == .subscription || type == .proration { time += line.amount.units }
        }
        let isOpen = invoice.status == .open || invoice.status == .uncollectible
        let back = min(time, units - (isOpen ? min(units, invoice.amountDue.units) : 0))
        guard back > 0 else { return }
        let worth = subscriptions.worth(of: invoice.servedPeriod, subscription, in: snapshot)
        guard back <= worth else {
            throw .invalid(
                "lines", "out_of_range",
                "Earlier credits gave part of this period back; at most \(Money(worth, invoice.total.currency)) is left of "
                    + "its time.")
        }
    }

    /// Records refunds of the invoice's payments for `units`. What was paid by credit or outside cannot go back that
    /// way: it becomes credit.
    private func refund(
        _ units: Int64, of invoice: Invoice, _ earlier: [CreditNote], reason: String?, by act: Act,
        in transaction: Transaction
    ) throws(Refusal) -> (Int64, [RefundRequest]) {
        var left = units
        var requests: [RefundRequest] = []
        for hash in invoice.payments.reversed() where left > 0 {
            guard let before = transaction.get(Payment.self, Key(hash)), before.status == .completed,
                before.amountRefundable.isPositive
            else { continue }
            var payment = before
            let amount = Money(min(left, before.amountRefundable.units), before.amount.currency)
            let refund = try payment.requestRefund(
                id: RefundID(in: transaction, purpose: "refund"), amount: amount, reason: reason,
                now: ledger.now(of: invoice.application, in: transaction))
            ledger.save(payment, before: before, action: "payment.refund", by: act, in: transaction)
            requests.append(RefundRequest(payment: hash, refund: refund.id))
            left -= amount.units
        }
        var elsewhere = invoice.creditApplied.units + invoice.offlinePayments.reduce(0) { $0 + $1.amount.units }
        for note in earlier {
            elsewhere -= note.amount.units - note.amountOffDue.units - note.amountRefunded.units
        }
        guard left <= max(0, elsewhere) else {
            throw .invalid(
                "destination", "out_of_range",
                "Only \(Money(units - left, invoice.total.currency)) can still be refunded; credit the balance instead."
            )
        }
        return (units - left, requests)
    }
}
