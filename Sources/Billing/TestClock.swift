package import Fields
package import Runtime
package import Storage

/// The clock of a test application that keeps a time of its own. It stands still and is moved forward by hand.
package struct TestClock: Entity, Equatable {
    package var application = ApplicationID.none
    package var now = Timestamp(milliseconds: 0)
    /// Where an advance that is going on leads; nil when none is.
    package var target: Timestamp?
    package var frozenAt = Timestamp(milliseconds: 0)
    /// Where the advance that is going on began, so that the same call is known again.
    package var origin: Timestamp?

    package init() {}
    package static var schemaName: StaticString { "TestClock" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.stored(1, &application)
        try visitor.field(2, "now", &now)
        try visitor.field(3, "advancing_to", &target, "While an advance is going on.")
        try visitor.field(4, "frozen_at", &frozenAt, "Where the clock was set.")
        try visitor.stored(5, &origin)
    }

    package static var tableNumber: UInt8 { Tables.testClock }
    package static var name: StaticString { "test_clock" }
    package var primaryKey: Key { Key(application) }
    package func indexEntries(into entries: inout IndexEntries) {}
}
