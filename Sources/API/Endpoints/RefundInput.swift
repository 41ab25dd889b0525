import Billing
import Fields

/// What refunds a payment.
struct RefundInput: Record {
    var amount: DecimalAmount?
    var reason: String?

    init() {}
    static var schemaName: StaticString { "RefundInput" }

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("amount", &amount, "All that is left by default.")
        try visitor.member("reason", &reason, .length(1...500, example: "Returned"), "")
    }
}
