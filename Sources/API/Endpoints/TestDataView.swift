import Billing
import Fields
import Storage

/// How far the deletion of a test application's data has come.
struct TestDataView: Record, Resource {
    static var resourceName: StaticString { "test_data" }
    static var listName: StaticString { "test_data" }

    var deletedCount: Int64 = 0
    var isDone = true

    init() {}
    static var schemaName: StaticString { "TestData" }

    /// As a snapshot shows it; the count of a deletion that is over is not known any more.
    init(_ application: ApplicationID, in snapshot: Snapshot) {
        guard let mark = snapshot.get(DataReset.self, Key(application)) else { return }
        deletedCount = mark.deletedCount
        isDone = false
    }

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("deleted", &deletedCount, "Records that were deleted, of all kinds.")
        try visitor.member("done", &isDone, "Whether nothing is left; else the deletion goes on.")
    }
}
