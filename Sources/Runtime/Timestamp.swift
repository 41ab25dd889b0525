package import Bytes

/// A moment of wall-clock time: milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
///
/// The domain reaches from year 1 to 9999; text forms are RFC 3339 in UTC with whole seconds.
@usableFromInline
package struct Timestamp: Comparable, Hashable, Sendable, CustomStringConvertible {
    @usableFromInline package var milliseconds: Int64

    @usableFromInline package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    package init(seconds: Int64) {
        milliseconds = seconds * 1000
    }

    /// Whole seconds, rounded towards the past.
    package var seconds: Int64 {
        milliseconds / 1000 - (milliseconds % 1000 < 0 ? 1 : 0)
    }

    @usableFromInline package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }

    package func adding(seconds: Int64) -> Timestamp {
        Timestamp(milliseconds: milliseconds + seconds * 1000)
    }

    package func adding(milliseconds more: Int64) -> Timestamp {
        Timestamp(milliseconds: milliseconds + more)
    }

    /// RFC 3339 with seconds, such as `2025-01-15T00:00:00Z`.
    @usableFromInline package var description: String {
        var writer = ByteWriter(capacity: 20)
        write(to: &writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// Appends the text of `description`.
    package func write(to writer: inout ByteWriter) {
        let total = seconds
        let day = total / 86_400 - (total % 86_400 < 0 ? 1 : 0)
        let date = CivilDate(day: day)
        let second = total - day * 86_400
        Self.appendPadded(Int64(date.year), width: 4, to: &writer)
        writer.append(0x2d)
        Self.appendPadded(Int64(date.month), width: 2, to: &writer)
        writer.append(0x2d)
        Self.appendPadded(Int64(date.day), width: 2, to: &writer)
        writer.append(0x54)
        Self.appendPadded(second / 3600, width: 2, to: &writer)
        writer.append(0x3a)
        Self.appendPadded(second / 60 % 60, width: 2, to: &writer)
        writer.append(0x3a)
        Self.appendPadded(second % 60, width: 2, to: &writer)
        writer.append(0x5a)
    }

    private static func appendPadded(_ value: Int64, width: Int, to writer: inout ByteWriter) {
        var divisor: Int64 = 1
        for _ in 1..<width { divisor *= 10 }
        while divisor > 0 {
            writer.append(0x30 + UInt8(truncatingIfNeeded: value / divisor % 10))
            divisor /= 10
        }
    }

    /// Reads RFC 3339 date-times (`2025-01-15T10:00:00Z`, fractions and offsets accepted) and plain dates
    /// (`2025-01-15`, midnight UTC). Nil for anything else, for leap seconds, and outside years 1 to 9999.
    package init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        func number(_ start: Int, _ count: Int) -> Int64? {
            guard start + count <= bytes.count else { return nil }
            var value: Int64 = 0
            for byte in bytes[start..<start + count] {
                guard (0x30...0x39).contains(byte) else { return nil }
                value = value * 10 + Int64(byte - 0x30)
            }
            return value
        }
        guard bytes.count >= 10, bytes.count <= 40, bytes[4] == 0x2d, bytes[7] == 0x2d,
            let year = number(0, 4), let month = number(5, 2), let day = number(8, 2),
            let date = CivilDate(year: Int(year), month: Int(month), day: Int(day))
        else { return nil }
        var total = date.dayNumber * 86_400_000
        if bytes.count == 10 {
            self.init(milliseconds: total)
            return
        }
        guard bytes.count >= 20, bytes[10] == 0x54 || bytes[10] == 0x74, bytes[13] == 0x3a, bytes[16] == 0x3a,
            let hour = number(11, 2), let minute = number(14, 2), let second = number(17, 2),
            hour < 24, minute < 60, second < 60
        else { return nil }
        total += (hour * 3600 + minute * 60 + second) * 1000
        var index = 19
        if bytes[index] == 0x2e {
            index += 1
            var scale: Int64 = 100
            let first = index
            while index < bytes.count, (0x30...0x39).contains(bytes[index]) {
                total += Int64(bytes[index] - 0x30) * scale
                scale /= 10
                index += 1
            }
            guard index > first else { return nil }
        }
        guard index < bytes.count else { return nil }
        switch bytes[index] {
        case 0x5a, 0x7a:
            guard index + 1 == bytes.count else { return nil }
        case 0x2b, 0x2d:
            guard index + 6 == bytes.count, bytes[index + 3] == 0x3a, let hours = number(index + 1, 2),
                let minutes = number(index + 4, 2), hours < 24, minutes < 60
            else { return nil }
            let offset = (hours * 60 + minutes) * 60_000
            total += bytes[index] == 0x2b ? -offset : offset
            // The offset can lead out of the calendar.
            guard (-62_135_596_800_000...253_402_300_799_999).contains(total) else { return nil }
        default: return nil
        }
        self.init(milliseconds: total)
    }
}
