/// The parts of the account page.
enum PortalSections {
    /// Such as `Visa ending 4242`.
    static func name(of card: PortalView.Card, _ view: PortalView) -> FilledPhrase {
        view.say(.cardEnding, (.card, card.brand), (.last4, card.last4))
    }

    static func invoices(_ view: PortalView) -> Markup {
        section(.class("leaf"), .ariaLabelledby("invoices")) {
            h2(.id("invoices")) { view.language.text(.invoices) }
            if view.invoices.isEmpty {
                p { view.language.text(.noInvoices) }
                p(.class("soft small")) { view.say(.noInvoicesNote).markup }
            } else {
                table(.class("lines")) {
                    caption(.class("vh")) { view.language.text(.invoices) }
                    thead(.class("vh")) {
                        tr {
                            th(.scope("col")) { view.language.text(.invoiceNumber) }
                            th(.scope("col")) { view.language.text(.amount) }
                        }
                    }
                    tbody { for invoice in view.invoices { row(invoice, view) } }
                }
            }
        }
    }

    private static func row(_ invoice: PortalView.Invoice, _ view: PortalView) -> Markup {
        tr {
            th(.scope("row")) {
                if let path = invoice.documentPath {
                    a(
                        .class("num"), .href(path),
                        .ariaLabel(view.say(.openDocument, (.reference, invoice.number)).plain)
                    ) { invoice.number }
                } else {
                    span(.class("num")) { invoice.number }
                }
                small {
                    span(.class("state \(invoice.state.tone.rawValue)")) { view.language.text(invoice.state.phrase) }
                    if let due = invoice.dueAt, invoice.state == .open || invoice.state == .overdue {
                        " · \(view.language.text(.dueDate)) \(MomentText.day(due, view.language))"
                    }
                }
                if let path = invoice.payPath {
                    a(.class("btn slim"), .href(path)) { view.say(.payInvoice, (.amount, invoice.amountText)).markup }
                }
            }
            td(.class("cash money")) { invoice.amountText }
        }
    }

    static func cards(_ view: PortalView) -> Markup {
        section(.class("leaf"), .ariaLabelledby("cards")) {
            h2(.id("cards")) { view.language.text(.savedCards) }
            if view.cards.isEmpty {
                p { view.language.text(.noCards) }
                p(.class("soft small")) { view.language.text(.noCardsNote) }
            } else {
                ul(.class("rows")) {
                    for card in view.cards {
                        li {
                            div {
                                p { name(of: card, view).markup }
                                p(.class("soft small")) {
                                    view.say(.cardExpires, (.time, card.expiryText)).plain
                                    if card.isDefault { " · \(view.language.text(.cardDefault))" }
                                }
                            }
                            div(.class("acts")) {
                                if !card.isDefault {
                                    form(.methodPost, .action("\(view.basePath)/cards/\(card.id)/default")) {
                                        Hidden.csrf(view.csrf)
                                        button(.class("btn")) {
                                            view.language.text(.makeDefault)
                                            span(.class("vh")) { " " + name(of: card, view).plain }
                                        }
                                    }
                                }
                                a(.class("btn"), .href("\(view.basePath)/cards/\(card.id)/remove")) {
                                    view.language.text(.remove)
                                    span(.class("vh")) { " " + name(of: card, view).plain }
                                }
                            }
                        }
                    }
                }
            }
            if view.canAddCard {
                form(.methodPost, .action("\(view.basePath)/cards")) {
                    Hidden.csrf(view.csrf)
                    button(.class("btn")) { view.language.text(.addCard) }
                }
            }
        }
    }
}
