package import Runtime
package import Storage

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
