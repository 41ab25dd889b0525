/// The state of an invoice as its customer sees it.
package enum InvoiceState: Sendable, CaseIterable {
    case draft, open, overdue, processing, paid, void, uncollectible

    var phrase: Phrase {
        switch self {
        case .draft: .stateDraft
        case .open: .stateOpen
        case .overdue: .stateOverdue
        case .processing: .stateProcessing
        case .paid: .statePaid
        case .void: .stateVoid
        case .uncollectible: .stateUncollectible
        }
    }

    var tone: Tone {
        switch self {
        case .draft: .still
        case .open: .busy
        case .overdue, .processing: .wait
        case .paid: .good
        case .void: .ended
        case .uncollectible: .bad
        }
    }
}
