import Runtime

/// The page of an invoice: what is owed, and one button that pays it.
package enum InvoicePages {
    package static func page(_ view: InvoiceView) -> Page {
        switch view.state {
        case .payable(let isOverdue, let isGivenUp): payable(view, isOverdue: isOverdue, isGivenUp: isGivenUp)
        case .processing: processing(view)
        case .paid: paid(view)
        case .void: void(view)
        }
    }

    private static func payable(_ view: InvoiceView, isOverdue: Bool, isGivenUp: Bool) -> Page {
        let page = view.page
        let stamp = isOverdue ? Stamp(tone: .wait, phrase: .stateOverdue, note: nil) : nil
        return CheckoutPages.page(
            page, title: title(view), isTorn: false,
            before: Slip(view: page, stamp: stamp, isHeading: true).markup
        ) {
            h2 { name(view) }
            if view.hasFailed {
                div(.class("notice bad")) { p { page.language.text(.invoiceLastFailed) } }
            }
            p(.class("lead")) { lead(view, isOverdue: isOverdue, isGivenUp: isGivenUp) }
            form(.methodPost, .action(page.paths.pay), .class("acts")) {
                Hidden.csrf(page.csrf)
                button(.class("btn main wide")) { page.say(.payInvoice).markup }
            }
            document(view)
        }
    }

    @MarkupBuilder private static func lead(_ view: InvoiceView, isOverdue: Bool, isGivenUp: Bool) -> Markup {
        if isGivenUp {
            view.page.language.text(.invoiceGivenUpLead)
        } else if let moment = view.chargesAt {
            view.page.say(.invoiceAutomatic, moment, .day).markup
        } else if let moment = view.dueAt {
            view.page.say(isOverdue ? .invoiceWasDueOn : .invoiceDueOn, moment, .day).markup
        } else {
            view.page.language.text(.invoiceOpenLead)
        }
    }

    /// Nobody is asked to pay again; a script and a link ask for the outcome.
    private static func processing(_ view: InvoiceView) -> Page {
        let page = view.page
        let stamp = Stamp(tone: .busy, phrase: .stampConfirming, note: nil)
        return CheckoutPages.page(
            page, title: title(view, .confirmingHeading), after: Slip(view: page, stamp: stamp).markup
        ) {
            CheckoutPages.resultHeading(page.language.text(.confirmingHeading))
            p(.class("lead"), .role("status"), .dataPoll(page.paths.status), .dataState("processing")) {
                page.language.text(.confirmingLead)
                " "
                strong { page.language.text(.confirmingDoNotPay) }
                " "
                page.language.text(.confirmingOnce)
            }
            div(.class("acts")) {
                a(.class("btn main wide"), .href(page.paths.link)) { page.language.text(.checkAgain) }
            }
            p(.class("soft")) { page.language.text(.confirmingClose) }
            document(view)
        }
    }

    private static func paid(_ view: InvoiceView) -> Page {
        let page = view.page
        let stamp = Stamp(
            tone: .good, phrase: .stampPaid, note: view.paidAt.map { MomentText.day($0, page.language) })
        return CheckoutPages.page(
            page, title: title(view, .invoicePaidHeading),
            after: Slip(view: page, label: .paidLabel, stamp: stamp).markup
        ) {
            div(.role("status")) { CheckoutPages.resultHeading(page.language.text(.invoicePaidHeading)) }
            p(.class("lead")) { page.say(view.hasReceivedMoney ? .alreadyPaidLead : .invoiceSettledLead).markup }
            document(view)
        }
    }

    private static func void(_ view: InvoiceView) -> Page {
        let page = view.page
        let stamp = Stamp(tone: .ended, phrase: .stateVoid, note: nil)
        return CheckoutPages.page(
            page, title: title(view, .invoiceVoidHeading),
            after: Slip(view: page, label: .wasToPay, stamp: stamp).markup
        ) {
            div(.role("status")) { CheckoutPages.resultHeading(page.language.text(.invoiceVoidHeading)) }
            p(.class("lead")) { page.language.text(.invoiceVoidLead) }
            document(view)
        }
    }

    private static func document(_ view: InvoiceView) -> Markup {
        p { a(.class("out"), .href(view.documentPath)) { view.page.language.text(.viewDocument) } }
    }

    private static func name(_ view: InvoiceView) -> String {
        FilledPhrase(.invoiceTitle, in: view.page.language, [(.reference, view.number)]).plain
    }

    private static func title(_ view: InvoiceView, _ phrase: Phrase? = nil) -> String {
        [phrase.map(view.page.language.text), name(view), view.page.merchant.name].compactMap { $0 }
            .joined(separator: " · ")
    }
}
