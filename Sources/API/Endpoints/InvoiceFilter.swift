import Billing
import Fields
import Runtime
import Storage

/// The filters of `GET /subscription-invoices`.
struct InvoiceFilter: Record {
    var status: InvoiceStatus?
    var isOverdue: Bool?
    var subscription: SubscriptionID?
    var customer: CustomerID?
    var dueFrom: Timestamp?
    var dueTo: Timestamp?

    init() {}

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("status", &status)
        try visitor.member("overdue", &isOverdue, "Open beyond the due date, or not.")
        try visitor.member("subscription_id", &subscription)
        try visitor.member("customer_id", &customer)
        try visitor.member("due_from", &dueFrom, "Due at or after; charged invoices have no due date.")
        try visitor.member("due_to", &dueTo, "Due at or before.")
    }

    /// The walk of one application's invoices: the narrowest index, the rest as a filter.
    func plan(_ application: ApplicationID, _ ledger: Ledger, _ snapshot: Snapshot) -> ListPlan<Invoice, Invoice> {
        var rest = self
        let index: Index<Invoice>
        let prefix: Key
        if let subscription {
            let owner = snapshot.get(Subscription.self, Key(subscription))
            // Of nobody, or another application's, there are none.
            (index, prefix) = (
                Invoice.bySubscription, Key(owner?.application == application ? subscription : .none)
            )
            rest.subscription = nil
        } else if let customer {
            let owner = snapshot.get(Customer.self, Key(customer))
            (index, prefix) = (Invoice.byCustomer, Key(owner?.application == application ? customer : .none))
            rest.customer = nil
        } else if isOverdue == true {
            (index, prefix) = (Invoice.overdue, Key(application))
            rest.isOverdue = nil
        } else if let status {
            (index, prefix) = (Invoice.byStatus, Key(application, status.rawValue))
            rest.status = nil
        } else {
            (index, prefix) = (Invoice.byApplication, Key(application))
        }
        let remaining = rest
        let needsFilter =
            rest.status != nil || rest.isOverdue != nil || rest.customer != nil || dueFrom != nil || dueTo != nil
        var walk = ListPlan<Invoice, Invoice>(
            index, prefix: prefix,
            show: { invoice, snapshot in Invoices(ledger).dressed(invoice, in: snapshot) })
        if needsFilter { walk.filter = { invoice in remaining.admits(invoice) } }
        return walk
    }

    private func admits(_ invoice: Invoice) -> Bool {
        if let status, invoice.status != status { return false }
        if let isOverdue, invoice.isOverdue != isOverdue { return false }
        if let customer, invoice.customer != customer { return false }
        if dueFrom == nil, dueTo == nil { return true }
        guard let due = invoice.dueDate else { return false }
        if let dueFrom, due < dueFrom { return false }
        // Times are shown in whole seconds, so the last second counts as a whole.
        if let dueTo, due.seconds > dueTo.seconds { return false }
        return true
    }
}
