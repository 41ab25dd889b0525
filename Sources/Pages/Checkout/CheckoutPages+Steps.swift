extension CheckoutPages {
    /// The stand-in for a wallet's own page, with the sandbox's wallet gateway.
    package static func wallet(_ view: CheckoutView, name: String) -> Page {
        page(view, title: title(.walletHeading, view, (.method, name)), after: Slip(view: view).markup) {
            resultHeading(view.say(.walletHeading, (.method, name)).plain)
            p(.class("lead")) { view.say(.walletLead, (.method, name)).markup }
            decision(view, action: view.paths.wallet, refusal: "decline")
        }
    }

    /// The stand-in for a bank's own page, where the sandbox's card gateway asks for proof.
    package static func challenge(_ view: CheckoutView, last4: String) -> Page {
        page(view, title: title(.challengeHeading, view), after: Slip(view: view).markup) {
            resultHeading(view.language.text(.challengeHeading))
            p(.class("lead")) { view.say(.challengeLead, (.card, last4)).markup }
            decision(view, action: view.paths.challenge, refusal: "refuse")
        }
    }

    /// Asks before a payment is cancelled.
    package static func confirmCancel(_ view: CheckoutView) -> Page {
        page(view, title: title(.confirmCancelHeading, view), after: Slip(view: view).markup) {
            resultHeading(view.language.text(.confirmCancelHeading))
            p(.class("lead")) { view.say(.confirmCancelLead).markup }
            Pages.form(.methodPost, .action(view.paths.cancel), .class("acts")) {
                Hidden.csrf(view.csrf)
                button(.class("btn")) { view.language.text(.cancelPayment) }
                a(.class("btn main"), .href(view.paths.link)) { view.language.text(.goOnPaying) }
            }
        }
    }

    /// The outcome is not known yet. Nobody is asked to pay again; a script and a link ask for the outcome.
    ///
    /// - Parameter details: What was sent, such as `Visa ending 4242`.
    package static func confirming(_ view: CheckoutView, details: String?, state: String) -> Page {
        let stamp = Stamp(tone: .busy, phrase: .stampConfirming, note: nil)
        return page(view, title: title(.confirmingHeading, view), after: Slip(view: view, stamp: stamp).markup) {
            resultHeading(view.language.text(.confirmingHeading))
            p(.class("lead")) {
                view.language.text(.confirmingLead)
                " "
                strong { view.language.text(.confirmingDoNotPay) }
                " "
                view.language.text(.confirmingOnce)
            }
            div(.role("status"), .dataPoll(view.paths.status), .dataState(state)) {
                ol(.class("steps")) {
                    li {
                        h2(.class("state good")) { view.language.text(.stepSent) }
                        p { [view.order.amountText, details].compactMap { $0 }.joined(separator: ", ") }
                    }
                    li(.ariaCurrent("step")) {
                        h2(.class("state busy")) { view.language.text(.stepWaiting) }
                        p { view.language.text(.stepWaitingNote) }
                    }
                    li {
                        h2(.class("state still")) { view.language.text(.stepResult) }
                        p { view.language.text(.stepResultNote) }
                    }
                }
            }
            div(.class("acts")) {
                a(.class("btn main wide"), .href(view.paths.link)) { view.language.text(.checkAgain) }
            }
            p(.class("soft")) {
                view.language.text(.confirmingClose)
                if let reference = view.order.reference {
                    " "
                    view.say(.confirmingContact, (.reference, reference)).markup
                }
            }
        }
    }

    private static func decision(_ view: CheckoutView, action: String, refusal: String) -> Markup {
        Pages.form(.methodPost, .action(action), .class("acts")) {
            Hidden.csrf(view.csrf)
            button(.class("btn main"), .name("decision"), .value("approve")) { view.say(.approve).markup }
            button(.class("btn"), .name("decision"), .value(refusal)) { view.language.text(.refuse) }
        }
    }

    private static func title(_ phrase: Phrase, _ view: CheckoutView, _ value: (Placeholder, String)) -> String {
        view.say(phrase, value).plain + " · " + view.merchant.name
    }
}
