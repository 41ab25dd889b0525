/// Reads field lines one by one, from requests, answers and trailers alike (RFC 9112 section 5).
enum FieldSection {
    /// Where the name and value of the line from `start` to its CR at `end` lie, or nil when it is not a field line:
    /// no colon, an empty name, a byte that is no token in the name (so no whitespace before the colon, section 5.1,
    /// and no obs-fold, section 5.2). Positions count from `base`. Control bytes were found by the scanner.
    static func parse(_ bytes: Span<UInt8>, from start: Int, to end: Int, base: Int) -> Headers.Field? {
        var colon = start
        while colon < end, ASCII.isToken(bytes[colon]) { colon += 1 }
        guard colon > start, colon < end, bytes[colon] == 0x3a else { return nil }
        let value = ASCII.trimmed(bytes, colon + 1..<end)
        return Headers.Field(
            nameStart: UInt32(start - base), nameCount: UInt32(colon - start),
            valueStart: UInt32(value.lowerBound - base), valueCount: UInt32(value.count))
    }

    /// A decimal of 1 to 18 digits and nothing else, or nil: no sign, no list, no whitespace.
    static func decimal(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        guard (1...18).contains(range.count) else { return nil }
        var value = 0
        for index in range {
            guard ASCII.isDigit(bytes[index]) else { return nil }
            value = value &* 10 &+ Int(bytes[index] &- 0x30)
        }
        return value
    }

    /// Calls `body` with each member of a comma-separated list, trimmed; empty members are left out.
    static func forEachMember(_ bytes: Span<UInt8>, _ range: Range<Int>, _ body: (Range<Int>) -> Void) {
        var start = range.lowerBound
        var index = start
        while index <= range.upperBound {
            if index == range.upperBound || bytes[index] == 0x2c {
                let member = ASCII.trimmed(bytes, start..<index)
                if !member.isEmpty { body(member) }
                start = index + 1
            }
            index += 1
        }
    }
}
