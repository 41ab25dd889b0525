/// The frame of every page for buyers and customers: head, merchant, content, foot.
struct Frame {
    let language: Language
    /// Nil for pages that cannot know the merchant, such as "not found".
    let merchant: MerchantView?
    /// The document's title, of a phrase and its values.
    let title: String
    var isTest = false
    var isTorn = true
    var offeredLanguages: [Language] = []
    /// Whether there is no slip, so that the content has the whole width.
    var isWide = false

    /// - Parameters:
    ///   - before: Stands before `main`, such as the slip of a page where the order comes first.
    ///   - after: Stands after `main`.
    @MarkupBuilder func document(
        @MarkupBuilder content: () -> Markup, before: Markup = .empty, after: Markup = .empty
    ) -> Markup {
        html(.lang(language.tag)) {
            head {
                meta(.charset("utf-8"))
                meta(.name("viewport"), .content("width=device-width, initial-scale=1"))
                meta(.name("robots"), .content("noindex"))
                Pages.title { title }
                link(.rel("icon"), .href(AssetServer.pages.path(of: "mark.svg")))
                link(.rel("stylesheet"), .href(AssetServer.pages.path(of: "tokens.css")))
                link(.rel("stylesheet"), .href(AssetServer.pages.path(of: "checkout.css")))
                if let brand = merchant?.brand { link(.rel("stylesheet"), .href(brand.path)) }
                scriptFile(AssetServer.pages.path(of: "checkout.js"))
            }
            body(.class("pay")) {
                a(.class("skip"), .href("#content")) { language.text(.skip) }
                if isTest { p(.class("practice")) { language.text(.testMode) } }
                div(.class(isWide ? "till account" : "till")) {
                    if let merchant { shop(merchant) }
                    before
                    main(.class("do"), .id("content")) {
                        if merchant != nil {
                            p(.class("notice wait"), .role("alert"), .dataOffline, .hidden) {
                                span { language.text(.offline) }
                            }
                        }
                        content()
                    }
                    after
                    foot
                }
            }
        }
    }

    private func shop(_ merchant: MerchantView) -> Markup {
        header(.class(isTorn ? "shop torn" : "shop")) {
            if let logo = merchant.logoPath {
                img(.src(logo), .alt(""), .width(40), .height(40))
            } else {
                span(.class("initial"), .ariaHidden) { String(merchant.name.prefix(1)).uppercased() }
            }
            bdi { merchant.name }
        }
    }

    private var foot: Markup {
        footer(.class("foot")) {
            if let merchant {
                p { FilledPhrase(.footer, in: language, [(.merchant, merchant.name)]).markup }
                if merchant.termsURL != nil || merchant.privacyURL != nil || !offeredLanguages.isEmpty {
                    p(.class("links")) {
                        if let terms = merchant.termsURL { a(.href(terms)) { language.text(.terms) } }
                        if let privacy = merchant.privacyURL { a(.href(privacy)) { language.text(.privacy) } }
                        for other in offeredLanguages where other != language {
                            a(.href("?locale=\(other.tag)"), .hreflang(other.tag), .lang(other.tag)) { other.ownName }
                        }
                    }
                }
            } else {
                p { "CentralPay" }
            }
        }
    }
}
