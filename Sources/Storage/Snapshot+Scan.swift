extension Snapshot {
    /// Walks the records of a table.
    ///
    /// - Parameters:
    ///   - prefix: Only keys that begin so.
    ///   - after: A cursor that `body` was given: the scan begins behind it, in its own order.
    ///   - before: A cursor: the scan ends in front of it, in its own order.
    ///   - from: The smallest key to visit, whatever the order.
    ///   - upTo: The first key too large to visit, whatever the order.
    ///   - limit: The most records to visit.
    ///   - body: Is given each record and its primary key; answers whether to go on.
    package final func scan<Record: Entity>(
        _: Record.Type, prefix: Key = Key(), after: Key? = nil, before: Key? = nil, from: Key? = nil, upTo: Key? = nil,
        order: ScanOrder = .ascending, limit: Int = .max, _ body: (Record, Key) -> Bool
    ) {
        let range = KeyRange(
            table: Record.tableNumber, index: 0, prefix: prefix, after: after, before: before, from: from, upTo: upTo,
            order: order)
        walk(range, limit: limit) { entry in
            guard let record = decode(Record.self, entry) else { return false }
            return body(record, Key(bytes: entry.key(from: 2)))
        }
    }

    /// Walks an index and loads the record behind each entry. Parameters as in the scan of a table; keys and cursors
    /// are whole index entries: the index key, followed by the primary key unless the index is unique.
    package final func scan<Record: Entity>(
        _ index: Index<Record>, prefix: Key = Key(), after: Key? = nil, before: Key? = nil, from: Key? = nil,
        upTo: Key? = nil, order: ScanOrder = .ascending, limit: Int = .max, _ body: (Record, Key) -> Bool
    ) {
        scanKeys(
            index, prefix: prefix, after: after, before: before, from: from, upTo: upTo, order: order, limit: limit
        ) { entry, primaryKey in
            guard let found = find(RawKey(table: Record.tableNumber, index: 0, primaryKey.bytes)) else {
                fail(.danglingEntry(table: Record.name, index: index.number, key: entry.bytes))
                return false
            }
            guard let record = decode(Record.self, found) else { return false }
            return body(record, entry)
        }
    }

    /// Walks an index without loading records. `body` is given the whole entry, which is the cursor, and the primary
    /// key of the record behind it.
    package final func scanKeys<Record: Entity>(
        _ index: Index<Record>, prefix: Key = Key(), after: Key? = nil, before: Key? = nil, from: Key? = nil,
        upTo: Key? = nil, order: ScanOrder = .ascending, limit: Int = .max,
        _ body: (_ entry: Key, _ primaryKey: Key) -> Bool
    ) {
        let range = KeyRange(
            table: Record.tableNumber, index: index.number, prefix: prefix, after: after, before: before, from: from,
            upTo: upTo, order: order)
        walk(range, limit: limit) { found in
            let entry = found.key(from: 2)
            let value = found.value
            if index.isUnique { return body(Key(bytes: entry), Key(bytes: value)) }
            let byteCount = value.count == 2 ? Int(value[0]) << 8 | Int(value[1]) : Int.max
            guard byteCount <= entry.count else {
                fail(.danglingEntry(table: Record.name, index: index.number, key: entry))
                return false
            }
            return body(Key(bytes: entry), Key(bytes: Array(entry[(entry.count - byteCount)...])))
        }
    }

    /// Walks the stored bytes of a table (index 0) or index. `body` is given key and value.
    package final func rawScan(
        table: UInt8, index: UInt8, prefix: Key = Key(), after: Key? = nil, order: ScanOrder = .ascending,
        limit: Int = .max, _ body: (Key, [UInt8]) -> Bool
    ) {
        let range = KeyRange(
            table: table, index: index, prefix: prefix, after: after, before: nil, from: nil, upTo: nil, order: order)
        walk(range, limit: limit) { body(Key(bytes: $0.key(from: 2)), $0.value) }
    }

    private final func walk(_ range: KeyRange, limit: Int, _ body: (Entry) -> Bool) {
        guard failure == nil, limit > 0, let range = range.bounds else { return }
        guard range.lower.count <= Key.maxByteCount + 1, range.upper.count <= Key.maxByteCount + 1 else {
            fail(.tooLarge)
            return
        }
        // A table's records are not taken from its front.
        let isQueue = range.order == .ascending && !range.lower.withWords { $0.isRecord }
        let lower = isQueue ? beginning(of: range.lower) : range.lower
        guard lower.withWords({ range.upper.compare($0) > 0 }),
            var cursor = cursor(lower: lower, upper: range.upper, order: range.order)
        else { return }
        var left = limit
        do {
            var isFirst = isQueue
            while left > 0 {
                let next = try cursor.next()
                if isFirst { floors?.met(cursor.markCount, from: range.lower, to: range.upper) }
                isFirst = false
                guard let entry = next, countRow(), body(entry) else { return }
                left -= 1
            }
        } catch {
            fail(error)
        }
    }
}
