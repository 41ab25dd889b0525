package import Runtime
package import Storage

/// Reads the running totals of invoices.
package struct InvoiceStatistics: Sendable {
    private let application: ApplicationID

    package init(of application: ApplicationID) {
        self.application = application
    }

    /// Rows of due days that are read: more than ten years of them.
    private static let dueDayLimit = 4000

    /// The invoices opened from `from` to before `to`, by currency; of all time without both.
    ///
    /// - Throws: `validation_failed` for a range that is empty or longer than ten years.
    package func overview(
        from: Timestamp?, to: Timestamp?, now: Timestamp, in snapshot: Snapshot
    ) throws(Refusal) -> [InvoiceOverview] {
        var range: Range<Timestamp>?
        if from != nil || to != nil {
            let end = to ?? now.adding(seconds: 86_400)
            let start = (from ?? end.adding(seconds: -SubscriptionAnalytics.dayLimit * 86_400)).midnight
            guard start < end, start.seconds(to: end) <= SubscriptionAnalytics.dayLimit * 86_400 + 86_400 else {
                throw .invalid(
                    "to", "out_of_range",
                    "This must lie after from, by at most \(SubscriptionAnalytics.dayLimit) days.")
            }
            range = start..<end
        }
        return currencies(in: snapshot).map { currency in
            let sum = sum(currency, range, in: snapshot)
            var overview = InvoiceOverview()
            overview.currency = currency
            overview.open = InvoiceCount(sum.open, currency)
            overview.paid = InvoiceCount(sum.paid, currency)
            overview.void = InvoiceCount(sum.void, currency)
            overview.uncollectible = InvoiceCount(sum.uncollectible, currency)
            overview.overdueCount = sum.overdueCount
            overview.overdueDue = .amount(sum.overdueDue, currency)
            if sum.paid.count > 0 {
                let days = try? Money(sum.secondsToPay, .none).scaled(by: 100, over: 86_400 * sum.paid.count)
                overview.daysToPay = days.map { Figure(units: $0.units, digits: 2) }
            }
            let asked = sum.paid.total &+ sum.open.total &+ sum.uncollectible.total
            overview.collectionRate = .ratio(sum.paid.total, of: asked)
            age(&overview, now: now, in: snapshot)
            return overview
        }
    }

    /// The currencies that have invoices: a jump from each to the next.
    private func currencies(in snapshot: Snapshot) -> [Currency] {
        var currencies: [Currency] = []
        var from: Key?
        while currencies.count < 300 {
            var found: Currency?
            snapshot.scan(InvoiceDay.self, prefix: Key(application), from: from, limit: 1) { day, _ in
                found = day.currency
                return false
            }
            guard let found, let next = Key(application, found.description).prefixEnd else { break }
            currencies.append(found)
            from = next
        }
        return currencies
    }

    private func sum(_ currency: Currency, _ range: Range<Timestamp>?, in snapshot: Snapshot) -> InvoiceDay {
        let code = currency.description
        guard let range else {
            return snapshot.get(InvoiceDay.self, Key(application, code, InvoiceDay.allDays)) ?? InvoiceDay()
        }
        var sum = InvoiceDay()
        snapshot.scan(
            InvoiceDay.self, prefix: Key(application, code), from: Key(application, code, range.lowerBound),
            upTo: Key(application, code, range.upperBound)
        ) { day, _ in
            sum.add(day)
            return true
        }
        return sum
    }

    private func age(_ overview: inout InvoiceOverview, now: Timestamp, in snapshot: Snapshot) {
        let code = overview.currency.description
        let today = now.midnight
        func add(_ day: InvoiceDueDay, to group: inout AgeingGroup) {
            group.count += day.count
            group.units &+= day.due
        }
        snapshot.scan(
            InvoiceDueDay.self, prefix: Key(application, code), upTo: Key(application, code, today),
            order: .descending, limit: Self.dueDayLimit
        ) { day, _ in
            switch day.day.seconds(to: today) / 86_400 {
            case ...30: add(day, to: &overview.upTo30)
            case 31...60: add(day, to: &overview.upTo60)
            case 61...90: add(day, to: &overview.upTo90)
            default: add(day, to: &overview.over90)
            }
            return true
        }
        overview.upTo30.due = .amount(overview.upTo30.units, overview.currency)
        overview.upTo60.due = .amount(overview.upTo60.units, overview.currency)
        overview.upTo90.due = .amount(overview.upTo90.units, overview.currency)
        overview.over90.due = .amount(overview.over90.units, overview.currency)
    }
}
