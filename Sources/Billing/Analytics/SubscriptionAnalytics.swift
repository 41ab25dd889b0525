package import Fields
package import Runtime
package import Storage

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

/// Reads the running totals.
package struct SubscriptionAnalytics: Sendable {
    private let application: ApplicationID

    package init(of application: ApplicationID) {
        self.application = application
    }

    /// Days that figures of an overview look back.
    private static let overviewDays: Int64 = 30
    /// The most steps of a timeseries.
    package static let pointLimit = 1000
    /// The longest range, in days.
    package static let dayLimit: Int64 = 3660

    /// How things stand, by currency: reads a row for each, and the days of the last month.
    package func overview(now: Timestamp, in snapshot: Snapshot) -> [AnalyticsOverview] {
        totals(in: snapshot).map { total in
            let from = now.midnight.adding(seconds: -(Self.overviewDays - 1) * 86_400)
            let sum = sum(total, from: from, to: now.midnight.adding(seconds: 86_400), in: snapshot)
            var overview = AnalyticsOverview()
            overview.currency = total.currency
            overview.recurring = .amount(total.recurring, total.currency)
            overview.yearly = .amount(total.recurring &* 12, total.currency)
            overview.active = total.active
            overview.pastDue = total.pastDue
            overview.trialing = total.trialing
            overview.paused = total.paused
            if total.paying > 0,
                let share = try? Money(total.recurring, total.currency).scaled(by: 1, over: total.paying)
            {
                overview.perUser = .amount(share.units, total.currency)
            }
            overview.churnRate = .ratio(sum.cancellations, of: sum.openingCount)
            overview.cancellations = sum.cancellations
            overview.trialsConverted = sum.trialsConverted
            overview.trialsLost = sum.trialsLost
            overview.trialConversion = .ratio(sum.trialsConverted, of: sum.trialsConverted + sum.trialsLost)
            overview.revenue = .amount(sum.revenue, total.currency)
            return overview
        }
    }

    /// One series for each currency, in steps that begin at the midnight of `from`.
    ///
    /// - Throws: `validation_failed` for a range that is empty or too long.
    package func timeseries(
        _ metric: AnalyticsMetric, every interval: AnalyticsInterval, from: Timestamp, to: Timestamp,
        in snapshot: Snapshot
    ) throws(Refusal) -> [AnalyticsSeries] {
        let start = from.midnight
        guard start < to, start.seconds(to: to) <= Self.dayLimit * 86_400 else {
            throw .invalid("to", "out_of_range", "This must lie after from, by at most \(Self.dayLimit) days.")
        }
        var steps: [(Timestamp, Timestamp)] = []
        var index: Int64 = 0
        while let begin = interval.cycle.boundary(index, from: start), begin < to,
            let end = interval.cycle.boundary(index + 1, from: start)
        {
            guard steps.count < Self.pointLimit else {
                throw .invalid("interval", "out_of_range", "This gives more than \(Self.pointLimit) points.")
            }
            steps.append((begin, end))
            index += 1
        }
        return totals(in: snapshot).map { total in
            var series = AnalyticsSeries()
            series.currency = total.currency
            for (begin, end) in steps {
                let sum = sum(total, from: begin, to: end, in: snapshot)
                series.points.append(Self.point(metric, sum, begin, end))
            }
            return series
        }
    }

    private static func point(
        _ metric: AnalyticsMetric, _ sum: RecurringDay, _ start: Timestamp, _ end: Timestamp
    ) -> AnalyticsPoint {
        func amount(_ units: Int64) -> Figure { .amount(units, sum.currency) }
        var point = AnalyticsPoint()
        point.start = start
        point.end = end
        switch metric {
        case .recurring:
            point.value = amount(sum.closing)
            var movements = RecurringMovements()
            movements.start = amount(sum.opening)
            movements.new = amount(sum.new)
            movements.reactivation = amount(sum.reactivation)
            movements.expansion = amount(sum.expansion)
            movements.contraction = amount(sum.contraction)
            movements.churn = amount(sum.churn)
            movements.end = amount(sum.closing)
            point.movements = movements
        case .new: point.value = amount(sum.new)
        case .expansion: point.value = amount(sum.expansion)
        case .contraction: point.value = amount(sum.contraction)
        case .churn: point.value = amount(sum.churn)
        case .reactivation: point.value = amount(sum.reactivation)
        case .churnRate: point.value = .ratio(sum.cancellations, of: sum.openingCount)
        case .active: point.value = .count(sum.closingCount)
        case .trialing: point.value = .count(sum.closingTrialing)
        case .cancellations: point.value = .count(sum.cancellations)
        case .trialConversion:
            point.value = .ratio(sum.trialsConverted, of: sum.trialsConverted + sum.trialsLost)
        case .revenue: point.value = amount(sum.revenue)
        case .refunded: point.value = amount(sum.refunded)
        }
        return point
    }

    private func totals(in snapshot: Snapshot) -> [RecurringTotal] {
        var totals: [RecurringTotal] = []
        snapshot.scan(RecurringTotal.self, prefix: Key(application), limit: 300) { total, _ in
            totals.append(total)
            return true
        }
        return totals
    }

    /// The days from `from` to before `to` as one.
    private func sum(
        _ total: RecurringTotal, from: Timestamp, to: Timestamp, in snapshot: Snapshot
    ) -> RecurringDay {
        let code = total.currency.description
        var sum = RecurringDay()
        sum.currency = total.currency
        // What the last day before left behind.
        snapshot.scan(
            RecurringDay.self, prefix: Key(application, code), upTo: Key(application, code, from), order: .descending,
            limit: 1
        ) { day, _ in
            sum.opening = day.closing
            sum.closing = day.closing
            sum.openingCount = day.closingCount
            sum.closingCount = day.closingCount
            sum.closingTrialing = day.closingTrialing
            return false
        }
        snapshot.scan(
            RecurringDay.self, prefix: Key(application, code), from: Key(application, code, from),
            upTo: Key(application, code, to), limit: Int(Self.dayLimit)
        ) { day, _ in
            sum.closing = day.closing
            sum.closingCount = day.closingCount
            sum.closingTrialing = day.closingTrialing
            sum.new &+= day.new
            sum.reactivation &+= day.reactivation
            sum.expansion &+= day.expansion
            sum.contraction &+= day.contraction
            sum.churn &+= day.churn
            sum.cancellations += day.cancellations
            sum.trialsStarted += day.trialsStarted
            sum.trialsConverted += day.trialsConverted
            sum.trialsLost += day.trialsLost
            sum.revenue &+= day.revenue
            sum.refunded &+= day.refunded
            return true
        }
        return sum
    }
}
