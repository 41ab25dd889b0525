/// What can be wrong with what was typed about a card.
package enum CardProblem: Sendable, CaseIterable {
    case numberMissing, numberInvalid, nameMissing, expiryMissing, expiryInvalid, expiryPast, codeMissing, codeInvalid

    /// The names of the form's fields, which are the ids of its inputs too.
    package enum Field: String, Sendable, CaseIterable {
        case number, name, expiry, code
    }

    package var field: Field {
        switch self {
        case .numberMissing, .numberInvalid: .number
        case .nameMissing: .name
        case .expiryMissing, .expiryInvalid, .expiryPast: .expiry
        case .codeMissing, .codeInvalid: .code
        }
    }

    var phrase: Phrase {
        switch self {
        case .numberMissing: .numberMissing
        case .numberInvalid: .numberInvalid
        case .nameMissing: .nameMissing
        case .expiryMissing: .expiryMissing
        case .expiryInvalid: .expiryInvalid
        case .expiryPast: .expiryPast
        case .codeMissing: .codeMissing
        case .codeInvalid: .codeInvalid
        }
    }
}
