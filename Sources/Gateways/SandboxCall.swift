import Billing
import Fields
import Runtime
import Storage

/// What came of a keyed call.
enum SandboxResult: String, Choice {
    case opened
    case succeeded
    case declined
    case actionRequired = "action_required"
    case refunded
    case refundFailed = "refund_failed"

    /// Whether money moved.
    var movedMoney: Bool { self == .succeeded || self == .refunded }
}

/// A sandbox gateway's memory of a call with a key: the same key again is answered from here, and nothing is done.
struct SandboxCall: Entity, Equatable {
    var application = ApplicationID.none
    var gateway = ""
    var key = ""
    /// Operation and parameters as one text; the key belongs to these alone.
    var request = ""
    var result = SandboxResult.opened
    /// The session, charge or refund.
    var reference = ""
    var url = ""
    var failure: Failure?
    /// How many answers a scripted fault swallowed.
    var lostAnswers: Int64 = 0
    var createdAt = Timestamp(milliseconds: 0)

    init() {}

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.stored(1, &application)
        try visitor.stored(2, &gateway)
        try visitor.stored(3, &key)
        try visitor.stored(4, &request)
        try visitor.stored(5, &result)
        try visitor.stored(6, &reference)
        try visitor.stored(7, &url)
        try visitor.stored(8, &failure)
        try visitor.stored(9, &lostAnswers)
        try visitor.stored(10, &createdAt)
    }

    static var tableNumber: UInt8 { Tables.sandboxCall }
    static var name: StaticString { "sandbox_call" }
    var primaryKey: Key { Key(application, gateway, key) }

    /// Ends it with a decline.
    mutating func decline(_ failure: Failure) {
        result = .declined
        self.failure = failure
    }
}
