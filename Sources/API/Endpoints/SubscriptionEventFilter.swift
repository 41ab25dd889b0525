import Billing
import Fields
import Runtime
import Storage

/// The filters of `GET /subscription-events`.
struct SubscriptionEventFilter: Record {
    var subscription: SubscriptionID?
    var type: EventType?
    var from: Timestamp?
    var to: Timestamp?

    init() {}

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("subscription_id", &subscription, "Of it, its invoices and their credit notes.")
        try visitor.member("type", &type, "Such as subscription.cancelled.")
        try visitor.member("from", &from, "At or after.")
        try visitor.member("to", &to, "At or before.")
    }

    /// The walk of the audit trail: every index of it is in order of time, so that a range is a part of the walk.
    func plan(_ application: ApplicationID, _ ledger: Ledger, _ snapshot: Snapshot) -> ListPlan<
        Event, SubscriptionEventView
    > {
        let index: Index<Event>
        let prefix: Key
        var filter: (@Sendable (Event) -> Bool)?
        if let subscription {
            let owner = snapshot.get(Subscription.self, Key(subscription))
            // Of nobody, or another application's, there is no trail.
            (index, prefix) = (Event.bySubscription, Key(owner?.application == application ? subscription : .none))
            if let type { filter = { $0.type == type } }
        } else if let type {
            (index, prefix) = (Event.trailByType, Key(application, type.rawValue))
        } else {
            (index, prefix) = (Event.trail, Key(application))
        }
        return ListPlan(
            index, prefix: prefix, from: from.map { prefix.adding($0) },
            // Times are shown in whole seconds, so the last second counts as a whole.
            upTo: to.map { prefix.adding(Timestamp(seconds: $0.seconds + 1)) }, filter: filter,
            show: { SubscriptionEventView($0, ledger, in: $1) })
    }
}
