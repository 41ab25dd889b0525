package import Runtime

/// The date format of HTTP, such as `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 section 5.6.7).
package enum HTTPDate {
    /// Always 29 characters.
    package static func text(_ timestamp: Timestamp) -> String {
        let day = timestamp.seconds >= 0 ? timestamp.seconds / 86_400 : (timestamp.seconds - 86_399) / 86_400
        let second = timestamp.seconds - day * 86_400
        let date = CivilDate(day: day)
        // 1970-01-01 was a Thursday.
        let weekday = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][Int(((day + 3) % 7 + 7) % 7)]
        let month = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ][date.month - 1]
        func padded(_ value: Int64, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let time = "\(padded(second / 3600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))"
        return "\(weekday), \(padded(Int64(date.day), 2)) \(month) \(padded(Int64(date.year), 4)) \(time) GMT"
    }
}
