import Fields
package import Runtime

/// How often a plan bills. Periods are computed from an anchor, never from the period before: an anchor on 31 January
/// gives 28 or 29 February and then 31 March.
package enum BillingCycle: String, Choice {
    case daily, weekly, monthly, quarterly, semiannual, yearly

    /// Days of a cycle that counts days, nil for one that counts months.
    private var dayCount: Int64? {
        switch self {
        case .daily: 1
        case .weekly: 7
        case .monthly, .quarterly, .semiannual, .yearly: nil
        }
    }

    private var monthCount: Int64 {
        switch self {
        case .daily, .weekly: 0
        case .monthly: 1
        case .quarterly: 3
        case .semiannual: 6
        case .yearly: 12
        }
    }

    /// The beginning of period `index` (0 begins at the anchor), at the anchor's time of day in UTC. A day that the
    /// month does not have becomes its last one.
    ///
    /// - Parameter index: Any; the result is nil outside the years 1 to 9999.
    package func boundary(_ index: Int64, from anchor: Timestamp) -> Timestamp? {
        let day = Self.floorDivide(anchor.milliseconds, Self.dayMilliseconds)
        let timeOfDay = anchor.milliseconds - day * Self.dayMilliseconds
        if let dayCount {
            guard (-10_000_000...10_000_000).contains(index) else { return nil }
            let target = day + index * dayCount
            guard (Self.firstDay...Self.lastDay).contains(target) else { return nil }
            return Timestamp(milliseconds: target * Self.dayMilliseconds + timeOfDay)
        }
        guard (-200_000...200_000).contains(index) else { return nil }
        let date = CivilDate(day: day)
        let months = Int64(date.year) * 12 + Int64(date.month) - 1 + index * monthCount
        let year = Self.floorDivide(months, 12)
        guard (1...9999).contains(year) else { return nil }
        let month = Int(months - year * 12) + 1
        let last = CivilDate.dayCount(year: Int(year), month: month)
        guard let target = CivilDate(year: Int(year), month: month, day: min(date.day, last)) else { return nil }
        return Timestamp(milliseconds: target.dayNumber * Self.dayMilliseconds + timeOfDay)
    }

    /// The index of the period that holds `time`: the largest whose boundary is at or before it.
    ///
    /// - Returns: nil when that lies outside the calendar.
    package func index(at time: Timestamp, from anchor: Timestamp) -> Int64? {
        let days = Self.floorDivide(time.milliseconds - anchor.milliseconds, Self.dayMilliseconds)
        var index: Int64
        if let dayCount {
            index = Self.floorDivide(days, dayCount)
        } else {
            // A month has at most 31 days, so this begins at or before the answer, by a few cycles at most.
            let from = CivilDate(day: Self.floorDivide(anchor.milliseconds, Self.dayMilliseconds))
            let to = CivilDate(day: Self.floorDivide(time.milliseconds, Self.dayMilliseconds))
            let months = Int64(to.year - from.year) * 12 + Int64(to.month - from.month)
            index = Self.floorDivide(months, monthCount) - 1
        }
        while let next = boundary(index + 1, from: anchor), next <= time { index += 1 }
        guard let here = boundary(index, from: anchor), here <= time else { return nil }
        return index
    }

    /// Numerator and denominator of the share of a price that is one month's: yearly ÷ 12, weekly × 52 ÷ 12,
    /// daily × 365 ÷ 12.
    package var monthlyShare: (numerator: Int64, denominator: Int64) {
        switch self {
        case .daily: (365, 12)
        case .weekly: (52, 12)
        case .monthly: (1, 1)
        case .quarterly: (1, 3)
        case .semiannual: (1, 6)
        case .yearly: (1, 12)
        }
    }

    private static let dayMilliseconds: Int64 = 86_400_000
    private static let firstDay: Int64 = -719_162
    private static let lastDay: Int64 = 2_932_896

    private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        value / divisor - (value % divisor < 0 ? 1 : 0)
    }
}
