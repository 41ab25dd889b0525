/// The pages on which a method is saved without paying. Choosing, mistakes and declines are those of a checkout.
package enum SetupPages {
    /// The method is saved.
    ///
    /// - Parameters:
    ///   - card: Such as `Visa ending 4242`.
    ///   - paidText: What was charged to it at once; nil where nothing was.
    ///   - leavesAtOnce: Whether the browser goes on to the way back by itself.
    package static func done(
        _ view: CheckoutView, card: String, paidText: String?, leavesAtOnce: Bool = false
    ) -> Page {
        let heading = view.language.text(paidText == nil ? .setupDoneHeading : .setupPaidHeading)
        return page(view, heading, refreshURL: leavesAtOnce ? view.backURL : nil) {
            div(.role("status")) { CheckoutPages.resultHeading(heading) }
            p(.class("lead")) {
                if let paidText {
                    view.say(.paidLead, (.amount, paidText)).markup
                    " "
                }
                view.say(.setupDoneLead, (.card, card)).markup
            }
            back(view)
        }
    }

    /// The method is saved, and what is owed is being charged to it.
    package static func charging(_ view: CheckoutView, amountText: String) -> Page {
        let heading = view.language.text(.setupChargingHeading)
        return page(view, heading, stamp: Stamp(tone: .busy, phrase: .stampConfirming, note: nil)) {
            CheckoutPages.resultHeading(heading)
            p(.class("lead"), .role("status"), .dataPoll(view.paths.status), .dataState("charging")) {
                view.say(.setupChargingLead, (.amount, amountText)).markup
            }
            checkAgain(view)
        }
    }

    /// The method is saved, but what is owed could not be charged to it: another may be left.
    ///
    /// - Parameter invoicePath: Where what is owed can be paid in another way.
    package static func chargeFailed(_ view: CheckoutView, amountText: String, invoicePath: String?) -> Page {
        let heading = view.say(.setupChargeFailed, (.amount, amountText)).plain
        return page(view, heading) {
            div(.class("notice bad"), .role("alert")) {
                CheckoutPages.resultHeading(heading)
                p {
                    view.language.text(.declinedBank)
                    " "
                    view.language.text(.declinedAdvice)
                }
            }
            if !view.methods.isEmpty {
                CheckoutPages.form(view, heading: .tryAgain, methods: view.methods, isRetry: true)
            }
            if let invoicePath {
                p { a(.class("out"), .href(invoicePath)) { view.language.text(.payAnotherWay) } }
            }
            CheckoutPages.cancelLink(view)
        }
    }

    /// The answer about the method has not come yet.
    package static func confirming(_ view: CheckoutView) -> Page {
        let heading = view.language.text(.setupConfirmingHeading)
        return page(view, heading, stamp: Stamp(tone: .busy, phrase: .stampConfirming, note: nil)) {
            CheckoutPages.resultHeading(heading)
            p(.class("lead"), .role("status"), .dataPoll(view.paths.status), .dataState("confirming")) {
                view.language.text(.setupConfirmingLead)
            }
            checkAgain(view)
        }
    }

    /// The page's time is over.
    package static func expired(_ view: CheckoutView) -> Page {
        ended(view, heading: .setupExpiredHeading, lead: .setupExpiredLead)
    }

    /// The subscription whose link it is has ended.
    package static func subscriptionEnded(_ view: CheckoutView) -> Page {
        ended(view, heading: .setupEndedHeading, lead: .setupEndedLead)
    }

    private static func ended(_ view: CheckoutView, heading: Phrase, lead: Phrase) -> Page {
        let frame = Frame(
            language: view.language, merchant: view.merchant,
            title: view.language.text(heading) + " · " + view.merchant.name, isTest: view.isTest,
            offeredLanguages: view.offeredLanguages, isWide: true)
        return Page(
            document: frame.document {
                div(.role("status")) { CheckoutPages.resultHeading(view.language.text(heading)) }
                p(.class("lead")) { view.say(lead).markup }
                back(view)
            })
    }

    /// The stand-in for a wallet's own page.
    package static func wallet(_ view: CheckoutView, name: String) -> Page {
        let heading = view.say(.setupWalletHeading, (.method, name)).plain
        return page(view, heading) {
            CheckoutPages.resultHeading(heading)
            p(.class("lead")) { view.say(.setupWalletLead).markup }
            decision(view, action: view.paths.wallet)
        }
    }

    /// The stand-in for a bank's own page.
    package static func challenge(_ view: CheckoutView, last4: String) -> Page {
        let heading = view.language.text(.challengeHeading)
        return page(view, heading) {
            CheckoutPages.resultHeading(heading)
            p(.class("lead")) { view.say(.setupChallengeLead, (.card, last4)).markup }
            decision(view, action: view.paths.challenge)
        }
    }

    private static func decision(_ view: CheckoutView, action: String) -> Markup {
        form(.methodPost, .action(action), .class("acts")) {
            Hidden.csrf(view.csrf)
            button(.class("btn main"), .name("decision"), .value("approve")) { view.language.text(.approveSaving) }
            button(.class("btn"), .name("decision"), .value("refuse")) { view.language.text(.refuse) }
        }
    }

    private static func checkAgain(_ view: CheckoutView) -> Markup {
        div(.class("acts")) {
            a(.class("btn main wide"), .href(view.paths.done)) { view.language.text(.checkAgain) }
        }
    }

    @MarkupBuilder private static func back(_ view: CheckoutView) -> Markup {
        if let url = view.backURL {
            div(.class("acts")) {
                a(.class("btn main"), .href(url)) { CheckoutPages.backText(view, url) }
            }
        }
    }

    private static func page(
        _ view: CheckoutView, _ heading: String, stamp: Stamp? = nil, refreshURL: String? = nil,
        @MarkupBuilder content: () -> Markup
    ) -> Page {
        CheckoutPages.page(
            view, title: heading + " · " + view.merchant.name, refreshURL: refreshURL,
            after: Slip(view: view, stamp: stamp).markup, content: content)
    }
}
