import Runtime

/// The pages of a hosted checkout: pure functions from views to documents, one for each state.
package enum CheckoutPages {
    /// The frame of a page that belongs to a payment.
    static func page(
        _ view: CheckoutView, status: Int = 200, title: String, refreshURL: String? = nil,
        retryAfterSeconds: Int? = nil, isTorn: Bool = true, before: Markup = .empty, after: Markup = .empty,
        @MarkupBuilder content: () -> Markup
    ) -> Page {
        let frame = Frame(
            language: view.language, merchant: view.merchant, title: title, isTest: view.isTest, isTorn: isTorn,
            offeredLanguages: view.offeredLanguages)
        return Page(
            status: status, refreshURL: refreshURL, retryAfterSeconds: retryAfterSeconds,
            document: frame.document(content: content, before: before, after: after))
    }

    /// The heading of a page that tells a result: read out at once, by focus.
    static func resultHeading(_ text: String) -> Markup {
        h1(.tabindex(-1), .autofocus) { text }
    }

    /// A title such as `Cancelled: €46.80, Cacao Lane`.
    static func title(_ phrase: Phrase, _ view: CheckoutView) -> String {
        view.say(phrase).plain + " · " + view.merchant.name
    }

    /// What a link back says: to the account on this server, or to the merchant.
    static func backText(_ view: CheckoutView, _ url: String) -> Markup {
        url.hasPrefix("/") ? .text(view.language.text(.backToAccount)) : view.say(.backTo).markup
    }

    /// The way out of a payment that is still open.
    @MarkupBuilder static func cancelLink(_ view: CheckoutView) -> Markup {
        if view.isCancellable {
            p { a(.class("out"), .href(view.paths.cancel)) { view.language.text(.cancelPayment) } }
        } else if let url = view.backURL {
            p { a(.class("out"), .href(url)) { backText(view, url) } }
        }
    }

    /// A moment for the page; a script shows it in the reader's own zone.
    static func moment(_ moment: Timestamp, _ language: Language) -> Markup {
        time(.datetime(moment.description), .dataLocal(.full)) { MomentText.full(moment, language) }
    }
}
