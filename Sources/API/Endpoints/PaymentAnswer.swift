import Billing
import Fields

/// A gateway of the choice, with the address that starts it.
struct StartLink: Record {
    var gateway = ""
    var name = ""
    var method = ""
    var url = ""

    init() {}
    static var schemaName: StaticString { "StartLink" }

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("gateway", &gateway)
        try visitor.member("name", &name, "What the buyer reads.")
        try visitor.member("method", &method, "Such as `card` or `wallet`.")
        try visitor.member("url", &url, "Send the buyer here; a GET opens nothing at the gateway.")
    }
}

/// The content of the answer to a new payment: the payment, and how it can be paid.
struct PaymentAnswer: Record {
    var payment = Payment()
    var gateways: [StartLink] = []

    init() {}

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("payment", &payment)
        try visitor.member("gateways", &gateways, "One start address for each usable gateway, in order.")
    }
}

/// The same, with the address of the checkout page beside it.
struct HostedPaymentAnswer: Record {
    var answer = PaymentAnswer()

    init() {}

    init(_ answer: PaymentAnswer) {
        self.answer = answer
    }

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try answer.visit(&visitor)
        var hostedURL = answer.payment.hostedURL
        try visitor.member("hosted_url", &hostedURL, "The branded checkout page.")
    }
}
