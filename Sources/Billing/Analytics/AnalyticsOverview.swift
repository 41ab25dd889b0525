package import Fields

/// How the subscriptions of one currency stand.
package struct AnalyticsOverview: Record, Equatable {
    package var currency = Currency.none
    package var recurring = Figure.count(0)
    package var yearly = Figure.count(0)
    package var active: Int64 = 0
    package var pastDue: Int64 = 0
    package var trialing: Int64 = 0
    package var paused: Int64 = 0
    package var perUser: Figure?
    package var churnRate: Figure?
    package var cancellations: Int64 = 0
    package var trialsConverted: Int64 = 0
    package var trialsLost: Int64 = 0
    package var trialConversion: Figure?
    package var revenue = Figure.count(0)

    package init() {}
    package static var schemaName: StaticString { "AnalyticsOverview" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("currency", &currency)
        try visitor.member("mrr", &recurring, "Of active and past due subscriptions, as a month's share.")
        try visitor.member("arr", &yearly)
        try visitor.member("active", &active)
        try visitor.member("past_due", &pastDue)
        try visitor.member("trialing", &trialing)
        try visitor.member("paused", &paused)
        try visitor.member("arpu", &perUser, "MRR for each active or past due subscription.")
        try visitor.member("churn_rate", &churnRate, "Cancelled in 30 days, of those that paid when they began.")
        try visitor.member("cancellations", &cancellations, "In 30 days.")
        try visitor.member("trials_converted", &trialsConverted, "In 30 days.")
        try visitor.member("trials_lost", &trialsLost, "In 30 days.")
        try visitor.member("trial_conversion", &trialConversion, "Converted of the trials that ended in 30 days.")
        try visitor.member("revenue", &revenue, "Received for invoices in 30 days.")
    }
}
