/// The fields of a card and the button that pays, for the inside of a form.
struct CardForm {
    let view: CheckoutView

    @MarkupBuilder var markup: Markup {
        field(.number, .cardNumber, hint: state.isRepeated ? .typeAgain : nil) { described in
            span(.class("card")) {
                input(
                    .class("input num"), .id("number"), .name("number"), .dir("ltr"), .inputmode("numeric"),
                    .autocomplete("cc-number"), .spellcheck(false), .ariaRequired, invalid(.number), described)
                span(.class("mark"), .dataMark) { Markup.symbol(.card) }
            }
        }
        field(.name, .nameOnCard, hint: nil) { described in
            input(
                .class("input"), .id("name"), .name("name"), .autocomplete("cc-name"), .spellcheck(false),
                .value(state.holderName), .ariaRequired, invalid(.name), described)
        }
        div(.class("pair")) {
            field(.expiry, .expiryDate, hint: .expiryHint) { described in
                input(
                    .class("input num"), .id("expiry"), .name("expiry"), .dir("ltr"), .inputmode("numeric"),
                    .autocomplete("cc-exp"), .placeholder(view.language.text(.expiryPlaceholder)),
                    state.expiry.isEmpty ? nil : .value(state.expiry), .ariaRequired, invalid(.expiry), described)
            }
            field(.code, .securityCode, hint: .codeHint) { described in
                input(
                    .class("input num"), .id("code"), .name("code"), .dir("ltr"), .inputmode("numeric"),
                    .autocomplete("cc-csc"), .spellcheck(false), .ariaRequired, invalid(.code), described)
            }
        }
        if state.offersSaving {
            label(.class("check")) {
                input(.type("checkbox"), .name("save"), .value("1"))
                span { view.language.text(.keepCard) }
            }
        }
        button(.class("btn main wide")) { view.say(view.purpose.cardButton).markup }
        if let consent = view.purpose.consent { p(.class("small soft")) { view.say(consent).markup } }
        if view.purpose == .pay, let email = view.customerEmail {
            p(.class("small soft")) { view.say(.payingAs, (.email, email)).markup }
        }
        if !state.testCards.isEmpty { testCards }
    }

    private var state: CardFormView { view.cardForm }

    private func problem(_ field: CardProblem.Field) -> CardProblem? {
        state.problems.first { $0.field == field }
    }

    private func invalid(_ field: CardProblem.Field) -> Attribute? {
        problem(field) == nil ? nil : .ariaInvalid
    }

    /// Label, hint, error, control: the error stands above so that a keyboard on the screen does not hide it.
    private func field(
        _ field: CardProblem.Field, _ name: Phrase, hint: Phrase?, control: (Attribute?) -> Markup
    ) -> Markup {
        let id = field.rawValue
        let problem = problem(field)
        let described = [hint == nil ? nil : "\(id)-hint", problem == nil ? nil : "\(id)-error"].compactMap { $0 }
        return div(.class("field")) {
            label(.for(id)) { view.language.text(name) }
            if let hint { span(.class("hint"), .id("\(id)-hint")) { view.language.text(hint) } }
            if let problem {
                span(.class("error"), .id("\(id)-error")) { span { view.language.text(problem.phrase) } }
            }
            control(described.isEmpty ? nil : .ariaDescribedby(described.joined(separator: " ")))
        }
    }

    private var testCards: Markup {
        details(.class("hints")) {
            summary { view.language.text(.testCards) }
            table {
                caption(.class("vh")) { view.language.text(.testCards) }
                thead(.class("vh")) {
                    tr {
                        th(.scope("col")) { view.language.text(.cardNumber) }
                        th(.scope("col")) { view.language.text(.testCardMeaning) }
                    }
                }
                tbody {
                    for card in state.testCards {
                        tr {
                            th(.scope("row")) { code { card.number } }
                            td { card.meaning }
                        }
                    }
                }
            }
        }
    }
}
