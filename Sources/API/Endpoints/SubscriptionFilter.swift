import Billing
import Fields
import Runtime
import Storage

/// The filters of `GET /subscriptions`.
struct SubscriptionFilter: Record {
    var status: SubscriptionStatus?
    var plan: String?
    var customerID: CustomerID?
    var customerEmail: String?
    var createdFrom: Timestamp?
    var createdTo: Timestamp?

    init() {}

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("status", &status)
        try visitor.member("plan_id", &plan, .length(1...64), "The plan it has now.")
        try visitor.member("customer_id", &customerID)
        try visitor.member("customer_email", &customerEmail, .email, "Exactly, in any case.")
        try visitor.member("created_from", &createdFrom, "At or after.")
        try visitor.member("created_to", &createdTo, "At or before.")
    }

    /// The walk of one application's subscriptions: the narrowest index, the rest as a filter.
    func plan(
        _ application: ApplicationID, _ ledger: Ledger, _ snapshot: Snapshot
    ) -> ListPlan<Subscription, Subscription> {
        var customer = customerID
        var isEmpty = false
        if let customerEmail {
            let found = snapshot.first(Customer.byEmail, Customer.emailKey(application, customerEmail))?.id
            isEmpty = found == nil || (customer != nil && customer != found)
            customer = found
        }
        if let id = customer, snapshot.get(Customer.self, Key(id))?.application != application { isEmpty = true }
        // Nobody has no subscriptions.
        if isEmpty { customer = CustomerID.none }
        var (status, plan) = (self.status, self.plan)
        let index: Index<Subscription>
        let prefix: Key
        if let customer {
            (index, prefix) = (Subscription.byCustomer, Key(customer))
        } else if let wanted = plan {
            (index, prefix) = (Subscription.byPlan, Key(application, wanted))
            plan = nil
        } else if let wanted = status {
            (index, prefix) = (Subscription.byStatus, Key(application, wanted.rawValue))
            status = nil
        } else {
            (index, prefix) = (Subscription.byApplication, Key(application))
        }
        let subscriptions = Subscriptions(ledger)
        var walk = ListPlan<Subscription, Subscription>(
            index, prefix: prefix,
            show: { subscription, snapshot in subscriptions.dressed(subscription, in: snapshot) })
        if status != nil || plan != nil {
            let (status, plan) = (status, plan)
            walk.filter = { subscription in
                (status == nil || subscription.status == status) && (plan == nil || subscription.plan.id == plan)
            }
        }
        walk.bound(createdFrom: createdFrom, createdTo: createdTo)
        return walk
    }
}
