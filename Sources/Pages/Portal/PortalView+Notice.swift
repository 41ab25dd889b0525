extension PortalView {
    /// What just happened, shown once; the word stands in the address.
    package enum Notice: String, Sendable, CaseIterable {
        case cardRemoved = "removed"
        case cardSaved = "saved"
        case cardIsDefault = "default"
        case cardChanged = "card"
        case subscriptionCancelled = "cancelled"
        case subscriptionEnded = "ended"
        case subscriptionKept = "kept"
        case planChanged = "plan"
        case planWaits = "plan_waits"
        case refused

        var phrase: Phrase {
            switch self {
            case .cardRemoved: .removedNotice
            case .cardSaved: .savedNotice
            case .cardIsDefault: .defaultNotice
            case .cardChanged: .cardChangedNotice
            case .subscriptionCancelled: .cancelledNotice
            case .subscriptionEnded: .endedNotice
            case .subscriptionKept: .keptNotice
            case .planChanged: .planChangedNotice
            case .planWaits: .planWaitsNotice
            case .refused: .refusedNotice
            }
        }
    }
}
