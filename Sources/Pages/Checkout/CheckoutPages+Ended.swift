import Runtime

extension CheckoutPages {
    /// The money has arrived.
    ///
    /// - Parameters:
    ///   - returnURL: The merchant's page, with the signed outcome; nil makes this page the receipt.
    ///   - leavesAtOnce: Whether the browser goes on to `returnURL` by itself.
    package static func success(
        _ view: CheckoutView, receipt: ReceiptView, returnURL: String?, leavesAtOnce: Bool = false
    ) -> Page {
        let day = MomentText.day(receipt.paidAt, view.language)
        let stamp = Stamp(tone: .good, phrase: .stampPaid, note: day)
        return page(
            view, title: title(.paidHeading, view), refreshURL: leavesAtOnce ? returnURL : nil,
            after: Slip(view: view, label: .paidLabel, stamp: stamp).markup
        ) {
            div(.role("status")) { resultHeading(view.language.text(.paidHeading)) }
            p(.class("lead")) { view.say(.paidLead).markup }
            facts(view, receipt)
            if let returnURL {
                div(.class("acts")) {
                    a(.class("btn main"), .href(returnURL)) { view.say(.backTo).markup }
                }
            }
            p(.class("soft small")) { view.language.text(.keepReceipt) }
        }
    }

    /// Somebody opened the page of a payment that was paid before.
    package static func alreadyPaid(_ view: CheckoutView, receipt: ReceiptView, returnURL: String?) -> Page {
        let stamp = Stamp(
            tone: .good, phrase: .stampPaid, note: MomentText.day(receipt.paidAt, view.language))
        return page(
            view, title: title(.alreadyPaidHeading, view),
            after: Slip(view: view, label: .paidLabel, stamp: stamp).markup
        ) {
            div(.role("status")) { resultHeading(view.language.text(.alreadyPaidHeading)) }
            p(.class("lead")) { view.say(.alreadyPaidLead).markup }
            facts(view, receipt)
            back(view, returnURL)
        }
    }

    /// A page of ours that leaves for a gateway or the merchant: 200 with a `Refresh` header, because a redirect after
    /// a form would be blocked by `form-action 'self'` in some browsers.
    ///
    /// - Parameter place: Where the browser goes, as people know it.
    package static func leaving(_ view: CheckoutView, to url: String, place: String) -> Page {
        let heading = view.say(.leavingHeading, (.place, place))
        return page(
            view, title: heading.plain, refreshURL: url, after: Slip(view: view).markup
        ) {
            div(.role("status")) { resultHeading(heading.plain) }
            p(.class("lead")) { view.language.text(.leavingLead) }
            div(.class("acts")) {
                a(.class("btn main"), .href(url)) { view.say(.continueTo, (.method, place)).markup }
            }
        }
    }

    /// The buyer or the merchant cancelled.
    package static func cancelled(_ view: CheckoutView, backURL: String?) -> Page {
        let stamp = Stamp(tone: .ended, phrase: .stampCancelled, note: nil)
        return page(
            view, title: title(.cancelledHeading, view),
            after: Slip(view: view, label: .wasToPay, stamp: stamp).markup
        ) {
            div(.role("status")) { resultHeading(view.language.text(.cancelledHeading)) }
            p(.class("lead")) { view.language.text(.nothingCharged) }
            back(view, backURL)
        }
    }

    /// The time to pay is over.
    package static func expired(_ view: CheckoutView, backURL: String?) -> Page {
        let moment = view.order.expiresAt
        let stamp = Stamp(
            tone: .wait, phrase: .stampExpired, note: moment.map { MomentText.day($0, view.language) })
        return page(
            view, title: title(.expiredHeading, view),
            after: Slip(view: view, label: .wasToPay, stamp: stamp).markup
        ) {
            div(.role("status")) { resultHeading(view.language.text(.expiredHeading)) }
            p(.class("lead")) {
                if let moment {
                    view.say(.expiredLead, moment, .full).markup
                    " "
                }
                view.language.text(.nothingCharged)
            }
            p { view.say(.expiredAdvice).markup }
            back(view, backURL)
        }
    }

    @MarkupBuilder private static func back(_ view: CheckoutView, _ url: String?) -> Markup {
        if let url {
            div(.class("acts")) {
                a(.class("btn main"), .href(url)) { view.say(.backTo).markup }
            }
        }
    }

    private static func facts(_ view: CheckoutView, _ receipt: ReceiptView) -> Markup {
        dl(.class("facts")) {
            if let paidWith = receipt.paidWith {
                div {
                    dt(.class("soft")) { view.language.text(.paidWith) }
                    dd { bdi { paidWith } }
                }
            }
            div {
                dt(.class("soft")) { view.language.text(.date) }
                dd {
                    moment(receipt.paidAt, view.language)
                }
            }
            if let email = view.customerEmail {
                div {
                    dt(.class("soft")) { view.language.text(.customer) }
                    dd { bdi { email } }
                }
            }
            div {
                dt(.class("soft")) { view.language.text(.payment) }
                dd { code { receipt.payment } }
            }
        }
    }
}
