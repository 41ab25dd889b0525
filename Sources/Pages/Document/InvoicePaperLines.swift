import Billing
import Runtime

/// The lines of an invoice's document, and its sums.
struct InvoicePaperLines {
    let paper: InvoicePaper

    private var invoice: Invoice { paper.invoice }

    var markup: Markup {
        table(.class("items")) {
            thead {
                tr {
                    th(.scope("col")) { paper.text(.item) }
                    th(.scope("col"), .class("cash")) { paper.text(.quantity) }
                    th(.scope("col"), .class("cash")) { paper.text(.unitPrice) }
                    th(.scope("col"), .class("cash")) { paper.text(.amount) }
                }
            }
            tbody {
                for line in invoice.lines {
                    tr {
                        th(.scope("row")) {
                            bdi { line.description }
                            if let period = Self.period(line, paper.language) { small { period } }
                        }
                        td(.class("cash")) { "\(line.quantity)" }
                        td(.class("cash")) { paper.amount(line.unitPrice) }
                        td(.class("cash")) { paper.amount(line.amount) }
                    }
                }
            }
        }
    }

    /// The time that a line is for, such as `1 January 2025 – 1 February 2025`.
    static func period(_ line: InvoiceLine, _ language: Language) -> String? {
        guard let start = line.periodStart, let end = line.periodEnd else { return nil }
        return MomentText.day(start, language) + " \u{2013} " + MomentText.day(end, language)
    }

    var sums: Markup {
        table(.class("sums")) {
            tbody {
                sum(.subtotal, invoice.subtotal)
                sum(.tax, invoice.tax)
                sum(.total, invoice.total, .class("total"))
                if invoice.creditApplied.isPositive { sum(.creditApplied, Self.negated(invoice.creditApplied)) }
                if invoice.credited.isPositive { sum(.creditNotes, Self.negated(invoice.credited)) }
                if invoice.amountPaid.isPositive { sum(.payments, Self.negated(invoice.amountPaid)) }
                sum(.amountDue, due, .class("due"))
            }
        }
    }

    /// What is owed on this document: nothing once it is withdrawn.
    private var due: Money {
        invoice.status == .void ? .zero(invoice.total.currency) : invoice.amountDue
    }

    private static func negated(_ money: Money) -> Money { Money(-money.units, money.currency) }

    private func sum(_ name: Phrase, _ money: Money, _ attribute: Attribute? = nil) -> Markup {
        tr(attribute) {
            th(.scope("row")) { paper.text(name) }
            td(.class("cash")) { paper.amount(money) }
        }
    }
}
