import Billing
import Bytes
import Fields
import Runtime
import Storage

/// The filters of `GET /customers`.
struct CustomerFilter: Record {
    var email: String?
    var search: String?

    init() {}

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("email", &email, .email, "Exactly, in any case.")
        try visitor.member("search", &search, .length(1...100), "Part of an e-mail, a name or a phone number.")
    }

    func plan(_ application: ApplicationID) -> ListPlan<Customer, Customer> {
        let show: @Sendable (Customer, Snapshot) -> Customer = { customer, _ in customer }
        let needle = search?.lowercased()
        let email = self.email?.lowercased()
        var filter: (@Sendable (Customer) -> Bool)?
        if let needle {
            filter = { customer in
                [customer.email, customer.name, customer.phone].contains { text in
                    text?.lowercased().containsText(needle) ?? false
                }
            }
        }
        guard let email else {
            return ListPlan(Customer.byApplication, prefix: Key(application), filter: filter, show: show)
        }
        return ListPlan(
            Customer.byEmail, prefix: Customer.emailKey(application, email), filter: filter, show: show)
    }
}
