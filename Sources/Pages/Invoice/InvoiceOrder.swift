import Billing

/// An invoice as the slip of a page shows it.
struct InvoiceOrder {
    let invoice: Invoice
    let language: Language

    var view: OrderView {
        var order = OrderView(
            amountText: text(shown), description: invoice.description ?? invoice.number ?? "",
            reference: invoice.number, lines: Self.lines(invoice.lines, language))
        order.hasTotal = false
        let hasMore =
            invoice.creditApplied.isPositive || invoice.credited.isPositive || invoice.amountPaid.isPositive
            || invoice.tax.isPositive
        guard hasMore else {
            order.finalSum = line(.total, invoice.total)
            return order
        }
        if invoice.tax.isPositive {
            order.sums.append(line(.subtotal, invoice.subtotal))
            order.sums.append(line(.tax, invoice.tax))
        }
        order.sums.append(line(.total, invoice.total))
        if invoice.creditApplied.isPositive { order.sums.append(line(.creditApplied, negated(invoice.creditApplied))) }
        if invoice.credited.isPositive { order.sums.append(line(.creditNotes, negated(invoice.credited))) }
        if invoice.amountPaid.isPositive { order.sums.append(line(.payments, negated(invoice.amountPaid))) }
        order.finalSum = line(.amountDue, invoice.status == .void ? .zero(invoice.total.currency) : invoice.amountDue)
        return order
    }

    /// `order` with the invoice's lines, and with what lies between them and the amount of one payment.
    func added(to order: OrderView, paying amount: Money) -> OrderView {
        var order = order
        order.lines = Self.lines(invoice.lines, language)
        guard amount != invoice.total else { return order }
        let rest = Money(invoice.total.units - amount.units, amount.currency)
        order.sums = [line(.total, invoice.total)]
        let isCredit = invoice.creditApplied.units == rest.units
        order.sums.append(line(isCredit ? .creditApplied : .settledBefore, negated(rest)))
        order.finalSum = line(.toPay, amount)
        return order
    }

    /// What is due; of a paid one what was paid, of a withdrawn one what it was about.
    private var shown: Money {
        switch invoice.status {
        case .paid: invoice.amountPaid
        case .void: invoice.total
        case .draft, .open, .uncollectible: invoice.amountDue
        }
    }

    static func lines(_ lines: [InvoiceLine], _ language: Language) -> [OrderView.Line] {
        lines.map { line in
            var notes: [String] = []
            if line.quantity != 1 {
                notes.append("\(line.quantity) × " + AmountText.format(line.unitPrice, language))
            }
            if let period = InvoicePaperLines.period(line, language) { notes.append(period) }
            return OrderView.Line(
                title: line.description, note: notes.isEmpty ? nil : notes.joined(separator: " · "),
                amountText: AmountText.format(line.amount, language))
        }
    }

    private func text(_ money: Money) -> String { AmountText.format(money, language) }
    private func negated(_ money: Money) -> Money { Money(-money.units, money.currency) }

    private func line(_ phrase: Phrase, _ money: Money) -> OrderView.Line {
        OrderView.Line(title: language.text(phrase), amountText: text(money))
    }
}
