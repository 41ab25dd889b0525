import Billing
import Fields
import JSON
import Runtime
import Storage

/// A notice that a sandbox gateway has still to deliver; gone once it was.
struct SandboxNotice: Entity, Equatable {
    var application = ApplicationID.none
    var gateway = ""
    /// `sbn_` and 32 hexadecimal digits.
    var id = ""
    /// Such as `payment.succeeded`.
    var type = ""
    var session = ""
    var charge = ""
    var payment = PaymentHash.none
    var createdAt = Timestamp(milliseconds: 0)
    /// When it is sent next.
    var dueAt = Timestamp(milliseconds: 0)
    var tries: Int64 = 0
    /// How often it is still to be delivered.
    var copies: Int64 = 1

    init() {}

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.stored(1, &application)
        try visitor.stored(2, &gateway)
        try visitor.stored(3, &id)
        try visitor.stored(4, &type)
        try visitor.stored(5, &session)
        try visitor.stored(6, &charge)
        try visitor.stored(7, &payment)
        try visitor.stored(8, &createdAt)
        try visitor.stored(9, &dueAt)
        try visitor.stored(10, &tries)
        try visitor.stored(11, &copies)
    }

    static let byDue = Index<SandboxNotice>(1)

    static var tableNumber: UInt8 { Tables.sandboxNotice }
    static var name: StaticString { "sandbox_notice" }
    var primaryKey: Key { Key(application, gateway, id) }

    func indexEntries(into entries: inout IndexEntries) {
        entries.add(Self.byDue, Key(application, dueAt))
    }

    /// The JSON text that is sent.
    var body: [UInt8] {
        var json = JSONWriter(capacity: 320)
        json.beginObject()
        json.name("id")
        json.string(id)
        json.name("type")
        json.string(type)
        json.name("created_at")
        json.string(createdAt.description)
        json.name("gateway")
        json.string(gateway)
        json.name("payment")
        json.string(payment.description)
        json.name("session")
        json.string(session)
        json.name("charge")
        json.string(charge)
        json.endObject()
        return json.bytes
    }
}
