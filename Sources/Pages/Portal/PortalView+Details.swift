extension PortalView {
    /// What the merchant knows of the customer.
    package struct Details: Sendable {
        package var name: String?
        package var phone: String?
        /// A line each.
        package var address: [String]
        /// Amounts of credit, one for each currency.
        package var credit: [String]

        package init(
            name: String? = nil, phone: String? = nil, address: [String] = [], credit: [String] = []
        ) {
            self.name = name
            self.phone = phone
            self.address = address
            self.credit = credit
        }
    }
}
