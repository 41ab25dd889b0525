package import Fields
package import Runtime
package import Storage

/// What happened to the recurring revenue of one currency on one day in UTC. Days without a change have no row.
package struct RecurringDay: Entity, Equatable {
    package var application = ApplicationID.none
    package var currency = Currency.none
    /// Its midnight.
    package var day = Timestamp(milliseconds: 0)
    /// Recurring revenue when the day began.
    package var opening: Int64 = 0
    /// Recurring revenue now, or when the day ended: opening + new + reactivation + expansion − contraction − churn.
    package var closing: Int64 = 0
    package var new: Int64 = 0
    package var reactivation: Int64 = 0
    package var expansion: Int64 = 0
    /// Positive, as ``churn`` is.
    package var contraction: Int64 = 0
    package var churn: Int64 = 0
    /// Paying subscriptions when the day began, and when it ended.
    package var openingCount: Int64 = 0
    package var closingCount: Int64 = 0
    /// Paying subscriptions that were cancelled.
    package var cancellations: Int64 = 0
    package var trialsStarted: Int64 = 0
    /// Trials that became paying.
    package var trialsConverted: Int64 = 0
    /// Trials that ended otherwise.
    package var trialsLost: Int64 = 0
    package var closingTrialing: Int64 = 0
    /// Received for invoices.
    package var revenue: Int64 = 0
    /// Sent back by credit notes.
    package var refunded: Int64 = 0

    package init() {}

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.stored(1, &application)
        try visitor.stored(2, &currency)
        try visitor.stored(3, &day)
        try visitor.stored(4, &opening)
        try visitor.stored(5, &closing)
        try visitor.stored(6, &new)
        try visitor.stored(7, &reactivation)
        try visitor.stored(8, &expansion)
        try visitor.stored(9, &contraction)
        try visitor.stored(10, &churn)
        try visitor.stored(11, &openingCount)
        try visitor.stored(12, &closingCount)
        try visitor.stored(13, &cancellations)
        try visitor.stored(14, &trialsStarted)
        try visitor.stored(15, &trialsConverted)
        try visitor.stored(16, &trialsLost)
        try visitor.stored(17, &closingTrialing)
        try visitor.stored(18, &revenue)
        try visitor.stored(19, &refunded)
    }

    package static var tableNumber: UInt8 { Tables.recurringDay }
    package static var name: StaticString { "recurring_day" }
    package var primaryKey: Key { Key(application, currency.description, day) }
    package func indexEntries(into entries: inout IndexEntries) {}

    /// Notes a change of one subscription's recurring revenue, as what it was.
    mutating func move(from before: Int64, to after: Int64, isReturn: Bool) {
        let change = after &- before
        closing &+= change
        switch (before, after) {
        case (0, 1...): if isReturn { reactivation &+= change } else { new &+= change }
        case (1..., 0): churn &-= change
        default: if change > 0 { expansion &+= change } else { contraction &-= change }
        }
    }
}
