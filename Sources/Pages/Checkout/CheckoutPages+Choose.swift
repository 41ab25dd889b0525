extension CheckoutPages {
    /// The first page: the order, and the ways to pay. After a mistake in the card form, the same page says what to
    /// correct.
    package static func choose(_ view: CheckoutView) -> Page {
        guard !view.methods.isEmpty else { return noMethods(view) }
        return paying(view, heading: view.purpose.heading, methods: view.methods)
    }

    /// The page of one way to pay, for links that lead to it directly; nil when `gateway` is not among the methods.
    package static func start(_ view: CheckoutView, gateway: String) -> Page? {
        guard let method = view.methods.first(where: { $0.gateway == gateway }) else { return nil }
        return paying(view, heading: view.purpose.heading, methods: [method])
    }

    private static func paying(_ view: CheckoutView, heading: Phrase, methods: [MethodView]) -> Page {
        let pageTitle = view.title
        let hasProblems = !view.cardForm.problems.isEmpty
        let slip = Slip(view: view, isHeading: !hasProblems).markup
        return page(
            view, status: hasProblems ? 422 : 200,
            title: hasProblems
                ? FilledPhrase(.errorTitle, in: view.language, [(.title, pageTitle)]).plain : pageTitle,
            isTorn: hasProblems, before: hasProblems ? .empty : slip, after: hasProblems ? slip : .empty
        ) {
            if hasProblems { problemSummary(view) }
            if let remark = view.remark { p(.class("soft")) { remark } }
            closingSoon(view)
            form(view, heading: heading, methods: methods)
            if methods.count < view.methods.count {
                p { a(.href(view.paths.link)) { view.language.text(.otherWays) } }
            }
            cancelLink(view)
        }
    }

    /// One method stands alone; several stand in a picker.
    static func form(
        _ view: CheckoutView, heading: Phrase, methods: [MethodView], isRetry: Bool = false
    ) -> Markup {
        guard methods.count == 1, let method = methods.first else {
            return MethodPicker(view: view, heading: heading, isRetry: isRetry).markup
        }
        return Pages.form(.methodPost, .action(view.paths.pay), .class("single"), .novalidate) {
            Hidden.csrf(view.csrf)
            Hidden.field("method", method.gateway)
            h2 {
                if method.kind == .card {
                    view.language.text(view.purpose.cardHeading)
                } else {
                    view.say(view.purpose.methodHeading, (.method, method.name)).markup
                }
            }
            if method.kind == .card {
                CardForm(view: view).markup
            } else {
                p(.class("soft")) { MethodText.note(method, view: view).markup }
                button(.class("btn main wide")) { view.say(.continueTo, (.method, method.name)).markup }
                if let consent = view.purpose.consent { p(.class("small soft")) { view.say(consent).markup } }
            }
        }
    }

    /// What to correct, each with a link to its field.
    private static func problemSummary(_ view: CheckoutView) -> Markup {
        let problems = view.cardForm.problems
        return div(.class("notice bad"), .role("alert")) {
            h1(.tabindex(-1), .autofocus) {
                problems.count == 1
                    ? view.language.text(.checkOneField)
                    : view.say(.checkFields, (.count, "\(problems.count)")).plain
            }
            ul {
                for problem in problems {
                    li { a(.href("#\(problem.field.rawValue)")) { view.language.text(problem.phrase) } }
                }
            }
        }
    }

    /// The warning shortly before the page closes, with a button that keeps it open.
    @MarkupBuilder static func closingSoon(_ view: CheckoutView) -> Markup {
        if let closing = view.closingSoon {
            Pages.form(.class("notice wait"), .methodPost, .action(view.paths.extend)) {
                Hidden.csrf(view.csrf)
                p { view.say(.closesAt, closing.closesAt, .time).markup }
                if let later = closing.extendsTo {
                    div {
                        button(.class("btn")) {
                            view.say(.keepOpenUntil, later, .time).markup
                        }
                    }
                }
            }
        }
    }

    private static func noMethods(_ view: CheckoutView) -> Page {
        page(view, status: 503, title: title(.noMethods, view), after: Slip(view: view).markup) {
            resultHeading(view.language.text(.noMethods))
            p(.class("lead")) { view.say(.noMethodsAdvice).markup }
            div(.class("acts")) {
                a(.class("btn main"), .href(view.paths.link)) { view.language.text(.checkAgain) }
            }
            cancelLink(view)
        }
    }
}
