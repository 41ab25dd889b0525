import Fields
import Runtime
import Storage

/// Where and when the data was served last. It is written every hour, so that a start can tell how long nobody did.
struct Heartbeat: Entity, Equatable {
    /// By the wall clock as it was, which the time of transactions never goes back to.
    var at = Timestamp(milliseconds: 0)
    /// A hash that tells one machine from another; empty where the machine has no identity.
    var machine = Blob()
    /// When the data was restored the last time, as its directory says; empty if never.
    var restoredAt = ""

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.stored(1, &at)
        try visitor.stored(2, &machine)
        try visitor.stored(3, &restoredAt)
    }

    static var tableNumber: UInt8 { Tables.heartbeat }
    static var name: StaticString { "heartbeat" }
    static let key = Key().adding(UInt8(0))
    var primaryKey: Key { Self.key }
    func indexEntries(into entries: inout IndexEntries) {}
}
