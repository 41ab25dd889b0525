/// The number of RFC 8259 section 6: `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`.
enum NumberGrammar {
    /// Moves `position` over one number.
    ///
    /// - Returns: Whether there was one. If not, `position` is at the byte where a digit should stand.
    static func scan(_ bytes: Span<UInt8>, _ position: inout Int) -> Bool {
        if position < bytes.count, bytes[position] == UInt8(ascii: "-") { position += 1 }
        if position < bytes.count, bytes[position] == UInt8(ascii: "0") {
            position += 1
            // A digit after a leading zero is refused where it stands: by whoever wants an end or a comma there.
        } else if !digits(bytes, &position) {
            return false
        }
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            guard digits(bytes, &position) else { return false }
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                position += 1
            }
            guard digits(bytes, &position) else { return false }
        }
        return true
    }

    /// Moves over digits; false when there is none.
    private static func digits(_ bytes: Span<UInt8>, _ position: inout Int) -> Bool {
        let start = position
        while position < bytes.count, bytes[position] &- 0x30 <= 9 { position += 1 }
        return position > start
    }
}
