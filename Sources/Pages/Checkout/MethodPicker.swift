/// The form in which a buyer chooses how to pay, and pays. Without a script, style rules alone open the chosen one.
struct MethodPicker {
    let view: CheckoutView
    /// The heading over the methods.
    let heading: Phrase
    /// Whether a card was tried before: the radio then says "another card".
    var isRetry = false

    var markup: Markup {
        form(.methodPost, .action(view.paths.pay), .novalidate) {
            Hidden.csrf(view.csrf)
            fieldset(.class("methods")) {
                legend { h2 { view.language.text(heading) } }
                for method in view.methods { row(method) }
            }
        }
    }

    /// The gateway whose radio is checked.
    private var chosen: String? {
        view.methods.first { $0.gateway == view.chosenMethod }?.gateway ?? view.methods.first?.gateway
    }

    /// Only one card form fits on a page, as its fields have fixed names.
    private var cardGateway: String? {
        view.methods.first { $0.kind == .card }?.gateway
    }

    private func row(_ method: MethodView) -> Markup {
        let id = "method-\(method.gateway)"
        return div(.class("method")) {
            input(
                .type("radio"), .name("method"), .value(method.gateway), .id(id),
                method.gateway == chosen ? .checked : nil)
            label(.for(id)) {
                span { MethodText.name(method, isRetry: isRetry, view: view) }
                if !method.marks.isEmpty {
                    span(.class("marks")) {
                        for mark in method.marks { span(.class("mark")) { mark } }
                    }
                } else if let note = method.note {
                    span(.class("small soft")) { note }
                }
            }
            div(.class("body")) {
                if method.kind == .card, method.gateway == cardGateway {
                    CardForm(view: view).markup
                } else {
                    p(.class("soft")) { MethodText.note(method, view: view).markup }
                    button(.class("btn main wide")) { view.say(.continueTo, (.method, method.name)).markup }
                    if let consent = view.purpose.consent { p(.class("small soft")) { view.say(consent).markup } }
                }
            }
        }
    }
}
