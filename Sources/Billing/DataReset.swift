package import Fields
package import Runtime
package import Storage

/// The mark of a test application whose data is being deleted. While it is there nothing else of the application is
/// written and nothing else of it falls due; a restart goes on with the deletion.
package struct DataReset: Entity, Equatable {
    package var application = ApplicationID.none
    package var startedAt = Timestamp(milliseconds: 0)
    package var actor = ""
    package var source = ""
    package var requestID = ""
    /// Rows that were deleted so far.
    package var deletedCount: Int64 = 0

    package init() {}

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.stored(1, &application)
        try visitor.stored(2, &startedAt)
        try visitor.stored(3, &actor)
        try visitor.stored(4, &source)
        try visitor.stored(5, &requestID)
        try visitor.stored(6, &deletedCount)
    }

    package static var tableNumber: UInt8 { Tables.dataReset }
    package static var name: StaticString { "data_reset" }
    package var primaryKey: Key { Key(application) }
    package func indexEntries(into entries: inout IndexEntries) {}

    /// Who asked for it.
    package var act: Act { Act(actor: actor, source: source, requestID: requestID) }

    /// Sets the mark, or finds it.
    ///
    /// - Throws: `invalid_state` in a live application.
    @discardableResult
    package static func begin(
        _ application: Application, by act: Act, _ ledger: Ledger, in transaction: Transaction
    ) throws(Refusal) -> DataReset {
        guard application.mode == .test else {
            throw Refusal(.invalidState, "This is a live application; only a test application's data can be reset.")
        }
        if let known = transaction.get(DataReset.self, Key(application.id)) { return known }
        var mark = DataReset()
        mark.application = application.id
        mark.startedAt = transaction.storeTime
        mark.actor = act.actor
        mark.source = act.source
        mark.requestID = act.requestID
        transaction.put(mark)
        ledger.audit(
            "test_data.reset_begin", on: application.id.description, application: application.id, by: act,
            in: transaction)
        transaction.announceWork(of: application.id)
        return mark
    }

    /// What whoever comes meanwhile is told.
    package static let underWay = Refusal(
        .unavailable, "This application's test data is being reset; try again in a second.", retryAfterSeconds: 1)
}

extension Snapshot {
    /// Whether the data of an application is being deleted.
    package final func isResetting(_ application: ApplicationID) -> Bool {
        exists(DataReset.self, Key(application))
    }
}
