import Runtime

/// The `Retry-After` field (RFC 9110 section 10.2.3): seconds, or a date.
enum RetryAfter {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Seconds from `now`, not negative; nil when the text is neither.
    static func seconds(_ text: String, now: Timestamp) -> Int64? {
        let digits = text.utf8
        if (1...9).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) { return Int64(text) }
        guard let date = date(text) else { return nil }
        return max(0, date.seconds - now.seconds)
    }

    /// The one form of a date that is still generated, such as `Sun, 06 Nov 1994 08:49:37 GMT`.
    private static func date(_ text: String) -> Timestamp? {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0].utf8.count == 4, parts[0].hasSuffix(","), parts[1].utf8.count == 2,
            let month = months.firstIndex(where: { $0 == parts[2] }), parts[5] == "GMT"
        else { return nil }
        return Timestamp("\(parts[3])-\(month < 9 ? "0" : "")\(month + 1)-\(parts[1])T\(parts[4])Z")
    }
}
