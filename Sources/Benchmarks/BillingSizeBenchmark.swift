import Billing
import Fields
import Runtime
import Storage

/// A great many subscriptions whose renewals are spread out: the memory they take, how late renewals are, and what a
/// page of a list and the analytics cost.
struct BillingSizeBenchmark: Sendable {
    private static let batch = 100
    private static let modelCount = 100
    private static let pageCount = 300
    private static let pageSize = 25

    let doors: Doors
    let directory: String
    let count: Int
    /// Renewals a second that fall due while the worker is watched.
    let rate: Int
    let seconds: Int

    func run() async throws {
        let house = try await BillingHouse(doors, directory: directory, cycle: .monthly, hasClock: false)
        let clockwork = house.clockwork
        doors.scheduler.spawn(on: 0) { await clockwork.run() }
        try await house.subscribe(count: Self.modelCount)
        try await awaitFirstPayments(house)
        try await fill(house)
        try pages(house)
        try await analytics(house)
        try await renew(house)
        clockwork.stop()
        await house.store.close()
    }

    // MARK: Filling

    /// Waits until the subscriptions that are copied are active.
    private func awaitFirstPayments(_ house: BillingHouse) async throws {
        let prefix = Key(house.application.id, SubscriptionStatus.active.rawValue)
        var active = 0
        while active < Self.modelCount {
            await doors.scheduler.sleep(until: doors.clock.instant().adding(milliseconds: 50))
            active = try house.store.readSync { snapshot in
                var count = 0
                snapshot.scanKeys(Subscription.byStatus, prefix: prefix) { _, _ in
                    count += 1
                    return true
                }
                return count
            }
        }
    }

    /// Copies subscriptions until there are enough. The first of them fall due one after another in a moment, the others
    /// over the next month.
    private func fill(_ house: BillingHouse) async throws {
        let models = try house.store.readSync { snapshot -> [Subscription] in
            var models: [Subscription] = []
            snapshot.scan(Subscription.self, limit: Self.modelCount) { subscription, _ in
                models.append(subscription)
                return true
            }
            return models
        }
        let now = doors.clock.now()
        let soon = rate * seconds
        let start = now.adding(seconds: 600)
        for first in stride(from: 0, to: count, by: Self.batch) {
            try await house.store.transact { [count, rate] transaction in
                for number in first..<min(first + Self.batch, count) {
                    var copy = models[number % models.count]
                    copy.id = SubscriptionID(in: transaction, purpose: "subscription")
                    copy.setupToken = Blob(transaction.random(16, purpose: "token"))
                    let end =
                        number < soon
                        ? start.adding(milliseconds: Int64(number * 1000 / rate))
                        : start.adding(seconds: Int64(86_400 + number % (27 * 86_400)))
                    copy.periodEnd = end
                    copy.billedUntil = nil
                    transaction.put(copy)
                }
            }
        }
        let statistics = house.store.statistics
        let process = StorageProcess(doors: doors)
        var figures = Figures("subscriptions-in-store")
        figures.add("subscriptions", count)
        figures.add("resident_kibibytes", process.residentKibibytes)
        figures.add("peak_kibibytes", process.peakKibibytes)
        figures.add("memtable_bytes", statistics.memtableByteCount)
        figures.add("cache_bytes", statistics.cacheByteCount)
        figures.add("segment_bytes", Int(statistics.segmentByteCounts.reduce(0, +)))
        figures.print()
    }

    // MARK: Reading

    /// Pages of the list of active ones, newest first: from the beginning, and from the middle.
    private func pages(_ house: BillingHouse) throws {
        let prefix = Key(house.application.id, SubscriptionStatus.active.rawValue)
        var middle: Key?
        try house.store.readSync { snapshot in
            snapshot.scanKeys(Subscription.byStatus, prefix: prefix, order: .descending, limit: count / 2) { entry, _ in
                middle = entry
                return true
            }
        }
        for (name, place) in [("first", Key?.none), ("middle", middle)] {
            for isMeasured in [false, true] {
                var cursor = place
                var histogram = Histogram()
                for _ in 0..<Self.pageCount {
                    let began = doors.clock.instant()
                    let after = cursor
                    cursor = try house.store.readSync { snapshot -> Key? in
                        var last: Key?
                        snapshot.scan(
                            Subscription.byStatus, prefix: prefix, after: after, order: .descending,
                            limit: Self.pageSize
                        ) { _, entry in
                            last = entry
                            return true
                        }
                        return last
                    }
                    histogram.record(nanoseconds: doors.clock.instant().nanoseconds(since: began))
                }
                guard isMeasured else { continue }
                var figures = Figures("subscriptions-page-" + name)
                figures.add("rows", count)
                figures.add("p50_microseconds", histogram.percentile(500))
                figures.add("p99_microseconds", histogram.percentile(990))
                figures.print()
            }
        }
    }

    /// The overview, and a year of days.
    private func analytics(_ house: BillingHouse) async throws {
        let application = house.application.id
        let now = doors.clock.now()
        try await house.store.transact { transaction in
            for day in 1...365 {
                var row = RecurringDay()
                row.application = application
                row.currency = .usd
                row.day = Timestamp(seconds: (now.seconds / 86_400 - Int64(day)) * 86_400)
                row.opening = Int64(day) * 100
                row.closing = Int64(day) * 100 + 100
                row.new = 100
                transaction.put(row)
            }
        }
        let reader = SubscriptionAnalytics(of: application)
        var overview = Histogram()
        var series = Histogram()
        var points = 0
        for _ in 0..<Self.pageCount {
            var began = doors.clock.instant()
            _ = try house.store.readSync { reader.overview(now: now, in: $0) }
            overview.record(nanoseconds: doors.clock.instant().nanoseconds(since: began))
            began = doors.clock.instant()
            let found = try house.store.readSync { snapshot in
                try reader.timeseries(
                    .recurring, every: .day, from: now.adding(seconds: -365 * 86_400), to: now, in: snapshot)
            }
            series.record(nanoseconds: doors.clock.instant().nanoseconds(since: began))
            points = found.first?.points.count ?? 0
        }
        var figures = Figures("analytics")
        figures.add("overview_p50_microseconds", overview.percentile(500))
        figures.add("overview_p99_microseconds", overview.percentile(990))
        figures.add("year_points", points)
        figures.add("year_p50_microseconds", series.percentile(500))
        figures.add("year_p99_microseconds", series.percentile(990))
        figures.print()
    }

    // MARK: Renewing

    /// Moves the due times near, and watches how long after its time each renewal is done.
    private func renew(_ house: BillingHouse) async throws {
        let application = house.application.id
        let due = try house.store.readSync { snapshot -> [SubscriptionID] in
            var due: [SubscriptionID] = []
            snapshot.scan(Subscription.byDue, prefix: Key(application), limit: rate * seconds) { subscription, _ in
                due.append(subscription.id)
                return true
            }
            return due
        }
        let start = doors.clock.now().adding(seconds: 5)
        for first in stride(from: 0, to: due.count, by: Self.batch) {
            let ids = Array(due[first..<min(first + Self.batch, due.count)])
            try await house.store.transact { [rate] transaction in
                for (index, id) in ids.enumerated() {
                    guard var subscription = transaction.get(Subscription.self, Key(id)) else { continue }
                    subscription.periodEnd = start.adding(milliseconds: Int64((first + index) * 1000 / rate))
                    transaction.put(subscription)
                }
            }
        }
        var late = Histogram()
        var longest: Int64 = 0
        let end = start.adding(seconds: Int64(seconds))
        while doors.clock.now() < end {
            await doors.scheduler.sleep(until: doors.clock.instant().adding(milliseconds: 20))
            let now = doors.clock.now()
            let first = try house.store.readSync { $0.first(Subscription.byDue, Key(application))?.dueAt }
            let lag = max(0, now.milliseconds - (first ?? now).milliseconds)
            late.record(nanoseconds: UInt64(lag) * 1_000_000)
            longest = max(longest, lag)
        }
        let renewed = try house.store.readSync { snapshot -> Int in
            var count = 0
            snapshot.scanKeys(Invoice.byApplication, prefix: Key(application)) { _, _ in
                count += 1
                return true
            }
            return count - Self.modelCount
        }
        var figures = Figures("renewals-in-time")
        figures.add("subscriptions", count)
        figures.add("renewals_per_second", rate)
        figures.add("renewed", renewed)
        figures.add("late_p50_milliseconds", late.percentile(500) / 1000)
        figures.add("late_p99_milliseconds", late.percentile(990) / 1000)
        figures.add("late_most_milliseconds", Int(longest))
        figures.print()
    }
}
