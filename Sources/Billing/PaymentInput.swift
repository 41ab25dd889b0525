package import Fields

/// What creates a payment.
package struct PaymentInput: Record {
    package var amount = DecimalAmount.none
    package var currency = Currency.none
    package var description = ""
    package var customerEmail: String?
    package var customerID: CustomerID?
    package var customerName: String?
    package var returnURL: String?
    package var cancelURL: String?
    package var metadata = Metadata()
    package var gateways: [String] = []
    package var expiresIn: Int64?
    package var savesMethod = false
    package var locale: String?

    package init() {}
    package static var schemaName: StaticString { "PaymentInput" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("amount", &amount, "In major units, exact; a decimal string is accepted too.")
        try visitor.member("currency", &currency)
        try visitor.member(
            "description", &description, .length(1...500, example: "Order 1001"), "What the buyer reads.")
        try visitor.member("customer_email", &customerEmail, .email, "Found within the application, else made.")
        try visitor.member("customer_id", &customerID, "Instead of customer_email.")
        try visitor.member("customer_name", &customerName, .length(1...200), "")
        try visitor.member("return_url", &returnURL, .url, "Where the buyer goes afterwards.")
        try visitor.member("cancel_url", &cancelURL, .url, "Where the buyer goes who gives up.")
        try visitor.member("metadata", &metadata)
        try visitor.member("gateways", &gateways, .length(0...20), "A subset of the gateways, in order.")
        try visitor.member("expires_in", &expiresIn, .within(1800...2_592_000), "Seconds; 86,400 by default.")
        try visitor.member("save_payment_method", &savesMethod)
        try visitor.member("locale", &locale, .locale, "Language of the checkout page.")
    }
}
