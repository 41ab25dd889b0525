/// What charging a saved method without its owner needs: the customer, the method, and the method's type unless it is a
/// card. Written `cus_…/pm_…` or `cus_…/pm_…/sepa_debit`.
struct StripeToken: Equatable {
    let customer: String
    let method: String
    let type: String

    /// Nil unless all three have the form Stripe gives them.
    init?(customer: String, method: String, type: String) {
        // Older methods are cards and sources with prefixes of their own.
        guard StripeName.isValid(customer, StripeName.customer), StripeName.isValid(method),
            StripeName.isValid(type), !method.hasPrefix(StripeName.customer)
        else { return nil }
        self.customer = customer
        self.method = method
        self.type = type
    }

    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard (2...3).contains(parts.count) else { return nil }
        self.init(customer: parts[0], method: parts[1], type: parts.count == 3 ? parts[2] : "card")
    }

    var text: String { "\(customer)/\(method)" + (type == "card" ? "" : "/\(type)") }
}
