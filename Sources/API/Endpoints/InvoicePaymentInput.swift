import Billing
import Fields

/// How an invoice is paid: one way, or none for the usual saved method.
struct InvoicePaymentInput: Record {
    var gateway: String?
    var paymentMethod: PaymentMethodID?
    var offline: OfflineInput?

    init() {}
    static var schemaName: StaticString { "InvoicePaymentInput" }

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member(
            "gateway", &gateway, .identifier, "Charges the customer's method saved there, instead of the usual one.")
        try visitor.member("payment_method_id", &paymentMethod, "Charges this method of the customer.")
        try visitor.member("offline", &offline, "Records money that was received outside.")
    }

    /// - Throws: `validation_failed` when more than one way is given.
    func check() throws(Refusal) {
        var issues = InputIssues()
        if offline != nil {
            if gateway != nil { issues.add("gateway", "conflict", "Give gateway or offline, not both.") }
            if paymentMethod != nil {
                issues.add("payment_method_id", "conflict", "Give payment_method_id or offline, not both.")
            }
        } else if gateway != nil, paymentMethod != nil {
            issues.add("gateway", "conflict", "A saved method names its gateway; give payment_method_id alone.")
        }
        guard issues.issues.isEmpty else { throw .invalid(issues.issues) }
    }
}
