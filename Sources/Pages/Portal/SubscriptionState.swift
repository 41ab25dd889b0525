/// The state of a subscription as its customer sees it.
package enum SubscriptionState: Sendable, CaseIterable {
    case scheduled, incomplete, trialing, active, pastDue, paused, cancelled

    var phrase: Phrase {
        switch self {
        case .scheduled: .stateScheduled
        case .incomplete: .stateIncomplete
        case .trialing: .stateTrialing
        case .active: .stateActive
        case .pastDue: .statePastDue
        case .paused: .statePaused
        case .cancelled: .stateCancelled
        }
    }

    var tone: Tone {
        switch self {
        case .scheduled, .paused: .still
        case .incomplete: .wait
        case .trialing: .busy
        case .active: .good
        case .pastDue: .bad
        case .cancelled: .ended
        }
    }
}
