/// What a scan was asked for, as the engine's bounds.
struct KeyRange {
    /// `upper` is the first key behind the range. Nil when nothing can be in it.
    let bounds: (lower: RawKey, upper: RawKey, order: ScanOrder)?

    init(
        table: UInt8, index: UInt8, prefix: Key, after: Key?, before: Key?, from: Key?, upTo: Key?, order: ScanOrder
    ) {
        var lower = prefix.bytes
        var upper = prefix.prefixEnd?.bytes
        func raise(_ bytes: [UInt8]) {
            if lower.lexicographicallyPrecedes(bytes) { lower = bytes }
        }
        func cut(_ bytes: [UInt8]) {
            if let current = upper, !bytes.lexicographicallyPrecedes(current) { return }
            upper = bytes
        }
        if let from { raise(from.bytes) }
        if let upTo { cut(upTo.bytes) }
        // A key followed by a zero byte is the next larger one.
        let (above, below) = order == .ascending ? (after, before) : (before, after)
        if let above { raise(above.bytes + [0]) }
        if let below { cut(below.bytes) }
        if let upper, !lower.lexicographicallyPrecedes(upper) {
            bounds = nil
            return
        }
        let end: RawKey
        if let upper {
            end = RawKey(table: table, index: index, upper)
        } else if index < .max {
            end = RawKey(table: table, index: index + 1, [])
        } else if table < .max {
            end = RawKey(table: table + 1, index: 0, [])
        } else {
            end = RawKey([UInt8](repeating: 0xff, count: Key.maxByteCount + 1))
        }
        bounds = (RawKey(table: table, index: index, lower), end, order)
    }
}
