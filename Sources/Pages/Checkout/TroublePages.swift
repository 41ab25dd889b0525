/// Pages for requests that have no payment, or cannot be served now.
package enum TroublePages {
    /// No payment has this address.
    package static func notFound(_ language: Language = .english) -> Page {
        page(language, nil, status: 404, heading: language.text(.notFoundHeading)) {
            p(.class("lead")) { language.text(.notFoundLead) }
        }
    }

    /// Nothing was sent to any gateway, for certain: otherwise the confirming page is the one to show.
    package static func unavailable(
        _ language: Language = .english, merchant: MerchantView? = nil, retryPath: String, retryAfterSeconds: Int = 30
    ) -> Page {
        page(
            language, merchant, status: 503, heading: language.text(.unavailableHeading),
            retryAfterSeconds: retryAfterSeconds
        ) {
            p(.class("lead")) { language.text(.unavailableLead) }
            again(language, retryPath)
        }
    }

    /// Too many tries in too short a time.
    package static func tooMany(
        _ language: Language = .english, merchant: MerchantView? = nil, retryPath: String, retryAfterSeconds: Int
    ) -> Page {
        page(
            language, merchant, status: 429, heading: language.text(.tooManyHeading),
            retryAfterSeconds: retryAfterSeconds
        ) {
            p(.class("lead")) {
                FilledPhrase(.tooManyLead, in: language, [(.count, "\(retryAfterSeconds)")]).markup
            }
            again(language, retryPath)
        }
    }

    /// A form came without its proof, or with one that is too old.
    package static func staleForm(
        _ language: Language = .english, merchant: MerchantView? = nil, backPath: String
    ) -> Page {
        page(language, merchant, status: 403, heading: language.text(.staleHeading)) {
            p(.class("lead")) { language.text(.staleLead) }
            div(.class("acts")) {
                a(.class("btn main"), .href(backPath)) { language.text(.backToPayment) }
            }
        }
    }

    private static func again(_ language: Language, _ path: String) -> Markup {
        div(.class("acts")) {
            a(.class("btn main"), .href(path)) { language.text(.tryAgain) }
        }
    }

    private static func page(
        _ language: Language, _ merchant: MerchantView?, status: Int, heading: String,
        retryAfterSeconds: Int? = nil, @MarkupBuilder content: () -> Markup
    ) -> Page {
        let frame = Frame(language: language, merchant: merchant, title: heading, isWide: true)
        return Page(
            status: status, retryAfterSeconds: retryAfterSeconds,
            document: frame.document {
                div(.role("alert")) { CheckoutPages.resultHeading(heading) }
                content()
            })
    }
}
