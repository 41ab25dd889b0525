/// Finds the ends of lines. The only line end is CR LF (RFC 9112 section 2.2); a bare CR, a bare LF, NUL, DEL and every
/// other control byte except the tab are errors wherever a head, a chunk size or a trailer stands.
enum LineScanner {
    enum Result: Equatable {
        /// The index of the line's CR.
        case end(Int)
        /// No end yet; bytes before this index need not be looked at again.
        case incomplete(scanned: Int)
        /// A control byte at this index.
        case control(Int)
    }

    /// Looks for the end of a line from `start` on, eight bytes at a time.
    static func findEnd(in bytes: Span<UInt8>, from start: Int) -> Result {
        var index = start
        while true {
            index = firstControl(in: bytes, from: index)
            guard index < bytes.count else { return .incomplete(scanned: index) }
            switch bytes[index] {
            case ASCII.tab:
                index += 1
            case ASCII.carriageReturn:
                guard index + 1 < bytes.count else { return .incomplete(scanned: index) }
                return bytes[index + 1] == ASCII.lineFeed ? .end(index) : .control(index)
            default:
                return .control(index)
            }
        }
    }

    /// The index of the first byte below 0x20 or equal to 0x7f, or the count.
    static func firstControl(in bytes: Span<UInt8>, from start: Int) -> Int {
        let raw = unsafe bytes.bytes
        var index = start
        while index + 8 <= bytes.count {
            let loaded = unsafe raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
            let word = UInt64(littleEndian: loaded)
            // In both terms the lowest marked byte is exact; borrows can only mark bytes above it.
            let below = (word &- 0x2020_2020_2020_2020) & ~word
            let delete = word ^ 0x7f7f_7f7f_7f7f_7f7f
            let equal = (delete &- 0x0101_0101_0101_0101) & ~delete
            let hits = (below | equal) & 0x8080_8080_8080_8080
            if hits != 0 { return index + (hits.trailingZeroBitCount >> 3) }
            index += 8
        }
        while index < bytes.count, bytes[index] >= 0x20, bytes[index] != 0x7f { index += 1 }
        return index
    }
}
