package import Fields

/// Whose fault a failed try was.
package enum FailureCategory: String, Choice {
    /// The buyer's bank said no.
    case issuer
    /// The gateway said no or broke.
    case gateway
    /// The gateway could not be reached.
    case network
    /// Our credentials or settings at the gateway are wrong; the operator must act.
    case configuration
}

/// Why a try or a refund failed.
package struct Failure: Record, Equatable {
    /// Our stable code, such as `insufficient_funds`.
    package var code = ""
    /// For the merchant's eyes.
    package var message = ""
    /// The gateway's own code.
    package var gatewayCode: String?
    package var category = FailureCategory.gateway
    /// Whether the next gateway, or a saved method at another one, may be tried at once; nil when `code` alone tells.
    /// An adapter sets it from its gateway's own code, whose class can be finer than ours.
    package var movesOn: Bool?

    package init() {}
    package static var schemaName: StaticString { "Failure" }

    package init(
        _ code: String, _ message: String, gatewayCode: String? = nil, _ category: FailureCategory,
        movesOn: Bool? = nil
    ) {
        self.code = code
        self.message = message
        self.gatewayCode = gatewayCode
        self.category = category
        self.movesOn = movesOn
    }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.field(1, "code", &code)
        try visitor.field(2, "message", &message)
        try visitor.field(3, "gateway_code", &gatewayCode)
        try visitor.field(4, "category", &category)
        try visitor.stored(5, &movesOn)
    }

    /// Whether this decline lets the next gateway try at once. Where the adapter does not say, only a processing error
    /// does: it says nothing about the buyer or the card. Every other decline leaves the buyer choosing.
    package var allowsNextGateway: Bool { movesOn ?? (code == "processing_error") }

    /// Whether the card will never be charged again: it is stolen or closed, or the issuer forbade further tries. Only
    /// another card helps.
    package var isHard: Bool { Self.hardCodes.contains(code) }

    private static let hardCodes = [
        "stolen_card", "lost_card", "pickup_card", "restricted_card", "fraudulent", "account_closed",
        "closed_account", "invalid_account", "do_not_try_again", "revocation_of_authorization",
        "revocation_of_all_authorizations", "stop_payment_order", "security_violation",
    ]
}
