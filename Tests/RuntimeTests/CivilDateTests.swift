import Runtime
import Testing

@Suite struct CivilDateTests {
    /// Walks every day of `years` beside the rules of the calendar, spelled out.
    private static func walk(_ years: ClosedRange<Int>, from firstDay: Int64) -> Int64 {
        var number = firstDay
        for year in years {
            let isLeap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)
            let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            for (month, length) in lengths.enumerated() {
                for day in 1...length {
                    let date = CivilDate(day: number)
                    let given = CivilDate(year: year, month: month + 1, day: day)
                    if date.year != year || date.month != month + 1 || date.day != day || given != date
                        || date.dayNumber != number
                    {
                        Issue.record("day \(number) should be \(year)-\(month + 1)-\(day), is \(date)")
                    }
                    number += 1
                }
                #expect(CivilDate(year: year, month: month + 1, day: length + 1) == nil)
            }
        }
        return number
    }

    @Test func `every day from 1968 to 2001 follows the one before`() {
        #expect(Self.walk(1968...2001, from: -731) == 11_688)
    }

    @Test func `2100 is no leap year, 2000 and 2400 are`() {
        #expect(CivilDate(year: 2100, month: 2, day: 29) == nil)
        #expect(CivilDate(year: 1900, month: 2, day: 29) == nil)
        #expect(CivilDate(year: 2000, month: 2, day: 29)?.dayNumber == 11_016)
        #expect(CivilDate(year: 2400, month: 2, day: 29) != nil)
        #expect(Self.walk(2099...2101, from: 47_117) == 48_212)
    }

    @Test func `the calendar begins with year 1 and ends with 9999`() {
        #expect(Self.walk(1...4, from: -719_162) == -717_701)
        #expect(Self.walk(9997...9999, from: 2_931_802) == 2_932_897)
        #expect(CivilDate(year: 0, month: 12, day: 31) == nil)
        #expect(CivilDate(year: 10_000, month: 1, day: 1) == nil)
    }

    @Test(arguments: [Int64.min, -719_163, -10_000_000])
    func `days before year 1 are its first day`(number: Int64) {
        #expect(CivilDate(day: number) == CivilDate(year: 1, month: 1, day: 1))
    }

    @Test(arguments: [Int64.max, 2_932_897, 10_000_000])
    func `days after 9999 are its last day`(number: Int64) {
        #expect(CivilDate(day: number) == CivilDate(year: 9999, month: 12, day: 31))
    }

    @Test(arguments: [(2025, 0, 1), (2025, 13, 1), (2025, 1, 0), (2025, 4, 31), (2025, -1, 1), (2025, 1, .min)])
    func `dates that do not exist are refused`(year: Int, month: Int, day: Int) {
        #expect(CivilDate(year: year, month: month, day: day) == nil)
    }
}
