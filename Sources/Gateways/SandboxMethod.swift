import Billing
import Fields
import Storage

/// A sandbox gateway's own record of a method it keeps for later charges; never the card's number.
struct SandboxMethod: Entity, Equatable {
    var application = ApplicationID.none
    var gateway = ""
    /// `sbt_` and 32 hexadecimal digits.
    var token = ""
    var story = SandboxStory.succeeds
    var method = MethodSummary()
    /// Zero for a method without a date.
    var expiryMonth: Int64 = 0
    var expiryYear: Int64 = 0

    init() {}

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.stored(1, &application)
        try visitor.stored(2, &gateway)
        try visitor.stored(3, &token)
        try visitor.stored(4, &story)
        try visitor.stored(5, &method)
        try visitor.stored(6, &expiryMonth)
        try visitor.stored(7, &expiryYear)
    }

    static var tableNumber: UInt8 { Tables.sandboxMethod }
    static var name: StaticString { "sandbox_method" }
    var primaryKey: Key { Key(application, gateway, token) }
}
