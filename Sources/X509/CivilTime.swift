/// Times in certificates (RFC 5280 section 4.1.2.5): always UTC, always with seconds.
package enum CivilTime {
    /// Seconds since 1970 of a UTCTime or a GeneralizedTime.
    ///
    /// Either form is read for any year that it can hold: the section wants UTCTime through 2049, but roots that browsers
    /// trust break that.
    static func seconds(_ element: DERElement, _ place: String) throws(CertificateError) -> Int64 {
        let digits = Array(element.content)
        let year: Int
        let rest: ArraySlice<UInt8>
        switch (element.tag, digits.count) {
        case (DERTag.utcTime, 13):
            guard let short = number(digits[0..<2]) else { throw .malformed(place) }
            year = short >= 50 ? 1900 + short : 2000 + short
            rest = digits[2...]
        case (DERTag.generalizedTime, 15):
            guard let long = number(digits[0..<4]) else { throw .malformed(place) }
            year = long
            rest = digits[4...]
        default: throw .malformed(place)
        }
        let start = rest.startIndex
        guard rest.last == UInt8(ascii: "Z"), let month = number(rest[start..<(start + 2)]),
            let day = number(rest[(start + 2)..<(start + 4)]), let hour = number(rest[(start + 4)..<(start + 6)]),
            let minute = number(rest[(start + 6)..<(start + 8)]), let second = number(rest[(start + 8)..<(start + 10)]),
            month >= 1, month <= 12, day >= 1, day <= dayCount(month, year), hour <= 23, minute <= 59, second <= 59
        else { throw .malformed(place) }
        return Int64(days(year, month, day)) * 86400 + Int64(hour * 3600 + minute * 60 + second)
    }

    /// The element for a time from 1950 to 9999.
    static func encoded(_ seconds: Int64) -> (tag: UInt8, content: [UInt8]) {
        let (year, month, day) = date(seconds)
        precondition(year >= 1950 && year <= 9999, "a time that certificates cannot hold")
        let second = Int(floorModulo(seconds, 86400))
        let rest = [month, day, second / 3600, second / 60 % 60, second % 60].flatMap { digits($0, 2) }
        let zone = UInt8(ascii: "Z")
        if year < 2050 { return (DERTag.utcTime, digits(year % 100, 2) + rest + [zone]) }
        return (DERTag.generalizedTime, digits(year, 4) + rest + [zone])
    }

    /// The day of a time for people: `2026-01-31`.
    static func text(_ seconds: Int64) -> String {
        let (year, month, day) = date(seconds)
        return String(decoding: digits(year, 4) + [0x2d] + digits(month, 2) + [0x2d] + digits(day, 2), as: UTF8.self)
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for digit in digits {
            guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
            value = 10 * value + Int(digit - UInt8(ascii: "0"))
        }
        return value
    }

    private static func digits(_ value: Int, _ count: Int) -> [UInt8] {
        var value = value
        var result = [UInt8](repeating: UInt8(ascii: "0"), count: count)
        for index in (0..<count).reversed() {
            result[index] += UInt8(value % 10)
            value /= 10
        }
        return result
    }

    private static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    private static func dayCount(_ month: Int, _ year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func floorModulo(_ value: Int64, _ divisor: Int64) -> Int64 {
        let rest = value % divisor
        return rest < 0 ? rest + divisor : rest
    }

    /// Days from 1970-01-01 to a day of the Gregorian calendar, from year 0 on.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        // Years begin in March, so that the leap day is the last.
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func date(_ seconds: Int64) -> (year: Int, month: Int, day: Int) {
        let bounded = min(max(seconds, -62_135_596_800), 253_402_300_799)
        let days = Int((bounded - floorModulo(bounded, 86400)) / 86400) + 719_468
        let era = (days >= 0 ? days : days - 146_096) / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }
}
