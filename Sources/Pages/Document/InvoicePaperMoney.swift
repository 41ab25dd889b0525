import Billing
import Runtime

/// The payments and credit notes of an invoice's document.
struct InvoicePaperMoney {
    let paper: InvoicePaper

    private var invoice: Invoice { paper.invoice }

    @MarkupBuilder var payments: Markup {
        if !paper.document.payments.isEmpty || !invoice.offlinePayments.isEmpty {
            table(.class("part")) {
                caption { paper.text(.payments) }
                headings(.method)
                tbody {
                    for payment in paper.document.payments {
                        row(
                            paper.day(payment.completedAt ?? payment.createdAt), Self.name(of: payment),
                            payment.hash.description, payment.amountCaptured)
                        if payment.amountRefunded.isPositive {
                            row(
                                .empty, paper.text(.refunded), payment.hash.description,
                                Money(-payment.amountRefunded.units, payment.amountRefunded.currency))
                        }
                    }
                    for payment in invoice.offlinePayments {
                        row(
                            paper.day(payment.receivedAt), paper.text(.receivedOutside), payment.reference ?? "",
                            payment.amount)
                    }
                }
            }
        }
    }

    @MarkupBuilder var creditNotes: Markup {
        if !paper.document.creditNotes.isEmpty {
            table(.class("part")) {
                caption { paper.text(.creditNotes) }
                headings(.item)
                tbody {
                    for note in paper.document.creditNotes {
                        row(paper.day(note.createdAt), describe(note), note.number, note.amount)
                    }
                }
            }
        }
    }

    private func headings(_ what: Phrase) -> Markup {
        thead {
            tr {
                th(.scope("col")) { paper.text(.date) }
                th(.scope("col")) { paper.text(what) }
                th(.scope("col")) { paper.text(.referenceLabel) }
                th(.scope("col"), .class("cash")) { paper.text(.amount) }
            }
        }
    }

    private func row(_ date: Markup, _ what: String, _ reference: String, _ amount: Money) -> Markup {
        tr {
            td { date }
            td { bdi { what } }
            td { bdi { reference } }
            td(.class("cash")) { paper.amount(amount) }
        }
    }

    /// How money came, such as `Visa 4242`.
    private static func name(of payment: Payment) -> String {
        guard let method = payment.method else { return payment.gateway ?? "" }
        let brand = MethodName.capitalised(method.brand ?? method.type)
        return method.last4.map { "\(brand) \u{2022}\u{2022}\u{2022}\u{2022} \($0)" } ?? brand
    }

    /// Where the money of a note went, and why it was given.
    private func describe(_ note: CreditNote) -> String {
        var parts: [String] = []
        if let reason = note.reason { parts.append(reason) }
        if note.amount.units > note.amountOffDue.units {
            parts.append(paper.text(note.destination == .refund ? .creditToRefund : .creditToBalance))
        }
        return parts.isEmpty ? note.lines.map(\.description).joined(separator: ", ") : parts.joined(separator: ". ")
    }
}
