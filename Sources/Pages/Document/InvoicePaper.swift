import Billing
import Fields
import Runtime

/// One invoice, laid out.
struct InvoicePaper {
    let document: InvoiceDocument
    let language: Language

    var invoice: Invoice { document.invoice }

    /// Stands at the foot of every printed page.
    var runningFoot: String { document.application.name + " - " + (invoice.number ?? invoice.id.description) }

    private var title: String {
        FilledPhrase(.invoiceTitle, in: language, [(.reference, invoice.number ?? "")]).plain + " · "
            + document.application.name
    }

    func document(_ style: InlineStyle) -> Markup {
        html(.lang(language.tag)) {
            head {
                meta(.charset("utf-8"))
                meta(.name("viewport"), .content("width=device-width, initial-scale=1"))
                meta(.name("robots"), .content("noindex"))
                Pages.title { title }
                Markup.style(style)
            }
            body {
                main {
                    top
                    parties
                    if let description = invoice.description { p { bdi { description } } }
                    InvoicePaperLines(paper: self).markup
                    InvoicePaperLines(paper: self).sums
                    InvoicePaperMoney(paper: self).payments
                    InvoicePaperMoney(paper: self).creditNotes
                    end
                }
            }
        }
    }

    func text(_ phrase: Phrase) -> String { language.text(phrase) }
    func amount(_ money: Money) -> String { AmountText.format(money, language) }
    func day(_ moment: Timestamp) -> Markup {
        time(.datetime(String(moment.description.prefix(10)))) { MomentText.day(moment, language) }
    }

    private var top: Markup {
        header(.class("top")) {
            div(.class("seller")) {
                if !document.application.logo.bytes.isEmpty {
                    img(
                        .src(type: document.application.logoType, document.application.logo.bytes), .alt(""),
                        .width(48), .height(48))
                }
                bdi { document.application.name }
            }
            div(.class("kind")) {
                h1 { text(.invoiceNumber) }
                p(.class("mark")) { text(mark) }
                if invoice.mode == .test { p { small { text(.testMode) } } }
            }
        }
    }

    /// The state, as a stamp would say it.
    private var mark: Phrase {
        switch invoice.status {
        case .draft: .stateDraft
        case .open: invoice.isOverdue ? .stateOverdue : .stateOpen
        case .paid: .statePaid
        case .void: .stateVoid
        case .uncollectible: .stateUncollectible
        }
    }

    private var parties: Markup {
        div(.class("parties")) {
            section {
                h2 { text(.billedTo) }
                if let customer = document.customer {
                    if let name = customer.name { p { strong { bdi { name } } } }
                    for line in Self.address(customer.address) { p { bdi { line } } }
                    if let email = customer.email { p { bdi { email } } }
                    if let phone = customer.phone { p { bdi { phone } } }
                } else {
                    p { text(.forgottenCustomer) }
                }
            }
            section {
                h2 { text(.issuedBy) }
                p { strong { bdi { document.application.name } } }
            }
            dl(.class("facts")) {
                if let number = invoice.number { fact(.documentNumber, .text(number)) }
                fact(.issuedOn, day(invoice.issuedAt ?? invoice.createdAt))
                if let due = invoice.dueDate { fact(.dueOn, day(due)) }
                if let paid = invoice.paidAt { fact(.paidOn, day(paid)) }
                if let voided = invoice.voidedAt { fact(.voidedOn, day(voided)) }
            }
        }
    }

    private func fact(_ name: Phrase, _ value: Markup) -> Markup {
        div {
            dt { text(name) }
            dd { value }
        }
    }

    /// An address as it stands on an envelope, a line each.
    static func address(_ address: Address?) -> [String] {
        guard let address else { return [] }
        let city = [address.postalCode, address.city].compactMap { $0 }.joined(separator: " ")
        return [address.line1, address.line2, city, address.region, address.country].compactMap { $0 }
            .filter { !$0.isEmpty }
    }

    /// Where an open one is paid.
    @MarkupBuilder private var end: Markup {
        if invoice.isPayable, invoice.amountDue.isPositive, !invoice.hostedURL.isEmpty {
            footer(.class("end")) {
                p {
                    text(.payOnline) + ": "
                    a(.href(invoice.hostedURL)) { invoice.hostedURL }
                }
            }
        }
    }
}
