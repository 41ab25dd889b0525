package import Fields
package import Runtime
package import Storage

/// Where a payment stands.
package enum PaymentStatus: String, Choice {
    /// Awaiting the buyer or the next try.
    case pending
    /// A money-moving call is out, unknown or settling.
    case processing
    case completed
    /// An automatic payment with no try left.
    case failed
    case cancelled
}

/// Why a payment was cancelled.
package enum CancellationReason: String, Choice {
    case requestedByMerchant = "requested_by_merchant"
    case cancelledByBuyer = "cancelled_by_buyer"
    case expired
    /// Its invoice needs no payment any more.
    case invoiceClosed = "invoice_closed"
    /// Another payment of its invoice took its place.
    case replaced
}

/// One intent to be paid once, with every try and every refund below it.
package struct Payment: Entity, Equatable {
    package var hash = PaymentHash.none
    package var application = ApplicationID.none
    package var status = PaymentStatus.pending
    package var cancellationReason: CancellationReason?
    package var amount = Money.zero(.none)
    package var description = ""
    package var customer = CustomerID.none
    /// The gateway that took the money.
    package var gateway: String?
    package var method: MethodSummary?
    package var returnURL: String?
    package var cancelURL: String?
    package var metadata = Metadata()
    package var mode = Mode.test
    package var invoice: InvoiceID?
    package var isLate = false
    package var isUnresolved = false
    package var isDisputed = false
    package var attempts: [Attempt] = []
    package var refunds: [Refund] = []
    package var createdAt = Timestamp(milliseconds: 0)
    package var updatedAt = Timestamp(milliseconds: 0)
    package var completedAt: Timestamp?
    package var expiresAt = Timestamp(milliseconds: 0)
    /// The 128 random bits of the checkout page's address.
    package var token = Blob()
    /// The gateways a request narrowed the choice to, in its order; empty for the application's.
    package var allowedGateways: [String] = []
    package var savesMethod = false
    package var locale: String?
    package var objectSequence: Int64 = 0
    /// Made by the server: a saved method is charged without the buyer. It ends completed or failed.
    package var isAutomatic = false
    /// Why an automatic payment failed.
    package var failure: Failure?

    /// Filled before the payment is shown.
    package var customerSummary = CustomerSummary()
    /// Filled before the payment is shown.
    package var hostedURL = ""

    package init() {}
    package static var schemaName: StaticString { "Payment" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.field(1, "hash", &hash, "32 hexadecimal digits; sorts by time of creation.")
        try visitor.stored(2, &application)
        try visitor.field(3, "status", &status)
        try visitor.field(4, "cancellation_reason", &cancellationReason)
        try visitor.field(5, "amount", &amount, "In major units, with the currency's decimals.")
        var refunded = amountRefunded
        try visitor.member("amount_refunded", &refunded, "Succeeded refunds.")
        var currency = amount.currency
        try visitor.member("currency", &currency)
        try visitor.field(6, "description", &description)
        try visitor.stored(7, &customer)
        try visitor.member("customer", &customerSummary)
        try visitor.field(8, "gateway", &gateway, "The gateway that took the money.")
        try visitor.field(9, "payment_method", &method)
        try visitor.field(10, "return_url", &returnURL)
        try visitor.field(11, "cancel_url", &cancelURL)
        try visitor.member("hosted_url", &hostedURL, "The checkout page.")
        try visitor.field(12, "metadata", &metadata)
        try visitor.field(13, "mode", &mode)
        try visitor.field(14, "invoice_id", &invoice)
        try visitor.field(15, "late", &isLate, "The money came after the payment had expired or failed.")
        try visitor.field(16, "unresolved", &isUnresolved, "No gateway could tell the outcome; an operator decides.")
        try visitor.field(17, "disputed", &isDisputed)
        try visitor.field(18, "attempts", &attempts)
        try visitor.field(19, "refunds", &refunds)
        try visitor.field(20, "created_at", &createdAt)
        try visitor.field(21, "updated_at", &updatedAt)
        try visitor.field(22, "completed_at", &completedAt)
        try visitor.field(23, "expires_at", &expiresAt)
        try visitor.stored(24, &token)
        try visitor.stored(25, &allowedGateways)
        try visitor.stored(26, &savesMethod)
        try visitor.stored(27, &locale)
        try visitor.stored(28, &objectSequence)
        try visitor.stored(29, &isAutomatic)
        try visitor.stored(30, &failure)
    }

    package static let byApplication = Index<Payment>(1)
    package static let byStatus = Index<Payment>(2)
    package static let byCustomer = Index<Payment>(3)
    package static let byGateway = Index<Payment>(4)
    package static let byToken = Index<Payment>(5, isUnique: true)
    package static let byDue = Index<Payment>(6)
    /// The one payment of an invoice that is open.
    package static let byInvoice = Index<Payment>(7, isUnique: true)

    package static var tableNumber: UInt8 { Tables.payment }
    package static var name: StaticString { "payment" }
    package var primaryKey: Key { Key().adding(hash) }

    package func indexEntries(into entries: inout IndexEntries) {
        entries.add(Self.byApplication, Key().adding(application))
        entries.add(Self.byStatus, Key().adding(application).adding(status.rawValue))
        entries.add(Self.byCustomer, Key().adding(customer))
        if let gateway { entries.add(Self.byGateway, Key().adding(application).adding(gateway)) }
        entries.add(Self.byToken, Key().adding(token.bytes))
        if let dueAt { entries.add(Self.byDue, Key().adding(application).adding(dueAt)) }
        if let invoice, isOpen { entries.add(Self.byInvoice, Key(invoice)) }
    }
}
