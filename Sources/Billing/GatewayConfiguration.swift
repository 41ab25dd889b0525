package import Fields
package import Runtime
package import Storage

/// A scripted fault of a sandbox gateway.
package enum Fault: String, Choice {
    /// Every call is refused before it is sent.
    case down
    /// Connecting times out: nothing was sent.
    case timeoutBeforeSend = "timeout_before_send"
    /// The charge happens; its answer and the resend's are lost, lookups answer.
    case timeoutAfterCharge = "timeout_after_charge"
    /// Notices come 60 seconds late.
    case lateWebhook = "late_webhook"
    /// Every notice comes twice.
    case duplicateWebhook = "duplicate_webhook"
    /// Notices of one charge come in reverse order.
    case outOfOrderWebhooks = "out_of_order_webhooks"
}

/// One gateway as one application uses it.
package struct GatewayConfiguration: Entity {
    package var application = ApplicationID.none
    /// The name in requests and URLs, such as `sandbox_alpha`; unique within the application.
    package var gateway = ""
    /// The adapter, such as `sandbox_alpha`.
    package var adapter = ""
    /// What buyers and operators read.
    package var displayName = ""
    /// Lower ones are tried first.
    package var order: Int64 = 0
    package var isEnabled = true
    /// Methods it offers, such as `card`, `wallet`.
    package var methods: [String] = []
    /// Currency codes it takes; empty for all.
    package var currencies: [String] = []
    /// Credentials, sealed.
    package var credentials = Blob()
    /// Scripted faults; sandbox gateways only.
    package var faults: [Fault] = []
    package var createdAt = Timestamp(milliseconds: 0)
    package var objectSequence: Int64 = 0
    /// Where its API is, when not at the vendor's address.
    package var baseURL: String?
    /// What it takes at least and at most, by currency.
    package var limits: [AmountLimit] = []
    /// What the manual gateway tells the buyer to do.
    package var instructions: String?
    /// The mode of its application.
    package var mode = Mode.test

    package init() {}

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.stored(1, &application)
        try visitor.field(2, "gateway", &gateway)
        try visitor.field(3, "adapter", &adapter)
        try visitor.field(4, "name", &displayName)
        try visitor.field(5, "order", &order)
        // Stored inverted: the default of a stored flag is false, and a gateway is enabled by default.
        var isDisabled = !isEnabled
        try visitor.stored(6, &isDisabled)
        isEnabled = !isDisabled
        try visitor.field(7, "methods", &methods)
        try visitor.field(8, "currencies", &currencies)
        try visitor.stored(9, &credentials)
        try visitor.field(10, "faults", &faults)
        try visitor.field(11, "created_at", &createdAt)
        try visitor.stored(12, &objectSequence)
        try visitor.stored(13, &baseURL)
        try visitor.stored(14, &instructions)
        try visitor.stored(15, &limits)
        try visitor.stored(16, &mode)
    }

    package static var tableNumber: UInt8 { Tables.gatewayConfiguration }
    package static var name: StaticString { "gateway" }
    package var primaryKey: Key { Key().adding(application).adding(gateway) }
    package func indexEntries(into entries: inout IndexEntries) {}

    /// Whether this gateway can take `amount`; nothing is taken where a method is only saved, so that zero is not too
    /// little.
    package func accepts(_ amount: Money) -> Bool {
        isEnabled && (currencies.isEmpty || currencies.contains(amount.currency.description))
            && (amount.isZero || limits.allSatisfy { $0.currency != amount.currency || $0.admits(amount) })
    }
}
