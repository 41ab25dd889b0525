import Billing
import Fields
import Runtime
import Storage

enum SandboxSessionState: String, Choice {
    case open
    /// The buyer must pass the bank's check first.
    case challenged
    case paid
    case expired
}

/// A sandbox gateway's own record of a session.
struct SandboxSession: Entity, Equatable {
    var application = ApplicationID.none
    var gateway = ""
    /// `sbs_` and 32 hexadecimal digits.
    var id = ""
    var state = SandboxSessionState.open
    var payment = PaymentHash.none
    var attempt: Int64 = 0
    /// Zero in a session that only saves a method.
    var amount = Money.zero(.none)
    var checkoutURL = ""
    var expiresAt = Timestamp(milliseconds: 0)
    var savesMethod = false
    var onlySaves = false
    /// The charge that paid it.
    var charge = ""
    /// The card that waits for the bank's check: what may be shown of it, and its date.
    var pendingMethod: MethodSummary?
    var pendingExpiryMonth: Int64 = 0
    var pendingExpiryYear: Int64 = 0

    init() {}

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.stored(1, &application)
        try visitor.stored(2, &gateway)
        try visitor.stored(3, &id)
        try visitor.stored(4, &state)
        try visitor.stored(5, &payment)
        try visitor.stored(6, &attempt)
        try visitor.stored(7, &amount)
        try visitor.stored(8, &checkoutURL)
        try visitor.stored(9, &expiresAt)
        try visitor.stored(10, &savesMethod)
        try visitor.stored(11, &onlySaves)
        try visitor.stored(12, &charge)
        try visitor.stored(13, &pendingMethod)
        try visitor.stored(14, &pendingExpiryMonth)
        try visitor.stored(15, &pendingExpiryYear)
    }

    static var tableNumber: UInt8 { Tables.sandboxSession }
    static var name: StaticString { "sandbox_session" }
    var primaryKey: Key { Key(application, gateway, id) }

    /// Where the buyer acts now.
    var actionURL: String {
        checkoutURL + (state == .challenged ? "/challenge/" : "/pay/") + String(attempt)
    }
}
