/// A request line, read and checked (RFC 9112 section 3). Positions count from the start of the request.
struct RequestLine: Sendable {
    var method = Method.get
    /// Where the target in origin form lies; empty for an absolute form without a path.
    var target = 0..<0
    /// Where the authority of a target in absolute form lies.
    var authority: Range<Int>?
    /// Where `?` stands, counted from the start of `target`, or -1.
    var queryMark = -1
    /// The minor version: HTTP/1.0 or 1.1.
    var minorVersion = 1

    init() {}

    /// Reads the line from `start` to its CR at `end`; the scanner found no control bytes in it save tabs.
    init(_ bytes: Span<UInt8>, from start: Int, to end: Int, base: Int) throws(Refusal) {
        var index = start
        while index < end, ASCII.isToken(bytes[index]) { index += 1 }
        guard index > start, index < end, bytes[index] == ASCII.space else {
            throw Refusal(400, "The request line is malformed.")
        }
        let methodRange = start..<index
        let targetStart = index + 1
        index = targetStart
        var mark = -1
        while index < end, ASCII.isVisible(bytes[index]), bytes[index] != 0x23 {
            if bytes[index] == 0x3f, mark < 0 { mark = index }
            index += 1
        }
        guard index > targetStart, index < end, bytes[index] == ASCII.space else {
            throw Refusal(400, "The request target must be visible ASCII without a fragment.")
        }
        let targetEnd = index
        minorVersion = try Self.minorVersion(bytes, from: index + 1, to: end)
        // Section 3: a method longer than any known one is 501, not 400.
        guard methodRange.count <= 32 else { throw Refusal(501, "The method is not known.") }
        method = Method(bytes, in: methodRange)

        var originStart = targetStart
        if bytes[targetStart] != 0x2f {
            if targetEnd - targetStart == 1, bytes[targetStart] == 0x2a {
                guard method == .options else { throw Refusal(400, "Only OPTIONS may use the target *.") }
            } else {
                let range = try Self.authority(bytes, from: targetStart, to: targetEnd)
                authority = range.lowerBound - base..<range.upperBound - base
                originStart = range.upperBound
            }
        }
        target = originStart - base..<targetEnd - base
        queryMark = mark < 0 ? -1 : mark - originStart
    }

    /// Section 2.3: exactly `HTTP/1.0` or `HTTP/1.1`; other well-formed versions, the HTTP/2 preface among them, are 505.
    private static func minorVersion(_ bytes: Span<UInt8>, from start: Int, to end: Int) throws(Refusal) -> Int {
        guard end - start == 8, ASCII.isEqual(bytes, at: start, count: 5, to: "HTTP/"), ASCII.isDigit(bytes[start + 5]),
            bytes[start + 6] == 0x2e, ASCII.isDigit(bytes[start + 7])
        else { throw Refusal(400, "The request line is malformed.") }
        guard bytes[start + 5] == 0x31, bytes[start + 7] <= 0x31 else {
            throw Refusal(505, "Use HTTP/1.1.")
        }
        return Int(bytes[start + 7] - 0x30)
    }

    /// Where the authority of an absolute form lies (section 3.2.2). User information is refused.
    private static func authority(_ bytes: Span<UInt8>, from start: Int, to end: Int) throws(Refusal) -> Range<Int> {
        var lower = start
        if end - start > 7, ASCII.matches(bytes, at: start, count: 4, "http"), bytes[start + 4] == 0x3a {
            lower = start + 5
        } else if end - start > 8, ASCII.matches(bytes, at: start, count: 5, "https"), bytes[start + 5] == 0x3a {
            lower = start + 6
        }
        guard lower > start, bytes[lower] == 0x2f, bytes[lower + 1] == 0x2f else {
            throw Refusal(400, "The request target must be a path.")
        }
        lower += 2
        var upper = lower
        while upper < end, ASCII.isHost(bytes[upper]) { upper += 1 }
        guard upper > lower, upper == end || bytes[upper] == 0x2f || bytes[upper] == 0x3f else {
            throw Refusal(400, "The host of the request target is malformed.")
        }
        return lower..<upper
    }
}
