package import Runtime

/// The customer's own pages: invoices, saved cards, subscriptions. Reached by a link that works once.
package enum PortalPages {
    /// Where the one-time link leads: only the button uses it up, so that a mail scanner's visit does not.
    package static func open(
        language: Language = .english, merchant: MerchantView, openPath: String, csrf: String, isTest: Bool = false
    ) -> Page {
        let heading = FilledPhrase(.portalOpenHeading, in: language, [(.merchant, merchant.name)])
        return page(language, merchant, title: heading.plain, isTest: isTest) {
            CheckoutPages.resultHeading(heading.plain)
            p(.class("lead")) { language.text(.portalOpenLead) }
            form(.methodPost, .action(openPath), .class("acts")) {
                Hidden.csrf(csrf)
                button(.class("btn main")) { language.text(.portalOpen) }
            }
        }
    }

    /// The one-time link was used, or is too old.
    package static func spent(language: Language = .english, merchant: MerchantView) -> Page {
        page(language, merchant, status: 410, title: language.text(.portalSpentHeading)) {
            div(.role("alert")) { CheckoutPages.resultHeading(language.text(.portalSpentHeading)) }
            p(.class("lead")) {
                FilledPhrase(.portalSpentLead, in: language, [(.merchant, merchant.name)]).markup
            }
        }
    }

    /// The account: invoices, cards, subscriptions.
    package static func account(_ view: PortalView) -> Page {
        page(
            view.language, view.merchant, title: view.say(.portalOpenHeading).plain, isTest: view.isTest
        ) {
            if let notice = view.notice {
                div(
                    .class(notice == .refused ? "notice wait" : "notice good"),
                    .role(notice == .refused ? "alert" : "status")
                ) { p { view.language.text(notice.phrase) } }
            }
            div {
                h1 { view.language.text(.portalHeading) }
                p(.class("soft")) { bdi { view.customerEmail } }
            }
            if !view.subscriptions.isEmpty { PortalSections.subscriptions(view) }
            PortalSections.invoices(view)
            PortalSections.cards(view)
            PortalSections.details(view)
            if let url = view.returnURL {
                p { a(.class("out"), .href(url)) { view.say(.backTo).markup } }
            }
        }
    }

    /// Asks before a card is removed.
    package static func confirmRemoval(_ view: PortalView, card: PortalView.Card) -> Page {
        confirm(
            view, heading: view.say(.removeHeading, (.card, PortalSections.name(of: card, view).plain)).plain,
            lead: view.language.text(.removeLead), action: "\(view.basePath)/cards/\(card.id)/remove", act: .remove,
            stay: .keepIt)
    }

    /// Asks before a subscription is cancelled.
    ///
    /// - Parameter endsAt: The end of what was paid for; nil where it ends at once.
    package static func confirmCancellation(
        _ view: PortalView, subscription: PortalView.Subscription, endsAt: Timestamp?
    ) -> Page {
        let lead =
            endsAt.map { view.say(.cancelSubscriptionLead, (.time, MomentText.day($0, view.language))).plain }
            ?? view.language.text(.cancelNowLead)
        return confirm(
            view, heading: view.say(.cancelSubscriptionHeading, (.plan, subscription.plan)).plain, lead: lead,
            action: "\(view.basePath)/subscriptions/\(subscription.id)/cancel", act: .cancelSubscription,
            stay: .keepSubscription)
    }

    private static func confirm(
        _ view: PortalView, heading: String, lead: String, action: String, act: Phrase, stay: Phrase
    ) -> Page {
        page(view.language, view.merchant, title: heading, isTest: view.isTest) {
            CheckoutPages.resultHeading(heading)
            p(.class("lead")) { lead }
            form(.methodPost, .action(action), .class("acts")) {
                Hidden.csrf(view.csrf)
                button(.class("btn")) { view.language.text(act) }
                a(.class("btn main"), .href(view.basePath)) { view.language.text(stay) }
            }
        }
    }

    static func page(
        _ language: Language, _ merchant: MerchantView, status: Int = 200, title: String, isTest: Bool = false,
        @MarkupBuilder content: () -> Markup
    ) -> Page {
        let frame = Frame(
            language: language, merchant: merchant, title: title, isTest: isTest, isWide: true)
        return Page(status: status, document: frame.document(content: content))
    }
}
