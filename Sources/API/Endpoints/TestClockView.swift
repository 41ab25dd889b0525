import Billing
import Fields
import Runtime

/// The clock of a test application as it is shown.
struct TestClockView: Record, Resource {
    static var resourceName: StaticString { "test_clock" }
    static var listName: StaticString { "test_clocks" }

    var now = Timestamp(milliseconds: 0)
    var frozenAt: Timestamp?
    var advancingTo: Timestamp?
    var ran = DueCounts()
    var isDone = true

    init() {}
    static var schemaName: StaticString { "TestClock" }

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("now", &now, "The application's time.")
        try visitor.member("frozen_at", &frozenAt, "Where its own clock was set; null while it follows the server's.")
        try visitor.member("advancing_to", &advancingTo, "Where an advance leads that is not done.")
        try visitor.member("ran", &ran, "The count of due items that ran and were not answered before, by kind.")
        try visitor.member("done", &isDone, "Whether the clock stands where it was sent; else send the same again.")
    }
}
