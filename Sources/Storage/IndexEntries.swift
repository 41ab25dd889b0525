/// The index entries of one record, collected in one buffer.
package struct IndexEntries {
    struct Entry {
        let index: UInt8
        let isUnique: Bool
        /// Where the entry's key lies in `bytes`.
        let range: Range<Int>
    }

    private(set) var entries: [Entry] = []
    private(set) var bytes: [UInt8] = []

    /// Adds one entry; a record may have several in one index, or none.
    package mutating func add<Record: Entity>(_ index: Index<Record>, _ key: Key) {
        let start = bytes.count
        bytes.append(contentsOf: key.bytes)
        entries.append(Entry(index: index.number, isUnique: index.isUnique, range: start..<bytes.count))
    }

    mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
    }

    /// Whether this holds the same entry as entry `position` of `other`.
    func contains(_ position: Int, of other: IndexEntries) -> Bool {
        let wanted = other.entries[position]
        for entry in entries where entry.index == wanted.index && entry.range.count == wanted.range.count {
            var isSame = true
            for offset in 0..<wanted.range.count
            where bytes[entry.range.lowerBound + offset] != other.bytes[wanted.range.lowerBound + offset] {
                isSame = false
                break
            }
            if isSame { return true }
        }
        return false
    }
}
