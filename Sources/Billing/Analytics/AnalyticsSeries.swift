package import Fields
package import Runtime

/// What a timeseries tells.
package enum AnalyticsMetric: String, Choice {
    case recurring = "mrr"
    case new, expansion, contraction, churn, reactivation
    case churnRate = "churn_rate"
    case active, trialing, cancellations
    case trialConversion = "trial_conversion"
    case revenue, refunded
}

/// The length of a timeseries' steps.
package enum AnalyticsInterval: String, Choice {
    case day, week, month, quarter, year

    var cycle: BillingCycle {
        switch self {
        case .day: .daily
        case .week: .weekly
        case .month: .monthly
        case .quarter: .quarterly
        case .year: .yearly
        }
    }

    /// Where a timeseries up to `end` begins when nobody says: at a whole month, quarter or year where steps are such,
    /// with 30 days, 12 weeks, 12 months, 8 quarters or 5 years, the step that holds `end` among them.
    package func usualStart(before end: Timestamp) -> Timestamp {
        let date = CivilDate(day: end.midnight.seconds / 86_400)
        var month = date.month
        let count: Int64
        switch self {
        case .day: return end.midnight.adding(seconds: -29 * 86_400)
        case .week: return end.midnight.adding(seconds: -(12 * 7 - 1) * 86_400)
        case .month: count = 12
        case .quarter: (month, count) = (month - (month - 1) % 3, 8)
        case .year: (month, count) = (1, 5)
        }
        guard let first = CivilDate(year: date.year, month: month, day: 1) else { return end.midnight }
        let step = Timestamp(seconds: first.dayNumber * 86_400)
        return cycle.boundary(1 - count, from: step) ?? step
    }
}

/// One step of a timeseries.
package struct AnalyticsPoint: Record, Equatable {
    package var start = Timestamp(milliseconds: 0)
    package var end = Timestamp(milliseconds: 0)
    /// Nil where nothing can be said, such as the churn of nobody.
    package var value: Figure?
    package var movements: RecurringMovements?

    package init() {}
    package static var schemaName: StaticString { "AnalyticsPoint" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("start", &start)
        try visitor.member("end", &end)
        try visitor.member("value", &value)
        try visitor.member("movements", &movements, "Of mrr: what led from its start to its end.")
    }
}

/// How the recurring revenue moved: start + new + reactivation + expansion − contraction − churn = end.
package struct RecurringMovements: Record, Equatable {
    package var start = Figure.count(0)
    package var new = Figure.count(0)
    package var reactivation = Figure.count(0)
    package var expansion = Figure.count(0)
    package var contraction = Figure.count(0)
    package var churn = Figure.count(0)
    package var end = Figure.count(0)

    package init() {}
    package static var schemaName: StaticString { "RecurringMovements" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("start", &start)
        try visitor.member("new", &new)
        try visitor.member("reactivation", &reactivation)
        try visitor.member("expansion", &expansion)
        try visitor.member("contraction", &contraction)
        try visitor.member("churn", &churn)
        try visitor.member("end", &end)
    }
}

/// The points of one currency.
package struct AnalyticsSeries: Record, Equatable {
    package var currency = Currency.none
    package var points: [AnalyticsPoint] = []

    package init() {}
    package static var schemaName: StaticString { "AnalyticsSeries" }

    package mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("currency", &currency)
        try visitor.member("points", &points)
    }
}
