/// The character classes of HTTP, and comparisons that make no strings.
enum ASCII {
    static let space: UInt8 = 0x20
    static let tab: UInt8 = 0x09
    static let carriageReturn: UInt8 = 0x0d
    static let lineFeed: UInt8 = 0x0a

    /// Whether `byte` may stand in a token (RFC 9110 section 5.6.2).
    @inline(__always)
    static func isToken(_ byte: UInt8) -> Bool {
        let mask: UInt64 = byte < 64 ? 0x03ff_6cfa_0000_0000 : 0x57ff_ffff_c7ff_fffe
        return byte < 128 && (mask >> UInt64(byte & 63)) & 1 == 1
    }

    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    /// Whether `byte` is a visible character, 0x21 to 0x7e.
    @inline(__always)
    static func isVisible(_ byte: UInt8) -> Bool { byte &- 0x21 < 0x5e }

    /// Whether `byte` may stand in the host and port of a request: letters, digits and `-._~%:[]`.
    static func isHost(_ byte: UInt8) -> Bool {
        isLetter(byte) || isDigit(byte) || byte == 0x2d || byte == 0x2e || byte == 0x3a || byte == 0x5b || byte == 0x5d
            || byte == 0x5f || byte == 0x7e || byte == 0x25
    }

    static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

    static func lowercased(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

    static func text(_ bytes: Span<UInt8>, in range: Range<Int>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(range.count)
        for index in range { text.append(bytes[index]) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Whether the `count` bytes at `start` are exactly `text`.
    static func isEqual(_ bytes: Span<UInt8>, at start: Int, count: Int, to text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        let pointer = unsafe text.utf8Start
        for offset in 0..<count where unsafe bytes[start + offset] != pointer[offset] { return false }
        return true
    }

    /// Whether the `count` bytes at `start` spell `name` in any case.
    ///
    /// `name` is made of letters, digits and hyphens. Setting bit 5 of both sides is then exact, because the only
    /// other bytes that would become equal are control bytes, `@`, `[` to `_`, which the callers' bytes exclude or
    /// which never match a letter.
    @inline(__always)
    static func matches(_ bytes: Span<UInt8>, at start: Int, count: Int, _ name: StaticString) -> Bool {
        guard count == name.utf8CodeUnitCount else { return false }
        let pointer = unsafe UnsafeRawPointer(name.utf8Start)
        let raw = unsafe bytes.bytes
        var offset = 0
        while offset + 8 <= count {
            let left = unsafe raw.unsafeLoadUnaligned(fromByteOffset: start + offset, as: UInt64.self)
            let right = unsafe pointer.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            if left | 0x2020_2020_2020_2020 != right | 0x2020_2020_2020_2020 { return false }
            offset += 8
        }
        while offset < count {
            let right = unsafe pointer.load(fromByteOffset: offset, as: UInt8.self)
            if bytes[start + offset] | 0x20 != right | 0x20 { return false }
            offset += 1
        }
        return true
    }

    /// The range without spaces and tabs at both ends.
    static func trimmed(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
        var lower = range.lowerBound
        var upper = range.upperBound
        while lower < upper, bytes[lower] == space || bytes[lower] == tab { lower += 1 }
        while lower < upper, bytes[upper - 1] == space || bytes[upper - 1] == tab { upper -= 1 }
        return lower..<upper
    }
}
