extension CheckoutPages {
    /// A try failed and took nothing: what happened, and all ways to pay once more.
    package static func declined(_ view: CheckoutView, reason: DeclineReason) -> Page {
        let stamp = view.purpose == .pay ? Stamp(tone: .still, phrase: .stampNotPaid, note: nil) : nil
        return page(view, title: title(reason.heading, view), after: Slip(view: view, stamp: stamp).markup) {
            div(.class("notice bad"), .role("alert")) {
                resultHeading(view.language.text(reason.heading))
                p { view.say(reason.explanation, (.method, reason.method)).markup }
                p {
                    view.language.text(.declinedAdvice)
                    if let moment = view.order.expiresAt {
                        " "
                        view.say(.keptUntil, moment, .full).markup
                    }
                }
            }
            closingSoon(view)
            if view.methods.isEmpty {
                p { a(.class("btn"), .href(view.paths.link)) { view.language.text(.checkAgain) } }
            } else {
                form(view, heading: .tryAgain, methods: view.methods, isRetry: true)
            }
            cancelLink(view)
        }
    }
}
