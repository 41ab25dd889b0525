package import Fields
package import Runtime
package import Storage

/// Who did what, from where; every mutation has one in its own transaction. Entries are chained by SHA-256, so a
/// removed or changed entry shows.
package struct AuditEntry: Entity {
    /// From 1, without gaps, for the whole store.
    package var sequence: Int64 = 0
    package var at = Timestamp(milliseconds: 0)
    package var application = ApplicationID.none
    package var actor = ""
    /// The address the act came from; empty for buyers and for the server itself.
    package var source = ""
    /// The request's id, where there was one.
    package var requestID = ""
    /// Such as `payment.create`.
    package var action = ""
    package var objectID = ""
    package var reason: String?
    /// The sequence of the application's event that holds the change; zero when there is none.
    package var event: Int64 = 0
    /// SHA-256 of the entry before, as stored.
    package var previous = Blob()

    package init() {}

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.field(1, "sequence", &sequence)
        try visitor.field(2, "at", &at)
        try visitor.field(3, "application", &application)
        try visitor.field(4, "actor", &actor)
        try visitor.field(5, "source", &source)
        try visitor.field(6, "request_id", &requestID)
        try visitor.field(7, "action", &action)
        try visitor.field(8, "object_id", &objectID)
        try visitor.field(9, "reason", &reason)
        try visitor.field(10, "event", &event)
        try visitor.field(11, "previous", &previous)
    }

    package static var tableNumber: UInt8 { Tables.auditEntry }
    package static var name: StaticString { "audit_entry" }
    package var primaryKey: Key { Key().adding(sequence) }
    package func indexEntries(into entries: inout IndexEntries) {}
}

/// The newest audit entry's number and hash.
package struct AuditHead: Entity {
    package var sequence: Int64 = 0
    package var digest = Blob()

    package init() {}

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.stored(1, &sequence)
        try visitor.stored(2, &digest)
    }

    package static var tableNumber: UInt8 { Tables.auditHead }
    package static var name: StaticString { "audit_head" }
    package static let key = Key().adding(UInt8(0))
    package var primaryKey: Key { Self.key }
    package func indexEntries(into entries: inout IndexEntries) {}
}

/// The gapless counters of one application.
package struct Counters: Entity {
    package var application = ApplicationID.none
    package var events: Int64 = 0
    package var invoices: Int64 = 0
    package var creditNotes: Int64 = 0

    package init() {}

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.stored(1, &application)
        try visitor.stored(2, &events)
        try visitor.stored(3, &invoices)
        try visitor.stored(4, &creditNotes)
    }

    package static var tableNumber: UInt8 { Tables.counters }
    package static var name: StaticString { "counters" }
    package var primaryKey: Key { Key().adding(application) }
    package func indexEntries(into entries: inout IndexEntries) {}
}
