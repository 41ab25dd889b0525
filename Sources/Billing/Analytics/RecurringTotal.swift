package import Fields
package import Storage

/// How an application's subscriptions of one currency stand now: kept in the transactions that change them, so that it
/// never disagrees with their list.
///
/// Sums are minor units. Beyond 9 × 10^18 of them they wrap rather than stop the billing.
package struct RecurringTotal: Entity, Equatable {
    package var application = ApplicationID.none
    package var currency = Currency.none
    /// Monthly recurring revenue: of active and past due subscriptions.
    package var recurring: Int64 = 0
    package var scheduled: Int64 = 0
    package var incomplete: Int64 = 0
    package var trialing: Int64 = 0
    package var active: Int64 = 0
    package var pastDue: Int64 = 0
    package var paused: Int64 = 0
    package var cancelled: Int64 = 0

    package init() {}

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.stored(1, &application)
        try visitor.stored(2, &currency)
        try visitor.stored(3, &recurring)
        try visitor.stored(4, &scheduled)
        try visitor.stored(5, &incomplete)
        try visitor.stored(6, &trialing)
        try visitor.stored(7, &active)
        try visitor.stored(8, &pastDue)
        try visitor.stored(9, &paused)
        try visitor.stored(10, &cancelled)
    }

    package static var tableNumber: UInt8 { Tables.recurringTotal }
    package static var name: StaticString { "recurring_total" }
    package var primaryKey: Key { Key(application, currency.description) }
    package func indexEntries(into entries: inout IndexEntries) {}

    /// Subscriptions that count for the recurring revenue.
    package var paying: Int64 { active + pastDue }

    /// Counts `change` more subscriptions of a status.
    mutating func add(_ change: Int64, _ status: SubscriptionStatus) {
        switch status {
        case .scheduled: scheduled += change
        case .incomplete: incomplete += change
        case .trialing: trialing += change
        case .active: active += change
        case .pastDue: pastDue += change
        case .paused: paused += change
        case .cancelled: cancelled += change
        }
    }
}
