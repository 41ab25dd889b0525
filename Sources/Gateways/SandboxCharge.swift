import Billing
import Fields
import Runtime
import Storage

/// A sandbox gateway's own record of money it took.
struct SandboxCharge: Entity, Equatable {
    var application = ApplicationID.none
    var gateway = ""
    /// `sbc_` and 32 hexadecimal digits.
    var id = ""
    /// Empty for the charge of a saved method.
    var session = ""
    var payment = PaymentHash.none
    var attempt: Int64 = 0
    /// Zero where a method was only saved.
    var amount = Money.zero(.none)
    /// Minor units that went back, 0 to the amount.
    var refundedUnits: Int64 = 0
    var method = MethodSummary()
    /// The token of the method that was saved with it; empty for none.
    var token = ""
    var expiryMonth: Int64 = 0
    var expiryYear: Int64 = 0
    var createdAt = Timestamp(milliseconds: 0)

    init() {}

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.stored(1, &application)
        try visitor.stored(2, &gateway)
        try visitor.stored(3, &id)
        try visitor.stored(4, &session)
        try visitor.stored(5, &payment)
        try visitor.stored(6, &attempt)
        try visitor.stored(7, &amount)
        try visitor.stored(8, &refundedUnits)
        try visitor.stored(9, &method)
        try visitor.stored(10, &token)
        try visitor.stored(11, &expiryMonth)
        try visitor.stored(12, &expiryYear)
        try visitor.stored(13, &createdAt)
    }

    static let byTime = Index<SandboxCharge>(1)

    static var tableNumber: UInt8 { Tables.sandboxCharge }
    static var name: StaticString { "sandbox_charge" }
    var primaryKey: Key { Key(application, gateway, id) }

    func indexEntries(into entries: inout IndexEntries) {
        if amount.isPositive { entries.add(Self.byTime, Key(application, gateway, createdAt)) }
    }

    /// As the adapter reports it.
    var charge: Charge {
        Charge(
            reference: id, amount: amount, method: method,
            saved: token.isEmpty
                ? nil
                : SavedMethod(
                    token: token, summary: method, expiryMonth: expiryMonth == 0 ? nil : expiryMonth,
                    expiryYear: expiryYear == 0 ? nil : expiryYear))
    }
}
