import Billing
import Fields

/// The content of an answer with a link on which a subscription gets a card.
struct SetupAnswer: Record {
    var subscription = Subscription()
    var setup = PaymentMethodSetup()
    var url = ""

    init() {}

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("subscription", &subscription)
        try visitor.member("payment_setup_url", &url, "Send the customer here. The link serves once.")
        var end = setup.flow.expiresAt
        try visitor.member("expires_at", &end)
    }
}

/// What asks for such a link.
struct SetupInput: Record {
    var returnURL: String?

    init() {}
    static var schemaName: StaticString { "PaymentMethodSetupInput" }

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member(
            "return_url", &returnURL, .url, "Where the customer goes afterwards; as at creation by default.")
    }
}
