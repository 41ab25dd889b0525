/// The state of a card form. It has no place for a number or a code: those are never written into a page.
package struct CardFormView: Sendable {
    /// A card of the sandbox, shown in test mode.
    package struct TestCard: Sendable {
        package var number: String
        package var meaning: String

        package init(number: String, meaning: String) {
            self.number = number
            self.meaning = meaning
        }
    }

    /// What was typed as the name, or the customer's name.
    package var holderName: String
    /// What was typed as the expiry date; kept only after an error.
    package var expiry: String
    /// At most one problem for each field, in the order of the fields.
    package var problems: [CardProblem]
    /// Whether the form was sent before, so that the number has to be typed again.
    package var isRepeated: Bool
    /// Whether the payment offers to keep the card.
    package var offersSaving: Bool
    package var testCards: [TestCard]

    package init(
        holderName: String = "", expiry: String = "", problems: [CardProblem] = [], isRepeated: Bool = false,
        offersSaving: Bool = false, testCards: [TestCard] = []
    ) {
        self.holderName = holderName
        self.expiry = expiry
        self.problems = problems
        self.isRepeated = isRepeated
        self.offersSaving = offersSaving
        self.testCards = testCards
    }
}
