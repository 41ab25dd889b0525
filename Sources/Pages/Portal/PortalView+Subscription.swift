package import Runtime

extension PortalView {
    /// One subscription.
    package struct Subscription: Sendable {
        /// What comes next for it.
        package enum Coming: Sendable, Equatable {
            case renews(Timestamp)
            case trialEnds(Timestamp)
            case starts(Timestamp)
            case ends(Timestamp)
        }

        package var id: String
        package var plan: String
        /// Such as `€24.00 every month`.
        package var priceText: String
        package var state: SubscriptionState
        package var coming: Coming?
        /// Such as `Visa ending 4242`; nil without a card.
        package var card: String?
        /// Whether it is charged to a card at all.
        package var isAutomatic: Bool
        /// Such as `Changes to Big box on 1 March 2025`.
        package var changeText: String?
        package var isCancellable: Bool
        package var canChangePlan: Bool

        package init(
            id: String, plan: String, priceText: String, state: SubscriptionState, coming: Coming? = nil,
            card: String? = nil, isAutomatic: Bool = true, changeText: String? = nil, isCancellable: Bool = true,
            canChangePlan: Bool = false
        ) {
            self.id = id
            self.plan = plan
            self.priceText = priceText
            self.state = state
            self.coming = coming
            self.card = card
            self.isAutomatic = isAutomatic
            self.changeText = changeText
            self.isCancellable = isCancellable
            self.canChangePlan = canChangePlan
        }

        /// When it ends, where it does not go on.
        package var endsAt: Timestamp? {
            guard case .ends(let moment) = coming else { return nil }
            return moment
        }

        var isLive: Bool { state != .cancelled }
    }
}
